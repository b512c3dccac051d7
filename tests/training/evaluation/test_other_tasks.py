"""Several classes, and numbers: each metric by hand or by scikit-learn, and what a report says of slices."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics as of_sklearn

from challenge_neuralworks.errors import DataError, ShapeError
from challenge_neuralworks.signature import Field, Row
from challenge_neuralworks.training.evaluation import Effort, Trial, evaluation_report, several, values, write_report
from challenge_neuralworks.training.evaluation.plain import ERRS_MORE, slice_lines
from challenge_neuralworks.training.evaluation.slicing import slice_rows
from challenge_neuralworks.training.tasks import REGRESSION, Task, binary, multiclass

DRAW = np.random.default_rng(3)
P = DRAW.dirichlet((1, 1, 1), 200).round(2)
P /= P.sum(axis=1, keepdims=True)
TARGET = np.array([DRAW.choice(3, p=row) for row in P])
AMOUNTS = DRAW.normal(100, 20, 200)
GUESSED = AMOUNTS + DRAW.normal(1, 5, 200)
SIDES = ("left", "right")
ROWS: list[Row] = [{"side": SIDES[index % 2], "size": float(index)} for index in range(200)]
FIELDS = (Field("side", "category", "", "left"), Field("size", "number", "", 1.0))


def test_metrics_of_classes_are_scikit_learns() -> None:
    """Where it has them; ties of probabilities among them."""
    found, labels = several.measure(TARGET, P), P.argmax(axis=1)
    assert list(found) == list(several.METRICS)
    assert found["auc"] == pytest.approx(of_sklearn.roc_auc_score(TARGET, P, multi_class="ovr"))
    assert found["accuracy"] == pytest.approx(of_sklearn.accuracy_score(TARGET, labels))
    assert found["balanced_accuracy"] == pytest.approx(of_sklearn.balanced_accuracy_score(TARGET, labels))
    assert found["f1"] == pytest.approx(of_sklearn.f1_score(TARGET, labels, average="macro"))
    assert found["log_loss"] == pytest.approx(of_sklearn.log_loss(TARGET, P))
    assert found["brier"] == pytest.approx(float(((P - np.eye(3)[TARGET]) ** 2).sum(axis=1).mean()))
    assert several.confusion(TARGET, P) == of_sklearn.confusion_matrix(TARGET, labels).tolist()


def test_metrics_of_classes_by_hand() -> None:
    """Four rows of three classes, the last one labelled wrong."""
    p = np.array([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.1, 0.3, 0.6], [0.5, 0.3, 0.2]])
    found = several.measure(np.array([0, 1, 2, 2]), p)
    assert found["accuracy"] == 3 / 4
    assert found["balanced_accuracy"] == pytest.approx((1 + 1 + 1 / 2) / 3)
    assert found["base_rate"] == 1 / 2
    assert found["log_loss"] == pytest.approx(-sum(map(math.log, (0.8, 0.7, 0.6, 0.2))) / 4)


def test_a_class_that_does_not_occur_is_left_out() -> None:
    """An area needs rows on both sides; of one class alone there is none."""
    p = np.array([[0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [0.3, 0.6, 0.1]])
    assert several.measure(np.array([0, 1, 1]), p)["auc"] == 1.0
    assert several.measure(np.array([1, 1, 1]), p)["auc"] is None


def test_metrics_of_values_are_scikit_learns() -> None:
    """And those that it lacks are written down."""
    found = values.measure(AMOUNTS, GUESSED)
    assert list(found) == list(values.METRICS)
    assert found["r2"] == pytest.approx(of_sklearn.r2_score(AMOUNTS, GUESSED))
    assert found["rmse"] == pytest.approx(of_sklearn.root_mean_squared_error(AMOUNTS, GUESSED))
    assert found["mae"] == pytest.approx(of_sklearn.mean_absolute_error(AMOUNTS, GUESSED))
    assert found["median_error"] == pytest.approx(of_sklearn.median_absolute_error(AMOUNTS, GUESSED))
    assert found["bias"] == pytest.approx(GUESSED.mean() - AMOUNTS.mean())
    assert values.measure(np.ones(3), np.zeros(3))["r2"] is None


def test_errors_of_values_are_told_by_share() -> None:
    """The middle one is the median error, the ends are the extremes."""
    table = values.error_quantiles(np.zeros(5), np.array([-2.0, -1.0, 0.5, 1.0, 3.0]))
    assert {line["share"]: line["error"] for line in table}[0.5] == 0.5
    assert (table[0]["error"], table[-1]["error"]) == (-2.0, 3.0)


def test_a_slice_that_errs_more_is_named() -> None:
    """One in ten rows of the left is wrong, half of the right; few rows are not judged."""
    mistakes = np.array([float((index % 2 == 1 and index % 4 == 1) or index % 20 == 0) for index in range(200)])
    lines = {line["value"]: line for line in slice_lines(mistakes, slice_rows(ROWS, FIELDS[:1]))}
    assert (lines["left"]["weak"], lines["right"]["weak"]) == ([], [ERRS_MORE])
    assert lines["right"]["error"] == pytest.approx(0.5)
    few = slice_lines(mistakes[:40], slice_rows(ROWS[:40], FIELDS[:1]))
    assert {(line["few"], line["error"]) for line in few} == {(True, None)}


CLASSES = Trial("random_split", "some", 400, ROWS, TARGET, P, None, lambda rows: P[: len(rows)])
NUMBERS = CLASSES._replace(target=AMOUNTS, p=GUESSED, predict=lambda rows: GUESSED[: len(rows)])


@pytest.mark.parametrize(
    ("trial", "task", "own"),
    [(CLASSES, multiclass("a", "b", "c"), "confusion"), (NUMBERS, REGRESSION, "errors")],
)
def test_a_report_has_what_the_page_shows(tmp_path: Path, trial: Trial, task: Task, own: str) -> None:
    """JSON of finite numbers; intervals hold the value; what no model knows is worth nothing."""
    made = evaluation_report("toy", FIELDS, [trial], effort=Effort(60, 2, 1), task=task)
    (split,) = made["splits"]
    headline = made["headline"]
    assert json.loads(json.dumps(made, allow_nan=False)) == made
    assert len(split[own]) >= 3
    measured = split["metrics"][headline]
    assert measured["low"] <= measured["value"] <= measured["high"]
    # The predictor ignores its rows: shuffling a field changes nothing.
    assert {line[f"{headline}_drop"] for line in split["importance"]} == {0.0}
    write_report(made, tmp_path)
    page = (tmp_path / "evaluation.html").read_text(encoding="utf-8")
    assert f"random_split: {'labels' if own == 'confusion' else 'errors'}" in page


def test_what_cannot_be_measured_is_refused() -> None:
    """Unequal lengths, and a class with one row."""
    with pytest.raises(ShapeError, match="199 rows, 200 targets"):
        evaluation_report("toy", FIELDS, [CLASSES._replace(rows=ROWS[1:])], task=multiclass("a", "b", "c"))
    one = np.where(np.arange(200) == 7, 2, TARGET % 2)
    with pytest.raises(DataError, match="do not hold two of each class"):
        evaluation_report("toy", FIELDS, [CLASSES._replace(target=one)], task=multiclass("a", "b", "c"))


def test_two_classes_keep_their_own_report() -> None:
    """With a threshold, whatever the classes are called."""
    trial = CLASSES._replace(target=(TARGET > 0).astype(int), p=1 - P[:, 0], threshold=0.5, predict=None)
    made = evaluation_report("toy", FIELDS, [trial], effort=Effort(20, 1, 1), task=binary("no", "yes"))
    assert "task" not in made
    assert made["splits"][0]["threshold"] == 0.5
