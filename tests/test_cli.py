"""The command line: documented whole, one clear line for each failure, and light where it serves."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from challenge_neuralworks import __version__
from challenge_neuralworks import gateway as local_gateway
from challenge_neuralworks.cli import main
from challenge_neuralworks.cli.progress import Bytes, Count, Lines, Steps
from challenge_neuralworks.gateway import Options
from challenge_neuralworks.settings import Settings
from challenge_neuralworks.training.recipes import delay, recipe_names
from challenge_neuralworks.training.sample import write_sample
from tests.making import INSTANCE, ROOT, TOY_SCORER, seal
from tests.training.quick import quick

DOCS = ROOT / "docs" / "cli.md"


def _commands(group: click.Group = main, name: str = "neuralworks") -> Iterator[tuple[str, click.Command]]:
    for part, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{name} {part}")
        else:
            yield f"{name} {part}", command


COMMANDS = dict(_commands())


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, prog_name="neuralworks")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder like a clone's, with the declarations and nothing else, as current folder."""
    (tmp_path / "here" / "data").mkdir(parents=True)
    (tmp_path / "here" / "data" / "delay.toml").write_bytes((ROOT / "data" / "delay.toml").read_bytes())
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_explained_and_documented(name: str) -> None:
    """A command says what it does, so does each of its options, and docs/ names them all."""
    command, docs = COMMANDS[name], DOCS.read_text(encoding="utf-8")
    assert command.help
    assert f"`{name}" in docs
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts[0]}"
            assert parameter.opts[0] in docs, f"{name} {parameter.opts[0]}"


def test_documented_commands_exist() -> None:
    """What docs/cli.md shows can be run: no command in it was renamed or left."""
    shown = re.findall(
        r"^(?:\$ )?(neuralworks (?:(?:data|keys) )?[a-z-]+)", DOCS.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert set(shown) == set(COMMANDS)


def test_version_is_the_package_s() -> None:
    """One number, one place."""
    assert _run("--version").output == f"neuralworks {__version__}\n"


def test_serving_imports_nothing_heavy() -> None:
    """The command line itself, and what starts the server, load neither scikit-learn nor pandas nor dill."""
    code = (
        "import sys; from challenge_neuralworks.cli import main; import challenge_neuralworks.gateway;"
        "print([name for name in ('sklearn', 'pandas', 'numpy', 'dill', 'granian') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[]\n"


def test_options_override_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Serve hands the gateway what the environment says, with the options' values in its place."""
    given: list[tuple[int, str, int, bool]] = []

    def run(settings: Settings, *, options: Options, reload: bool) -> None:
        given.append((settings.port, settings.models_dir, options.concurrency, reload))

    monkeypatch.setattr(local_gateway, "run", run)
    monkeypatch.setenv("PORT", "8001")
    monkeypatch.setenv("NEURALWORKS_MODELS_DIR", "elsewhere")
    monkeypatch.setenv("NEURALWORKS_CONCURRENCY", "3")
    assert _run("serve").exit_code == 0
    assert _run("serve", "--port", "8123", "--models-dir", "mine", "--reload").exit_code == 0
    assert given == [(8001, "elsewhere", 3, False), (8123, "mine", 3, True)]


def test_a_bad_setting_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable and its value are named on stderr; no traceback."""
    monkeypatch.setenv("PORT", "many")
    done = _run("serve")
    assert (done.exit_code, done.stderr) == (1, "error: PORT='many' cannot be used: expected a TCP port, 1 to 65535\n")


def test_check_tells_sound_from_broken(tmp_path: Path) -> None:
    """Each artifact has its line, with version and digest or with the fault; one fault is exit code 1."""
    manifest = seal(tmp_path, "good")
    assert _run("check", str(tmp_path)).output == f"good  {manifest.version}  sha256:{manifest.pickle.sha256}  ok\n"
    broken = seal(tmp_path, "broken")
    (tmp_path / "broken" / broken.pickle.file).write_bytes(b"x")
    done = _run("check", str(tmp_path))
    assert done.exit_code == 1
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [["broken", "fault"], ["good", manifest.version]]
    assert f"digest-mismatch: {tmp_path}" in done.stdout
    assert broken.pickle.sha256 in done.stdout
    assert done.stderr == "error: 1 of 2 artifacts cannot be served\n"


def test_check_of_nothing_is_a_failure(tmp_path: Path) -> None:
    """An empty folder is no sound one."""
    done = _run("check", str(tmp_path))
    assert (done.exit_code, done.stderr.startswith(f"error: {tmp_path} holds no artifact")) == (1, True)


def test_predict_answers_as_the_server_does(tmp_path: Path) -> None:
    """Model, version, probabilities and label; a spelling that was folded is noted."""
    manifest = seal(tmp_path)
    stated = json.dumps({**INSTANCE, "colour": "RED"})
    answer = json.loads(_run("predict", "toy", "--models-dir", str(tmp_path), "--json", stated).output)
    prediction = TOY_SCORER.predict(INSTANCE)
    assert answer.pop("warnings")[0]["code"] == "read-as"
    assert answer == {
        "model": "toy",
        "version": manifest.version,
        "prediction": list(prediction),
        "label": "yes" if prediction[1] >= 0.5 else "no",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "error: --json: Expecting property name"),
        ("[]", "error: --json: an empty array holds no instance"),
        ("3", "  #: 3 is no object of fields"),
        ("{}", "  #/age: age is missing: expected an integer from 0 to 9"),
    ],
)
def test_predict_lists_every_fault(tmp_path: Path, text: str, message: str) -> None:
    """What is wrong with the instance is said field by field."""
    seal(tmp_path)
    done = _run("predict", "toy", "--models-dir", str(tmp_path), "--json", text)
    assert done.exit_code == 1
    assert message in done.stderr
    assert done.stdout == ""


def test_predict_of_an_unknown_model_names_the_known(tmp_path: Path) -> None:
    """The message lists what is there."""
    seal(tmp_path)
    done = _run("predict", "tow", "--models-dir", str(tmp_path), "--json", "{}")
    assert (done.exit_code, done.stderr) == (1, "error: there is no model 'tow'; served here: toy\n")


def test_train_writes_a_servable_model_and_plain_lines(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sample, train, check, predict: the four commands fit together; without a terminal, steps are plain lines."""
    monkeypatch.setattr(delay, "RECIPE", quick(delay.RECIPE))
    sampled = _run("data", "sample", "delay", "--rows", "1500", "--seed", "7")
    assert sampled.output == f"{Path('data/delay_sample.csv')}: 1,500 rows made with seed 7\n"
    trained = _run("train", "delay", "--data", "data/delay_sample.csv", "--models-dir", "m", "--seed", "1")
    assert trained.exit_code == 0
    assert trained.stderr.splitlines()[0] == "train delay: step 1 of 6: read"
    assert "random_split: auc 0." in trained.stdout
    checked = _run("check", "m")
    assert checked.output.split()[1] in trained.stdout
    example = {"OPERA": "Qantas Airways", "TIPOVUELO": "I", "SIGLADES": "Sydney", "DIA-I": 1, "MES-I": 1, "HORA-I": 0}
    answer = _run("predict", "delay", "--models-dir", "m", "--json", json.dumps({**example, "DIANOM": "Lunes"}))
    assert sum(json.loads(answer.stdout)["prediction"]) == pytest.approx(1)
    assert (project / "m" / "delay" / "manifest.json").is_file()


def test_train_without_data_says_how_to_bring_them(project: Path) -> None:
    """The error is a command to run, and nothing is left behind."""
    done = _run("train", "delay")
    assert done.exit_code == 1
    said = done.stderr.splitlines()[-1]
    assert said.startswith("error: dataset_SCL.csv is not in data; bring it with 'neuralworks data fetch delay'")
    assert [path.name for path in project.iterdir()] == ["data"]


def test_train_of_no_recipe_is_one_line(project: Path) -> None:
    """The message names the models that can be trained."""
    assert project.is_dir()
    done = _run("train", "weather")
    assert done.exit_code == 1
    assert done.stderr == f"error: MODEL='weather' cannot be used: expected one of {', '.join(recipe_names())}\n"


def test_fetch_refuses_another_file(project: Path, tmp_path: Path) -> None:
    """A file of another digest is refused, the declared digest named, nothing kept."""
    write_sample(tmp_path / "mine.csv", rows=10, seed=1)
    done = _run("data", "fetch", "delay", "--from", str(tmp_path / "mine.csv"), "--to", "data")
    assert done.exit_code == 1
    assert "66d7334fbc9c2c070842e9a99d465f552f94a2b1d5c4047be825e5954e12e829 is declared" in done.stderr
    assert [path.name for path in (project / "data").iterdir()] == ["delay.toml"]


def test_fetch_brings_what_is_declared_and_says_where_from(project: Path, tmp_path: Path) -> None:
    """The second time, nothing is fetched: the file is already there and right."""
    content = b"a,b\n1,2\n"
    (tmp_path / "copy.csv").write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    (project / "data" / "toy.toml").write_text(
        f'name = "toy"\ntitle = ""\nlicence = ""\nfile = "toy.csv"\nbytes = {len(content)}\nsha256 = "{digest}"\n'
        "rows = 1\nurls = []\ncolumns = []\n",
        encoding="utf-8",
    )
    first = _run("data", "fetch", "toy", "--from", str(tmp_path / "copy.csv"))
    assert first.stdout == f"{Path('data/toy.csv')}: taken from {tmp_path / 'copy.csv'}; SHA-256 {digest} verified\n"
    assert first.stderr == "toy.csv: 8 bytes\n"
    assert _run("data", "fetch", "toy").stdout == f"{Path('data/toy.csv')}: already there; SHA-256 {digest} verified\n"


def test_fetch_of_an_undeclared_set_names_the_declared(project: Path) -> None:
    """The message lists what is declared."""
    assert project.is_dir()
    done = _run("data", "fetch", "iris")
    assert done.stderr == f"error: there is no {Path('data/iris.toml')}; declared there: delay\n"


class _Terminal:
    """A stderr that says it is a terminal."""

    def __init__(self) -> None:
        self.written = ""

    def write(self, text: str) -> int:
        self.written += text
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bar with the share that is done and the step at hand; it may go back for another source."""
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with Steps("train toy", ("read", "fit", "seal")) as report:
        report("read")
        report("seal")
    with Bytes("file", 100) as progress:
        progress(80)
        progress(10)
    with Count("search toy", "fits") as count:
        count(1, 4)
        count(3, 4)
    assert re.search(r"train toy .* 66%.*seal", terminal.written)
    assert re.search(r"search toy .* 25%.*search toy .* 75%", terminal.written, re.DOTALL)
    assert re.search(r"file .* 80%.*file .* 10%", terminal.written, re.DOTALL)


def test_a_log_sees_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    """Of many calls every tenth part and the last has a line; of named steps each has, as it begins."""
    with Count("search toy", "fits") as count:
        for done in range(1, 26):
            count(done, 25)
    with Lines("evaluate toy") as step:
        step("predictions")
    *counted, last, named = capsys.readouterr().err.splitlines()
    assert counted == [f"search toy: {done} of 25 fits" for done in range(2, 25, 2)]
    assert (last, named) == ("search toy: 25 of 25 fits", "evaluate toy: predictions")
