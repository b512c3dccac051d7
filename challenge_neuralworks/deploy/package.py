"""What the function ships, in three parts, for the zip and the image alike.

dependencies: requirements/function.txt, installed. package: this package down to the heavy line, and the gateway, for
plain HTTP in the image. models: pickles, manifests, seals. Beside them the image has its entrypoint. The Dockerfile
runs this file by its path, before the rest of the package is there, so it imports the standard library only.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

PACKAGE = "challenge_neuralworks"
SHIPPED = (
    "__init__",
    "records",
    "errors",
    "inexact",
    "matching",
    "wording",
    "settings",
    "signature",
    "scorers",
    "compiling",
    "artifact",
    "model",
    "models",
    "store",
    "serving",
    "lambda_handler",
    "gateway",
)
NOT_SHIPPED = ("testing", "training", "registry", "lifecycle", "monitoring", "client", "deploy", "cli")
PARTS = ("dependencies", "package", "models")
# What starts the image; a zip has no use for it.
ENTRYPOINT = "entrypoint"
ENTRYPOINT_SOURCE = Path("docker", "entrypoint.sh")
ENTRYPOINT_TARGET = Path("usr", "local", "bin", "neuralworks-entrypoint")
REQUIREMENTS = Path("requirements", "function.txt")
MODEL_FILES = ("*/manifest.json", "*/*.pkl", "*/seal.json")

# Lambda takes 250 MiB unzipped; what grows past 5 pays for it at each cold start.
LIMIT_BYTES = 5 * 1024 * 1024
DEFAULT_VERSION = "3.12"
# Where Lambda unpacks the function: tracebacks name this, not the build's folder.
TASK_ROOT = "/var/task"
# The first time a zip can hold, so that no build differs by its clock.
EPOCH_S = 315532800
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
# Written by pip for pip: they hold paths and differ between machines. Licences and METADATA stay.
PIP_NOISE = ("RECORD", "INSTALLER", "REQUESTED", "WHEEL", "direct_url.json", "entry_points.txt", "top_level.txt")


class PackageError(Exception):
    """What was to be shipped cannot be."""


def find_python(version: str) -> str | None:
    """Return an interpreter of a version such as 3.12: the running one, one on PATH or pyenv's; None without one."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    found = [sys.executable, shutil.which(f"python{version}")]
    found += [str(path) for path in sorted(pyenv.glob(f"{version}.*/bin/python"), reverse=True)]
    return next((python for python in found if python and _version_of(python) == version), None)


def _version_of(python: str) -> str | None:
    # pyenv's shims are on PATH for versions that are not active, and fail: only running one tells.
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        return subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def stage(part: str, root: Path, into: Path, version: str = DEFAULT_VERSION) -> None:
    """Write one part of the project at `root` into the folder `into`, compiled for Python `version`.

    Raises
    ------
    PackageError : the part's sources are missing, or its dependencies cannot be installed.
    """
    into.mkdir(parents=True, exist_ok=True)
    if part == "dependencies":
        _install_dependencies(root, into, version)
    elif part == "package":
        _copy_package(root, into)
    else:
        _copy_models(root, into)
    _compile(into, version)
    _normalise(into)


def stage_layer(part: str, root: Path, into: Path, version: str = DEFAULT_VERSION) -> None:
    """Write one part, or the entrypoint, into the folder `into` as it lies in the image, counted from its `/`.

    A builder dates a folder that it copies into with the time of the build, so that no layer would be twice the same.
    It keeps the dates of the folders that it copies: so these hold all of them.

    Raises
    ------
    PackageError : as `stage`, or there is no entrypoint.
    """
    if part == ENTRYPOINT:
        _copy_entrypoint(root, into)
    else:
        stage(part, root, into / TASK_ROOT.lstrip("/"), version)
    _normalise(into)


def _copy_entrypoint(root: Path, into: Path) -> None:
    if not (root / ENTRYPOINT_SOURCE).exists():
        raise PackageError(f"{root / ENTRYPOINT_SOURCE} is missing: the image could not start")
    _copy(root / ENTRYPOINT_SOURCE, into / ENTRYPOINT_TARGET)


def _install_dependencies(root: Path, into: Path, version: str) -> None:
    # Wheels only: a build step could write anything, and for this machine's Python at that.
    command = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    command += ["--require-hashes", "--no-compile", "--only-binary", ":all:", "--python-version", version]
    command += ["--target", str(into), "--requirement", str(root / REQUIREMENTS)]
    if subprocess.run(command, check=False).returncode:
        raise PackageError(f"pip could not install {REQUIREMENTS} for Python {version}; its message is above")
    shutil.rmtree(into / "bin", ignore_errors=True)
    for path in into.glob("*.dist-info/*"):
        if path.name in PIP_NOISE:
            path.unlink()


def _copy_package(root: Path, into: Path) -> None:
    package = root / PACKAGE
    for name in SHIPPED:
        for source in (package / f"{name}.py", package / name):
            if source.exists():
                _copy(source, into / PACKAGE / source.name)
    if not (into / PACKAGE / "lambda_handler.py").exists():
        raise PackageError(f"{package / 'lambda_handler.py'} is missing: the function has no entry point")


def _copy_models(root: Path, into: Path) -> None:
    models = root / "models"
    for pattern in MODEL_FILES:
        for source in models.glob(pattern):
            _copy(source, into / source.relative_to(root))
    if not any(into.glob("models/*/manifest.json")):
        raise PackageError(f"{models}/*/manifest.json: none found, so nothing would be served; run 'make train'")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.py[co]", ".*"))
    else:
        shutil.copyfile(source, target)


def _compile(folder: Path, version: str) -> None:
    # Unchecked: an import then trusts the bytecode and does not look the source up. A fixed seed keeps the bytes fixed.
    command = [find_python(version) or sys.executable, "-P", "-m", "compileall", "-q", "-f"]
    command += ["--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", TASK_ROOT, str(folder)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment["PYTHONHASHSEED"] = "0"
    if subprocess.run(command, check=False, env=environment).returncode:
        raise PackageError(f"{folder} holds Python that does not compile; the message is above")


def _normalise(folder: Path) -> None:
    # Deepest first: setting a file's time touches its folder's.
    for path in sorted(folder.rglob("*"), reverse=True):
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (EPOCH_S, EPOCH_S))
    folder.chmod(0o755)
    os.utime(folder, (EPOCH_S, EPOCH_S))


def files(folder: Path) -> Iterator[Path]:
    """Yield the files under a folder, in one order everywhere."""
    yield from sorted((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.as_posix())


def size_bytes(folder: Path) -> int:
    """Return the sum of the sizes of the files under a folder."""
    return sum(path.stat().st_size for path in files(folder))


def report_sizes(sizes: dict[str, int]) -> str:
    """Return a table of part and size in KiB, with the total below."""
    rows = [*sizes.items(), ("total unzipped", sum(sizes.values()))]
    return "\n".join(f"{name:<16}{size / 1024:>9.1f} KiB" for name, size in rows)


def check_size(sizes: dict[str, int], limit: int = LIMIT_BYTES) -> None:
    """Refuse what is over the limit.

    Raises
    ------
    PackageError : the parts add up to more than `limit` bytes; names the largest.
    """
    total = sum(sizes.values())
    if total > limit:
        largest = max(sizes, key=sizes.__getitem__)
        raise PackageError(
            f"the function unpacks to {total} bytes, over its limit of {limit}; the largest part is {largest} "
            f"with {sizes[largest]}"
        )


def build_zip(root: Path, output: Path, version: str = DEFAULT_VERSION) -> dict[str, int]:
    """Write the function as a zip, the same bytes for the same sources; return each part's unzipped bytes.

    Raises
    ------
    PackageError : a part cannot be staged, or all are over the limit together.
    """
    with tempfile.TemporaryDirectory(prefix="package-") as temporary:
        folders = {part: Path(temporary, part) for part in PARTS}
        for part, folder in folders.items():
            stage(part, root, folder, version)
        sizes = {part: size_bytes(folder) for part, folder in folders.items()}
        check_size(sizes)
        output.parent.mkdir(parents=True, exist_ok=True)
        _write_zip(output, folders.values())
    return sizes


def _write_zip(output: Path, folders: Iterable[Path]) -> None:
    entries = {path.relative_to(folder).as_posix(): path for folder in folders for path in files(folder)}
    with zipfile.ZipFile(output, "w") as archive:
        for name in sorted(entries):
            entry = zipfile.ZipInfo(name, ZIP_EPOCH)
            entry.create_system = 3  # Unix, whatever builds it: the permissions below are Unix's
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, entries[name].read_bytes(), zipfile.ZIP_DEFLATED, compresslevel=9)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="package", description="Pack the function: dependencies, package, models.")
    parser.add_argument("--root", type=Path, default=Path(), help="the project's folder (default: the current one)")
    parser.add_argument("--python-version", default=DEFAULT_VERSION, help="Lambda's Python (default: %(default)s)")
    commands = parser.add_subparsers(dest="command", required=True)
    zipping = commands.add_parser("zip", help="write all parts as a zip that Lambda takes")
    zipping.add_argument("--output", type=Path, default=Path("dist", "lambda.zip"), help="(default: %(default)s)")
    staging = commands.add_parser("stage", help="write parts into a folder each, as the function's folder holds them")
    staging.add_argument("part", nargs="+", choices=PARTS, help="which parts")
    staging.add_argument("--into", type=Path, required=True, help="writes a folder for each part below this one")
    layering = commands.add_parser("layer", help="write a layer of the image into a folder, counted from the image's /")
    layering.add_argument("part", choices=(ENTRYPOINT, *PARTS), help="which one")
    layering.add_argument("--into", type=Path, required=True, help="writes a folder for the layer below this one")
    return parser


def _note_other_python(version: str) -> None:
    if find_python(version) is None:
        running = f"{sys.version_info.major}.{sys.version_info.minor}"
        print(
            f"note: no Python {version} here, so {running} compiles. Lambda's {version} ignores that bytecode and "
            f"starts slower: install Python {version} for a release.",
            file=sys.stderr,
        )


def _run(arguments: argparse.Namespace) -> None:
    version: str = arguments.python_version
    _note_other_python(version)
    if arguments.command == "zip":
        print(report_sizes(build_zip(arguments.root, arguments.output, version)))
        print(f"{'zip':<16}{arguments.output.stat().st_size / 1024:>9.1f} KiB  {arguments.output}")
        return
    if arguments.command == "layer":
        stage_layer(arguments.part, arguments.root, arguments.into / arguments.part, version)
    else:
        for part in arguments.part:
            stage(part, arguments.root, arguments.into / part, version)
    # The layers of an image are staged one by one: what is there already counts too.
    sizes = {part: size_bytes(arguments.into / part) for part in PARTS}
    print(report_sizes(sizes))
    check_size(sizes)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return 0, or 1 with the reason on standard error."""
    try:
        _run(_parser().parse_args(argv))
    except PackageError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
