"""The stages of training as commands, from a raw file to a served model: each leaves what the next one needs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from challenge_neuralworks.artifact.manifest import read_manifest
from challenge_neuralworks.cli import main
from challenge_neuralworks.models.delay import Delay
from challenge_neuralworks.store import FolderStore
from challenge_neuralworks.testing import check_model
from challenge_neuralworks.training.checks import make_reference, write_profile
from challenge_neuralworks.training.datasets import read_examples, read_flights, select, write_examples
from challenge_neuralworks.training.fetch import sha256_of
from challenge_neuralworks.training.recipes import delay, income
from challenge_neuralworks.training.sample import write_sample
from tests.making import ROOT
from tests.training.census_sample import write_census
from tests.training.quick import quick

GATES = ("--least", "random_split.auc=0.5", "--most", "time_ordered_split.brier=0.25")
CARD = Path("docs") / "models" / "delay.md"
STAGES = {
    "preprocess": ("preprocess", "delay", "--data", "flights.csv"),
    "check-data": ("check-data", "delay"),
    "segregate": ("segregate", "delay"),
    "search": ("search", "delay", "--seed", "1", "--jobs", "1", "--fits", "9"),
    "train": (
        *("train", "delay", "--seed", "1", "--interim", "data/interim/delay.csv"),
        *("--choice", "data/processed/delay/candidates.json", "--models-dir", "data/processed/delay/models"),
    ),
    "evaluate": ("evaluate", "delay", "--seed", "1", "--jobs", "1", "--resamples", "10", "--repeats", "1"),
    "check-model": ("check-model", "delay", *GATES),
}


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, prog_name="neuralworks")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Result]]:
    """Run every stage once in a folder like a clone's, which then is the current one; return what each said."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "docs" / "models").mkdir(parents=True)
    (folder / "data").mkdir()
    (folder / "data" / "delay.toml").write_bytes((ROOT / "data" / "delay.toml").read_bytes())
    write_sample(folder / "flights.csv", rows=3_000, seed=7)
    write_sample(folder / "other.csv", rows=5_000, seed=8)
    reference = make_reference(read_flights(folder / "other.csv"), Delay.fields, "other.csv", "")
    (folder / "data" / "reference").mkdir()
    write_profile(folder / "data" / "reference" / "delay.json", reference)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(delay, "RECIPE", quick(delay.RECIPE))
        patch.setattr(income, "RECIPE", quick(income.RECIPE))
        yield {name: _run(*arguments) for name, arguments in STAGES.items()}


def _content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_every_stage_ends_well(done: dict[str, Result]) -> None:
    """Each with what it made on stdout."""
    assert {name: (one.exit_code, one.exception) for name, one in done.items()} == dict.fromkeys(STAGES, (0, None))
    assert f"{Path('data/interim/delay')}.csv: 3,000 rows of flights.csv" in done["preprocess"].stdout
    assert "checks passed on 3,000 rows" in done["check-data"].stdout
    assert "train 2,010, test 990, past" in done["segregate"].stdout


def test_a_search_is_told_and_written(done: dict[str, Result]) -> None:
    """The chosen one is starred, of each candidate the best parameters are shown, and no more is spent than may be."""
    found = json.loads(Path("data/processed/delay/candidates.json").read_text(encoding="utf-8"))
    (starred,) = [line for line in done["search"].stdout.splitlines() if line.startswith("* ")]
    assert starred.endswith(f"{found['chosen']['name']}  {json.dumps(found['chosen']['params'])}")
    assert len(done["search"].stdout.splitlines()) == 3
    assert found["fits"] == 9
    assert done["search"].stderr.splitlines()[-1] == "search delay: 9 of 9 fits"


def test_what_was_chosen_is_trained_and_names_the_raw_file(done: dict[str, Result]) -> None:
    """The manifest knows candidate, file and seed, though it was trained on what was made of the file."""
    found = json.loads(Path("data/processed/delay/candidates.json").read_text(encoding="utf-8"))
    trained = read_manifest("data/processed/delay/models/delay").trained
    assert trained["recipe"] == found["chosen"]["name"]
    assert trained["data"] == {"name": "delay", "sha256": sha256_of(Path("flights.csv")), "rows": 3_000}
    assert trained["seed"] == 1
    assert "train delay: step 6 of 6: seal" in done["train"].stderr


def test_a_raw_file_and_its_examples_train_the_same_model(done: dict[str, Result]) -> None:
    """Of one digest: what is between the stages loses nothing."""
    assert done["train"].exit_code == 0
    choice = ("--choice", "data/processed/delay/candidates.json")
    assert _run("train", "delay", "--seed", "1", "--data", "flights.csv", *choice, "--models-dir", "m").exit_code == 0
    made = read_manifest("data/processed/delay/models/delay")
    assert read_manifest("m/delay").pickle == made.pickle
    assert read_manifest("m/delay").trained == made.trained


def test_an_evaluation_is_of_the_parts(done: dict[str, Result]) -> None:
    """Both splits with as many rows as were segregated, each candidate on both, and the figures on stdout."""
    report = json.loads(Path("reports/delay/evaluation.json").read_text(encoding="utf-8"))
    assert [split["name"] for split in report["splits"]] == ["random_split", "time_ordered_split"]
    for split, part in zip(report["splits"], ("test", "future"), strict=True):
        rows = len(read_examples(Path(f"data/processed/delay/parts/{part}.csv"), Delay.fields).rows)
        assert split["rows"] == rows
        assert f"{split['name']}: auc {split['metrics']['auc']['value']:.4f}, brier" in done["evaluate"].stdout
    assert [set(line["auc"]) for line in report["candidates"]] == [{"random_split", "time_ordered_split"}] * 3
    assert Path("reports/delay/evaluation.html").is_file()


def test_a_model_that_passes_is_served_with_its_card(done: dict[str, Result]) -> None:
    """What is under models/ is what was trained, conforms, and is what the card is of."""
    assert _content(Path("models/delay")) == _content(Path("data/processed/delay/models/delay"))
    assert check_model("delay", "models").passed
    assert FolderStore("models").get("delay").version in CARD.read_text(encoding="utf-8")
    assert "conforms, 2 gates passed" in done["check-model"].stdout


@pytest.mark.parametrize(
    ("gate", "message"),
    [
        (("--least", "random_split.auc=0.999"), r"random_split.auc is 0.\d+, 0.999 at least"),
        (("--most", "time_ordered_split.brier=0.001"), r"time_ordered_split.brier is 0.\d+, 0.001 at most"),
        (("--least", "random_split.acu=0.5"), "random_split.acu at least 0.5.*expected one of random_split.auc"),
        (("--most", "random_split"), "--most='random_split' cannot be used"),
    ],
)
def test_a_missed_gate_leaves_what_is_served(
    done: dict[str, Result], gate: tuple[str, str], message: str, tmp_path: Path
) -> None:
    """Another model that misses it replaces neither the artifact nor the card; metric, value and bound are named."""
    assert done["check-model"].exit_code == 0
    _run("train", "delay", "--seed", "2", "--data", "flights.csv", "--models-dir", str(tmp_path))
    before = _content(Path("models/delay")), CARD.read_bytes()
    missed = _run("check-model", "delay", "--made", str(tmp_path), *GATES, *gate)
    assert missed.exit_code == 1
    assert re.search(message, missed.stderr)
    assert (_content(Path("models/delay")), CARD.read_bytes()) == before


def test_a_model_that_does_not_conform_is_not_served(done: dict[str, Result], tmp_path: Path) -> None:
    """However good its figures: its pickle is not what its manifest says."""
    assert done["check-model"].exit_code == 0
    made = tmp_path / "delay"
    made.mkdir()
    for name, content in _content(Path("models/delay")).items():
        (made / name).write_bytes(content + b" " if name.endswith(".pkl") else content)
    before = _content(Path("models/delay")), CARD.read_bytes()
    broken = _run("check-model", "delay", "--made", str(tmp_path), *GATES)
    assert broken.exit_code == 1
    assert "DigestMismatch" in broken.stderr
    assert (_content(Path("models/delay")), CARD.read_bytes()) == before


def test_a_failed_check_of_data_is_a_failure_with_a_page(done: dict[str, Result]) -> None:
    """The label turned round: the message names the column and the page, and the page is there."""
    assert done["check-data"].exit_code == 0
    kept = _content(Path("reports/delay"))
    lines = Path("flights.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    Path("none.csv").write_text("".join(line.replace("Grupo LATAM", "Grupo LATAN") for line in lines), encoding="utf-8")
    failed = _run("check-data", "delay", "--data", "none.csv")
    assert failed.exit_code == 1
    assert "OPERA" in failed.stderr
    assert str(Path("reports/delay/data.html")) in failed.stderr
    assert json.loads(Path("reports/delay/data.json").read_text(encoding="utf-8"))["passed"] is False
    for name, content in kept.items():
        (Path("reports/delay") / name).write_bytes(content)


def test_data_may_be_compared_with_another_file(done: dict[str, Result]) -> None:
    """In place of the profile; a file with itself is refused."""
    assert done["check-data"].exit_code == 0
    assert _run("check-data", "delay", "--reference", "other.csv").exit_code == 0
    assert _run("check-data", "delay", "--reference", "flights.csv").exit_code == 1


def test_rows_copied_across_the_split_stop_the_pipeline(done: dict[str, Result], tmp_path: Path) -> None:
    """The planted fault: exit code 1, how many, and the parts stay as they were."""
    assert done["segregate"].exit_code == 0
    interim, parts = Path("data/interim/delay.csv"), Path("data/processed/delay/parts")
    honest, before = interim.read_bytes(), _content(parts)
    examples = read_examples(interim, Delay.fields)
    write_examples(interim, select(examples, [*range(3_000), *range(1_500)]))
    refused = _run("segregate", "delay")
    interim.write_bytes(honest)
    assert refused.exit_code == 1
    assert "rows are on both sides" in refused.stderr
    assert _content(parts) == before


def test_two_things_to_learn_from_are_a_mistake(done: dict[str, Result]) -> None:
    """Neither is taken in silence."""
    assert done["train"].exit_code == 0
    both = _run("train", "delay", "--data", "flights.csv", "--interim", "data/interim/delay.csv")
    assert both.exit_code == 2
    assert "--data and --interim cannot both be given" in both.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("check-data", "delay"), "`neuralworks preprocess` writes it"),
        (("segregate", "delay"), "neuralworks preprocess"),
        (("search", "delay"), r"holds no search\.csv; 'neuralworks segregate'"),
        (("evaluate", "delay"), "neuralworks search"),
        (("check-model", "delay"), r"evaluation\.json: cannot be read.*neuralworks evaluate"),
    ],
)
def test_a_stage_whose_input_is_not_there_says_so(
    arguments: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line that names the file or the command, no traceback, nothing left behind."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data" / "reference").mkdir(parents=True)
    (tmp_path / "data" / "reference" / "delay.json").write_bytes((ROOT / "data/reference/delay.json").read_bytes())
    failed = _run(*arguments)
    assert failed.exit_code == 1
    assert re.search(message, failed.stderr)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_people_train_repeatably_and_are_servable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The census by one command: loads where nothing heavy is, conforms, and is of one digest each time."""
    monkeypatch.setattr(income, "RECIPE", quick(income.RECIPE))
    data = str(write_census(tmp_path / "people.data"))
    for name in "ab":
        made = _run("train", "income", "--data", data, "--models-dir", str(tmp_path / name), "--seed", "5")
        assert made.exit_code == 0, made.output
    one, two = (read_manifest(str(tmp_path / name / "income")) for name in "ab")
    assert (one.pickle, one.version) == (two.pickle, two.version)
    assert "time_ordered_split" not in one.metrics
    assert check_model("income", str(tmp_path / "a")).passed
    model = FolderStore(str(tmp_path / "a")).get("income")
    stated = {**model.signature.example(), "workclass": None, "native_country": "Atlantis"}
    low, high = ({**stated, "education": level} for level in ("7th-8th", "Doctorate"))
    asked = [model.predict(row)[1] for row in model.check([low, high]).rows]
    assert asked[0] < asked[1]
    few = tmp_path / "few.data"
    few.write_text("".join(Path(data).read_text(encoding="utf-8").splitlines(keepends=True)[:120]), encoding="utf-8")
    assert _run("train", "income", "--data", str(few), "--models-dir", str(tmp_path / "c")).exit_code == 0
    assert check_model("income", str(tmp_path / "c")).passed
