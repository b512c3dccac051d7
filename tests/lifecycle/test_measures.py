"""Metrics and slices not worse than production's, beyond a stated margin; which way is worse is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from challenge_neuralworks.artifact import Manifest
from challenge_neuralworks.errors import ConfigurationError
from challenge_neuralworks.lifecycle.margins import DEFAULTS, HIGHER_IS_BETTER, Margin, read_margins
from challenge_neuralworks.lifecycle.measures import LARGE, judge_metrics, judge_slices
from challenge_neuralworks.lifecycle.verdicts import Verdict
from challenge_neuralworks.training.evaluation import metrics as two_classes
from challenge_neuralworks.training.evaluation import several, values
from tests.lifecycle.storing import evaluation, sealed

UNJUDGED = {"base_rate", "mean_p", "bias", "target_mean", "target_sd"}
"""Metrics of which neither more nor less is better."""


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    """Return a manifest to put metrics into."""
    return sealed(tmp_path)


def judged(manifest: Manifest, before: Any, after: Any, *margins: str) -> dict[str, Verdict]:
    """Return the verdict on each metric."""
    production, candidate = (manifest._replace(metrics=metrics) for metrics in (before, after))
    return {verdict.what: verdict for verdict in judge_metrics(production, candidate, read_margins(margins))}


@pytest.mark.parametrize(
    ("metric", "before", "after", "passed"),
    [
        ("auc", 0.75, 0.745, True),
        ("auc", 0.75, 0.7449, False),
        ("auc", 0.75, 0.9, True),
        ("brier", 0.13, 0.132, True),
        ("brier", 0.13, 0.1321, False),
        ("brier", 0.13, 0.01, True),
        ("rmse", 50.0, 51.0, True),
        ("rmse", 50.0, 51.01, False),
        ("r2", -0.5, -0.511, False),
        ("auc", 0.75, None, False),
        ("auc", 0.75, float("nan"), False),
    ],
)
def test_a_metric_may_be_worse_by_its_margin(
    manifest: Manifest, metric: str, before: Any, after: Any, passed: bool
) -> None:
    """At the margin it passes, beyond it does not; better is never refused, and what is not known is not better."""
    (verdict,) = judged(manifest, {"random_split": {metric: before}}, {"random_split": {metric: after}}).values()
    assert (verdict.what, verdict.passed) == (f"random_split.{metric}", passed)


def test_a_verdict_names_values_and_bound(manifest: Manifest) -> None:
    """So that the table alone says what to mend."""
    before, after = {"random_split": {"auc": 0.75, "brier": 0.13}}, {"random_split": {"auc": 0.7, "brier": 0.13}}
    found = judged(manifest, before, after)
    assert found["random_split.auc"].cells() == (
        "metrics",
        "random_split.auc",
        "0.75",
        "0.7",
        "at least 0.745",
        "CLOSED",
    )
    assert found["random_split.brier"].cells()[4:] == ("at most 0.132", "passed")


def test_a_metric_that_vanished_closes_the_gate(manifest: Manifest) -> None:
    """A split that was not measured any more hides whatever it would have shown."""
    found = judged(
        manifest, {"random_split": {"auc": 0.75}, "time_ordered_split": {"auc": 0.6}}, {"random_split": {"auc": 0.75}}
    )
    assert {what: verdict.passed for what, verdict in found.items()} == {
        "random_split.auc": True,
        "time_ordered_split.auc": False,
    }
    assert found["time_ordered_split.auc"].candidate == "not measured"


def test_margins_are_for_all_splits_or_one(manifest: Manifest) -> None:
    """The narrower statement counts; a metric without a default is looked at once it is named."""
    splits = {"random_split": {"auc": 0.75, "recall": 0.7}, "time_ordered_split": {"auc": 0.65, "recall": 0.7}}
    worse = {"random_split": {"auc": 0.72, "recall": 0.5}, "time_ordered_split": {"auc": 0.62, "recall": 0.5}}
    found = judged(manifest, splits, worse, "auc=0.05", "time_ordered_split.auc=0.01", "random_split.recall=10%")
    assert {what: verdict.passed for what, verdict in found.items()} == {
        "random_split.auc": True,
        "time_ordered_split.auc": False,
        "random_split.recall": False,
    }
    assert found["random_split.recall"].bound == "at least 0.63"


def test_what_is_not_measured_of_test_rows_is_no_gate(manifest: Manifest) -> None:
    """The export's difference and the threshold's choice are in the manifest too; production may have no metric."""
    before = {"export": {"rows": 10_000}, "out_of_fold": {"f1": 0.9}, "note": "x", "random_split": {"rows": 5}}
    (verdict,) = judged(manifest, before, {}).values()
    assert (verdict.passed, verdict.bound) == (True, "production states none that has a margin")


def test_of_every_metric_that_training_measures_it_is_known_which_way_is_better() -> None:
    """A metric that training adds must be sorted in here, and none is here that is measured nowhere."""
    measured = {*two_classes.METRICS, *several.METRICS, *values.METRICS} - UNJUDGED
    assert set(HIGHER_IS_BETTER) == measured
    assert set(DEFAULTS) <= measured


@pytest.mark.parametrize("text", ["auc", "auc=", "auc=x", "auc=-0.1", "auc=inf", "auc=nan", "speed=1", "a.b=1", "=1"])
def test_a_margin_that_is_none_is_refused(text: str) -> None:
    """The message says how one is stated."""
    with pytest.raises(ConfigurationError, match=r"--margin='.*' cannot be used: expected SPLIT\.METRIC=NUMBER"):
        read_margins([text])


def test_margins_are_read() -> None:
    """Plain numbers, and shares of production's value."""
    assert read_margins(["random_split.auc=0.005", "rmse=2%", "slices=0.1"]) == {
        "random_split.auc": Margin(0.005),
        "rmse": Margin(0.02, relative=True),
        "slices": Margin(0.1),
    }


def slices(before: Any, after: Any, rows: int = LARGE, *margins: str) -> Verdict:
    """Return the verdict on slices of ``colour``, by value, each an AUC and its upper bound."""
    production, candidate = (evaluation(slices=one, rows=rows) for one in (before, after))
    (verdict,) = judge_slices(production, candidate, read_margins(margins))
    return verdict


def test_a_large_slice_is_judged_by_its_value() -> None:
    """Overall the model may be better: who is in that slice has a worse one."""
    before = {"red": (0.80, 0.81), "green": (0.7, 0.71)}
    worse = slices(before, {"red": (0.77, 0.85), "green": (0.69, 0.70)})
    assert not worse.passed
    assert (worse.production, worse.candidate) == ("2 slices", "1 worse: colour=red auc 0.8 -> 0.77")
    assert slices(before, {"red": (0.79, 0.80), "green": (0.69, 0.70)}).candidate == "none worse"


def test_a_small_slice_is_judged_by_its_interval() -> None:
    """What chance can do to few rows is no fault of the candidate's; what it cannot do is."""
    before = {"red": (0.80, 0.9)}
    assert slices(before, {"red": (0.7, 0.79)}, LARGE - 1).passed
    assert not slices(before, {"red": (0.7, 0.77)}, LARGE - 1).passed


def test_the_margin_of_slices_can_be_stated() -> None:
    """As those of metrics."""
    assert slices({"red": (0.8, 0.9)}, {"red": (0.7, 0.75)}, LARGE, "slices=0.1").passed


def test_slices_of_several_classes_and_of_numbers_are_judged_by_their_error() -> None:
    """There more is worse, and the margin is a share of production's error."""

    def found(error: float, low: float, rows: int) -> Any:
        line = {"field": "colour", "value": "red", "rows": rows, "few": False, "error": error, "error_low": low}
        return {"model": "toy", "splits": [{"name": "random_split", "metrics": {}, "slices": [line]}]}

    for error, low, rows, passed in (
        (10.5, 10.0, LARGE, True),
        (10.6, 10.0, LARGE, False),
        (12.0, 10.4, 50, True),
        (12.0, 10.6, 50, False),
    ):
        (verdict,) = judge_slices(found(10.0, 9.0, rows), found(error, low, rows), {})
        assert verdict.passed is passed, (error, low, rows)


def test_slices_of_a_few_rows_and_without_an_auc_are_not_judged() -> None:
    """They are counted in the report, and say nothing."""
    before = evaluation(slices={"red": (0.8, 0.9), "green": (0.8, 0.9)})
    after = evaluation(slices={"red": (0.1, 0.2), "green": (0.1, 0.2)})
    for one in (before, after):
        one["splits"][0]["slices"][0]["few"] = True
        one["splits"][0]["slices"][1]["auc"] = None
    (verdict,) = judge_slices(before, after, {})
    assert (verdict.passed, verdict.production) == (True, "0 slices")


def test_a_candidate_without_an_evaluation_is_stopped_where_production_has_one() -> None:
    """Leaving it out must not open the gate; where production has none, there is nothing to compare with."""
    (without,) = judge_slices(evaluation(), None, {})
    assert (without.passed, without.candidate) == (False, "no evaluation.json")
    assert [one.passed for one in judge_slices(None, evaluation(), {})] == [True]
    (others,) = judge_slices(evaluation(slices={"red": (0.8, 0.9)}), evaluation(slices={"blue": (0.8, 0.9)}), {})
    assert (others.passed, others.candidate) == (False, "none of these")
