"""What ships: the same bytes each time, nothing heavy, under its limit, and it starts."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from challenge_neuralworks.deploy import package
from challenge_neuralworks.serving.playground import PARTS

ROOT = Path(__file__).parents[2]
RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def copy_of_project(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that copies what ships into a folder of a given name, with a model where there is none."""

    def copy(name: str) -> Path:
        target = tmp_path / name
        ignore = shutil.ignore_patterns("__pycache__")
        for folder in (package.PACKAGE, "requirements", "models", "docker"):
            if (ROOT / folder).exists():
                shutil.copytree(ROOT / folder, target / folder, ignore=ignore)
        stand_in = target / "models" / "stand_in"
        stand_in.mkdir(parents=True)
        (stand_in / "manifest.json").write_text("{}")
        (stand_in / "stand_in.pkl").write_bytes(b"\x80\x04N.")
        (stand_in / "seal.json").write_text("{}")
        (stand_in / "notes.txt").write_text("of no use to a function")
        return target

    return copy


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the installation of dependencies by one small file: an index is slow, and not what is tested."""

    def install(_root: Path, into: Path, _version: str) -> None:
        (into / "dependency.py").write_text("ANSWER = {'a', 'b', 'c'}\n")

    monkeypatch.setattr(package, "_install_dependencies", install)


def sha256(path: Path) -> str:
    """Return a file's digest."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.usefixtures("offline")
def test_two_builds_from_two_places_are_the_same_bytes(copy_of_project: Callable[[str], Path], tmp_path: Path) -> None:
    """A zip depends on the sources alone: not on the folder, the order of copying, or the clock."""
    digests = []
    for name in ("one", "another-and-longer-name"):
        project, output = copy_of_project(name), tmp_path / f"{name}.zip"
        (project / package.PACKAGE / "errors.py").touch()
        package.build_zip(project, output, RUNNING)
        digests.append(sha256(output))
    assert digests[0] == digests[1]


@pytest.mark.usefixtures("offline")
def test_a_zip_holds_the_three_parts_and_nothing_else(copy_of_project: Callable[[str], Path], tmp_path: Path) -> None:
    """Training, deployment and the command line stay at home; every module has bytecode; modes are 0644."""
    package.build_zip(copy_of_project("project"), tmp_path / "lambda.zip", RUNNING)
    with zipfile.ZipFile(tmp_path / "lambda.zip") as archive:
        entries = archive.infolist()
    names = {entry.filename for entry in entries}
    modules = {Path(name).parts[1].removesuffix(".py") for name in names if name.startswith(package.PACKAGE)}
    assert modules - {"__pycache__", "py.typed"} <= set(package.SHIPPED)
    assert {Path(name).parts[0] for name in names} == {package.PACKAGE, "models", "__pycache__", "dependency.py"}
    shipped = {Path(name).name for name in names if name.startswith("models/stand_in/")}
    assert shipped == {"manifest.json", "stand_in.pkl", "seal.json"}
    assert {Path(name).suffix for name in names if name.startswith("models/")} == {".json", ".pkl"}
    sources = {name for name in names if name.endswith(".py")}
    assert {importlib.util.cache_from_source(name) for name in sources} <= names
    assert {entry.external_attr >> 16 for entry in entries} == {0o100644}


@pytest.mark.usefixtures("offline")
def test_files_that_are_no_python_ship_too(copy_of_project: Callable[[str], Path], tmp_path: Path) -> None:
    """The playground reads its parts when it is asked for: without them the function would fail there only."""
    project = copy_of_project("project")
    package.stage("package", project, tmp_path / "out", RUNNING)
    folder = Path(package.PACKAGE, "serving", "playground")
    for name in {"page.html", *(name for names in PARTS.values() for name in names)}:
        assert (tmp_path / "out" / folder / name).read_bytes() == (project / folder / name).read_bytes()


@pytest.mark.usefixtures("offline")
def test_bytecode_is_trusted_unread_and_names_the_task_root(
    copy_of_project: Callable[[str], Path], tmp_path: Path
) -> None:
    """Flags 0b01 (PEP 552): hash-based, unchecked, so that importing looks no source up."""
    package.stage("package", copy_of_project("project"), tmp_path / "out", RUNNING)
    source = tmp_path / "out" / package.PACKAGE / "errors.py"
    compiled = Path(importlib.util.cache_from_source(str(source))).read_bytes()
    assert int.from_bytes(compiled[4:8], "little") == 1
    assert f"{package.TASK_ROOT}/{package.PACKAGE}/errors.py".encode() in compiled
    assert str(tmp_path).encode() not in compiled


@pytest.mark.usefixtures("offline")
def test_a_zip_answers_in_a_clean_interpreter(copy_of_project: Callable[[str], Path], tmp_path: Path) -> None:
    """With nothing installed and read-only files, the handler imports, and nothing heavy comes with it."""
    package.build_zip(copy_of_project("project"), tmp_path / "lambda.zip", RUNNING)
    task = tmp_path / "task"
    with zipfile.ZipFile(tmp_path / "lambda.zip") as archive:
        archive.extractall(task)
    for path in [*task.rglob("*"), task]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    code = (
        f"import sys; sys.path.insert(0, {str(task)!r}); sys.dont_write_bytecode = True;"
        "from challenge_neuralworks.lambda_handler import lambda_handler;"
        "assert callable(lambda_handler);"
        "print(sorted({'numpy', 'pandas', 'sklearn', 'dill', 'boto3', 'click', 'granian'} & set(sys.modules)))"
    )
    # -S leaves site-packages out, as on Lambda.
    command = [sys.executable, "-I", "-S", "-c", code]
    answer = subprocess.run(command, cwd=task, capture_output=True, text=True, check=False)
    for folder in [task, *task.rglob("*")]:
        folder.chmod(0o755)
    assert (answer.returncode, answer.stdout.strip()) == (0, "[]"), answer.stderr


@pytest.mark.usefixtures("offline")
def test_a_layer_lies_as_in_the_image_and_no_date_in_it_is_the_builds(
    copy_of_project: Callable[[str], Path], tmp_path: Path
) -> None:
    """The folders that lead to the files have the fixed date too: a builder would date them with its clock."""
    for part in (package.ENTRYPOINT, *package.PARTS):
        package.stage_layer(part, copy_of_project(f"for-{part}"), tmp_path / part, RUNNING)
        assert {path.stat().st_mtime for path in [tmp_path / part, *(tmp_path / part).rglob("*")]} == {package.EPOCH_S}
    assert [path.relative_to(tmp_path) for path in package.files(tmp_path / "entrypoint")] == [
        Path("entrypoint/usr/local/bin/neuralworks-entrypoint")
    ]
    assert (tmp_path / "package/var/task/challenge_neuralworks/lambda_handler.py").is_file()
    assert (tmp_path / "models/var/task/models/stand_in/manifest.json").is_file()


def test_an_image_without_an_entrypoint_is_refused(copy_of_project: Callable[[str], Path], tmp_path: Path) -> None:
    """It would be built, and then not start."""
    project = copy_of_project("project")
    (project / package.ENTRYPOINT_SOURCE).unlink()
    with pytest.raises(package.PackageError, match=r"entrypoint.sh is missing: the image could not start"):
        package.stage_layer(package.ENTRYPOINT, project, tmp_path / "layer")


def test_over_the_limit_is_refused_naming_the_largest_part() -> None:
    """What is too large never becomes a zip, and the message says where to look."""
    with pytest.raises(package.PackageError, match=r"unpacks to 5242881 bytes.*largest part is models with 5242880"):
        package.check_size({"package": 1, "models": package.LIMIT_BYTES})
    package.check_size({"package": 0, "models": package.LIMIT_BYTES})


@pytest.mark.usefixtures("offline")
def test_a_function_without_models_is_refused(copy_of_project: Callable[[str], Path], tmp_path: Path) -> None:
    """A function that serves nothing is a mistake, not a small zip."""
    project = copy_of_project("project")
    shutil.rmtree(project / "models")
    with pytest.raises(package.PackageError, match="run 'make train'"):
        package.build_zip(project, tmp_path / "lambda.zip", RUNNING)
    assert not (tmp_path / "lambda.zip").exists()


def test_a_module_either_ships_or_stays() -> None:
    """A new module must be placed on one side of the heavy line, or it would be missing on Lambda only."""
    present = {path.stem for path in (ROOT / package.PACKAGE).iterdir() if path.name not in ("__pycache__", "py.typed")}
    assert present <= {*package.SHIPPED, *package.NOT_SHIPPED}


def test_what_ships_is_what_the_linter_keeps_light() -> None:
    """One heavy line: the import contract and the package name the same modules; the gateway imports servers lazily."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = {contract["id"]: contract for contract in project["tool"]["importlinter"]["contracts"]}
    light = {module.split(".")[1] for module in contracts["heavy-line"]["source_modules"]}
    assert light == {*package.SHIPPED} - {"__init__", "gateway"}


def test_the_running_python_is_found_and_an_unknown_one_is_not() -> None:
    """Bytecode comes from an interpreter that really is of the version asked for."""
    assert package.find_python(RUNNING) == sys.executable
    assert package.find_python("3.999") is None
