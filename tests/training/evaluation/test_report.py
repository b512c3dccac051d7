"""The report: complete, the same each time, and its page shows nothing that it does not hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from challenge_neuralworks.errors import DataError, ShapeError
from challenge_neuralworks.models.delay import Delay
from challenge_neuralworks.training.evaluation import Effort, Trial, evaluation_report, measure, write_report
from challenge_neuralworks.training.evaluation.calibration import BINS
from challenge_neuralworks.training.reporting.page import cell
from tests.training.evaluating import CANDIDATES, EFFORT, GIVEN
from tests.training.showing import Shown, known_numbers, numbers_of

QUICK = Effort(resamples=5, repeats=1)


@pytest.fixture(scope="module")
def html(report: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the page of the report."""
    folder = tmp_path_factory.mktemp("reports") / "delay"
    write_report(report, folder)
    return (folder / "evaluation.html").read_text(encoding="utf-8")


def test_a_report_holds_what_was_measured_and_what_was_given(report: dict[str, Any], trials: list[Trial]) -> None:
    """Metrics are those of the rows, rounded to six places; what others measured is passed on."""
    for split, trial in zip(report["splits"], trials, strict=True):
        assert trial.threshold is not None
        found = measure(trial.target, trial.p, trial.threshold)
        assert {name: entry["value"] for name, entry in split["metrics"].items()} == pytest.approx(found, abs=5.1e-7)
        assert (split["name"], split["rows"], split["threshold"]) == (trial.name, len(trial.rows), trial.threshold)
        assert sum(line["rows"] for line in split["calibration"]["equal_mass"]) == len(trial.rows)
        assert len(split["calibration"]["equal_width"]) <= BINS
        for field in Delay.fields:
            of_field = [line for line in split["slices"] if line["field"] == field.name]
            assert sum(line["rows"] for line in of_field) == len(trial.rows)
    assert report["expect"] == "time_ordered_split"
    assert report["data"] == GIVEN.data
    assert report["threshold_rule"] == GIVEN.threshold
    assert report["cross_validation"]["metrics"]["auc"] == {"mean": 0.612346, "sd": 0.0123}


def test_parameters_are_stated_as_they_are(report: dict[str, Any]) -> None:
    """A tolerance of 1e-8 is not 0, whatever figures are rounded to."""
    assert [line["params"] for line in report["candidates"]] == [line["params"] for line in CANDIDATES]
    assert [line["name"] for line in report["candidates"] if line["chosen"]] == ["logistic regression"]


def test_importance_is_measured_where_there_is_a_predictor(report: dict[str, Any]) -> None:
    """Every field of the request, and None where nobody can predict anew.

    The day counts through its week alone, and of weeks that are still to come no rate is known.
    """
    first, second = (split["importance"] for split in report["splits"])
    assert first is None
    assert {line["field"] for line in second} == {field.name for field in Delay.fields}
    drops = {line["field"]: abs(line["auc_drop"]) for line in second}
    assert drops["DIA-I"] < 0.01 < max(drops.values())


def test_intervals_draw_what_the_split_says(report: dict[str, Any], trials: list[Trial]) -> None:
    """Rows, or whole days."""
    assert trials[1].groups is not None
    assert [split["drawn"] for split in report["splits"]] == [
        {"unit": "row", "units": len(trials[0].rows)},
        {"unit": "day", "units": len(set(trials[1].groups))},
    ]


def test_the_same_evaluation_gives_the_same_bytes(
    report: dict[str, Any], trials: list[Trial], html: str, tmp_path: Path
) -> None:
    """JSON and page; the JSON is the report."""
    again = evaluation_report("delay", Delay.fields, trials, GIVEN, EFFORT)
    write_report(again, tmp_path)
    assert json.loads((tmp_path / "evaluation.json").read_text(encoding="utf-8")) == report
    assert (tmp_path / "evaluation.html").read_text(encoding="utf-8") == html
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evaluation.html", "evaluation.json"]


def test_the_page_shows_no_number_that_the_report_does_not_hold(report: dict[str, Any], html: str) -> None:
    """Every number in a table, a sentence or a picture's description, as a cell shows it or in full."""
    forms = (cell, str, "{:,}".format)
    # What rows are labelled, named by the sentences around it, and the value of a perfect or useless metric.
    known = known_numbers(report, forms) | {"0", "1"}
    shown = [number for text in Shown(html).texts for number in numbers_of(text)]
    assert len(shown) > 500
    assert [number for number in shown if number not in known] == []


def test_the_page_is_complete(report: dict[str, Any], html: str) -> None:
    """Every slice and candidate has its line, and every picture is there with words beside it."""
    page = Shown(html)
    cells = set(page.texts)
    for split in report["splits"]:
        assert {line["value"] for line in split["slices"]} <= cells
    assert {"logistic regression", "trees | deep", "Learns the days of the year.", "too few rows"} <= cells
    assert page.tags.count("svg") == page.tags.count("figcaption") == 4 + 5
    assert not {"script", "link", "img"} & set(page.tags)


def test_a_report_of_little_is_a_report(trials: list[Trial], tmp_path: Path) -> None:
    """Without candidates, cross validation, importance, or anything given."""
    few = evaluation_report("delay", Delay.fields, trials[:1], effort=QUICK)
    assert (few["candidates"], few["cross_validation"], few["data"]) == ([], None, {})
    write_report(few, tmp_path)
    assert Shown((tmp_path / "evaluation.html").read_text(encoding="utf-8")).tags.count("svg") == 4


def test_each_part_is_told(trials: list[Trial]) -> None:
    """Whoever waits knows for what."""
    told: list[str] = []
    evaluation_report("delay", Delay.fields, trials, effort=QUICK, report=told.append)
    assert told == [
        *("random_split: intervals", "random_split: slices"),
        *("time_ordered_split: intervals", "time_ordered_split: slices"),
        *(f"time_ordered_split: importance of {field.name}" for field in Delay.fields),
    ]


def test_what_cannot_be_evaluated_is_refused(trials: list[Trial]) -> None:
    """No split, one class, or lengths that differ: the message names the split and what there is."""
    trial = trials[0]
    with pytest.raises(DataError, match="'delay' needs a split"):
        evaluation_report("delay", Delay.fields, [])
    ones = trial._replace(target=np.ones(len(trial.rows)))
    with pytest.raises(DataError, match="random_split: 750 of 750 rows are of class 1"):
        evaluation_report("delay", Delay.fields, [ones])
    with pytest.raises(DataError, match="random_split: 749 rows do not fit 750"):
        evaluation_report("delay", Delay.fields, [trial._replace(rows=trial.rows[1:])])
    with pytest.raises(ShapeError, match="do not fit"):
        evaluation_report("delay", Delay.fields, [trial._replace(p=[0.5])])
