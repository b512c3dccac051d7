"""A plan out of a whole file: what is read, left out and refused, before anything is written."""

from __future__ import annotations

import ast
import random
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from challenge_neuralworks.errors import ConfigurationError, DataError
from challenge_neuralworks.training.checks.distribution import Limits
from challenge_neuralworks.training.scaffolding import modules, normal, texts
from challenge_neuralworks.training.scaffolding.gates import measured_gates
from challenge_neuralworks.training.scaffolding.layout import lay_out
from challenge_neuralworks.training.scaffolding.planning import Plan, plan
from challenge_neuralworks.training.scaffolding.writing import class_name, string
from tests.making import ROOT

ODD = 'a/b~c "quoted" \\ back'


def odd_file(folder: Path, rows: int = 240) -> Path:
    """Write a file with what such files have: missing cells, rows without answer, an identifier, odd names."""
    draw = random.Random(5)
    lines = ['id;when;height;"a/b~c ""quoted"" \\ back";town, as told;always;passed']
    for number in range(rows):
        height = "" if number % 17 == 0 else f"{draw.uniform(1, 2):.2f}".replace(".", ",")
        town = "NA" if number % 13 == 0 else f"town {draw.randrange(20)}"
        passed = "?" if number % 40 == 0 else ("yes" if draw.random() < 0.4 else "no")
        lines.append(f"{number};2024-01-{number % 28 + 1:02};{height};{draw.choice('ñ<')};{town};1;{passed}")
    path = folder / "odd.csv"
    path.write_text("\ufeff" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def odd(tmp_path: Path) -> Plan:
    """Return the plan of the odd file."""
    return plan("odd", odd_file(tmp_path), "passed")


def test_a_plan_says_what_becomes_of_every_column(odd: Plan) -> None:
    """Names are the file's own; what is left out has its reason, and rows without an answer are counted."""
    assert [(field.name, field.kind, field.missing, field.unknown) for field in odd.fields] == [
        ("height", "number", "accept", "refuse"),
        (ODD, "category", "refuse", "refuse"),
        ("town, as told", "category", "accept", "accept"),
    ]
    assert [one.name for one in odd.left_out] == ["id", "when", "always"]
    assert (odd.rows, odd.unknown, odd.table.decimal, odd.table.delimiter) == (234, 6, ",", ";")
    assert odd.table.missing == ("", "?", "NA")
    assert odd.table.task.classes == ("no", "yes")


def test_a_column_can_be_left_out_by_hand(tmp_path: Path) -> None:
    """One that will not be known in time, say."""
    made = plan("odd", odd_file(tmp_path), "passed", without=("height",))
    assert "height" not in [field.name for field in made.fields]
    assert next(one for one in made.left_out if one.name == "height").reason == "as asked with --leave-out"


def test_what_is_written_is_what_people_would_write(odd: Plan, tmp_path: Path) -> None:
    """Whatever the columns are called: it parses, it is formatted, and the linter has nothing to say."""
    layout = lay_out(odd)
    for path, content in layout.texts.items():
        if path.endswith(".toml"):
            declared = tomllib.loads(content)
            assert [column["name"] for column in declared["columns"]] == list(odd.columns)
            continue
        ast.parse(content)
        written = tmp_path / path
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_text(content, encoding="utf-8")
    ruff = Path(sys.executable).parent / "ruff"
    if not ruff.exists():
        pytest.skip("ruff is not installed: make install")
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    # Modules that are not here are the project's all the same.
    ours = ["--config", 'lint.isort.known-first-party = ["challenge_neuralworks", "tests"]']
    for command in (["check", *ours], ["format", "--check"]):
        words = [str(ruff), *command, "--no-cache", "."]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_normal_holds_for_the_file_itself(odd: Plan) -> None:
    """Shares have room on both sides, levels too; every field that may be missing states how often."""
    declared = normal.declared_of(odd)
    least, most = declared.positive_share or (1, 0)
    share = sum(odd.examples.target) / odd.rows
    assert least < share < most < 1
    assert set(declared.missing_share) == {"height", "town, as told"}
    assert 1 / 17 < declared.missing_share["height"] < 0.2
    assert declared.levels == {ODD: (1, 4), "town, as told": (10, 40)}


def test_a_column_that_tells_the_answer_is_pointed_at(tmp_path: Path) -> None:
    """The limit of the check is moved just as far as the file needs, and the card asks whether it is known in time."""
    lines = [f"{number % 7},{'late' if number % 3 else 'in time'},{int(number % 3 > 0)}" for number in range(300)]
    path = tmp_path / "leaky.csv"
    path.write_text("noise,verdict,late\n" + "\n".join(lines) + "\n", encoding="utf-8")
    made = plan("leaky", path, "late")
    limited = normal.limits_of(made, normal.reference_of(made, ""))
    assert set(limited.telling) == {"verdict"}
    assert limited.limits == Limits()._replace(auc=1.0)
    assert "`verdict` alone ranks unseen rows with an AUC of 1.000" in texts.card_texts(made, limited)
    assert lay_out(made).telling == ("verdict",)


@pytest.mark.parametrize("name", ["Wine", "2wine", "wine-quality", "class", "match", "_wine", "a b", "", "w" * 65])
def test_a_name_that_no_module_could_have_is_refused(tmp_path: Path, name: str) -> None:
    """Before the file is even read."""
    with pytest.raises(ConfigurationError, match="NAME="):
        plan(name, tmp_path / "nowhere.csv", "answer")


def test_a_column_that_is_not_there_is_refused_with_the_nearest(tmp_path: Path) -> None:
    """As a target, and among those to leave out."""
    with pytest.raises(DataError, match="no column 'pased'; did you mean 'passed'\\?"):
        plan("odd", odd_file(tmp_path), "pased")
    with pytest.raises(DataError, match="no column 'weight'"):
        plan("odd", odd_file(tmp_path), "passed", without=("weight",))


@pytest.mark.parametrize("name", ["target", "moment"])
def test_a_name_that_stages_keep_for_themselves_is_refused(tmp_path: Path, name: str) -> None:
    """Between the stages both stand beside the fields."""
    path = tmp_path / "kept.csv"
    path.write_text(f"{name},answer\n" + "".join(f"{n % 5},{'ab'[n % 2]}\n" for n in range(60)), encoding="utf-8")
    with pytest.raises(DataError, match=f"column '{name}' has a name that is kept"):
        plan("kept", path, "answer")


def test_a_file_without_a_field_is_refused(tmp_path: Path) -> None:
    """Nothing can be predicted from a constant; the reason is told."""
    path = tmp_path / "empty.csv"
    path.write_text("a,answer\n" + "1,x\n1,y\n" * 30, encoding="utf-8")
    with pytest.raises(DataError, match=r"no column is left .* \(a: always '1'\)"):
        plan("empty", path, "answer")


def test_gates_are_the_ends_of_the_intervals() -> None:
    """Rounded away from what was measured, so that the model itself passes."""
    metrics = {
        "r2": {"value": 0.47, "low": 0.34567, "high": 0.6},
        "rmse": {"value": 53.0, "low": 47.0, "high": 58.612},
        "mae": {"value": 0.001234, "low": None, "high": None},
    }
    evaluation = {"splits": [{"name": "random_split", "metrics": metrics}]}
    assert measured_gates(evaluation, "regression") == [
        "--least random_split.r2=0.345",
        "--most random_split.rmse=58.7",
        "--most random_split.mae=0.00124",
    ]


@pytest.mark.parametrize(
    ("name", "expected"), [("wine", "Wine"), ("wine_quality", "WineQuality"), ("model", "ModelModel"), ("a1_b", "A1B")]
)
def test_a_class_is_called_after_its_model(name: str, expected: str) -> None:
    """And never as what its module imports."""
    assert class_name(name) == expected


@pytest.mark.parametrize("text", ["plain", 'say "no"', "it's", "both ' and \"", "back\\slash", "ñandú", "\u2028\x00"])
def test_a_string_comes_back(text: str) -> None:
    """Quotes, backslashes, and what cannot be printed."""
    assert ast.literal_eval(string(text)) == text


def test_the_candidate_that_was_chosen_is_stated(odd: Plan) -> None:
    """So that training without a search gives what was sealed."""
    written = modules.recipe_module(odd, "logistic regression", {"predict__C": 0.1})
    assert 'CHOSEN = "logistic regression"' in written
    assert 'PARAMS: dict[str, object] = {"predict__C": 0.1}' in written
