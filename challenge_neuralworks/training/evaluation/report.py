"""All that is known about how good a model is, as one JSON object and as a page of the same numbers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.training.evaluation import plain
from challenge_neuralworks.training.evaluation.bootstrap import CONFIDENCE, draw_weights, intervals
from challenge_neuralworks.training.evaluation.calibration import equal_mass_bins, equal_width_bins, reliability
from challenge_neuralworks.training.evaluation.curves import precision_recall_points, roc_points, threshold_sweep
from challenge_neuralworks.training.evaluation.importance import importance_in
from challenge_neuralworks.training.evaluation.inputs import Effort, Given
from challenge_neuralworks.training.evaluation.metrics import METRICS, checked, measure
from challenge_neuralworks.training.evaluation.scoring import SCORINGS
from challenge_neuralworks.training.evaluation.slices import RULE, measure_slices
from challenge_neuralworks.training.tasks import BINARY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from challenge_neuralworks.signature import Field
    from challenge_neuralworks.training.evaluation.inputs import Trial
    from challenge_neuralworks.training.tasks import Task

FORMAT = 1
PLACES = 6
"""Decimal places of the report: further ones differ from one processor to the next, and nobody reads them."""

JSON_NAME, PAGE_NAME = "evaluation.json", "evaluation.html"


def evaluation_report(  # noqa: PLR0913, PLR0917 - what is judged, on what, how hard
    model: str,
    fields: Iterable[Field],
    trials: Sequence[Trial],
    given: Given | None = None,
    effort: Effort | None = None,
    report: Callable[[str], None] = lambda _: None,
    task: Task = BINARY,
) -> dict[str, Any]:
    """Return the evaluation of a model as JSON values; the same arguments give the same report.

    Parameters
    ----------
    model : its name.
    fields : of its signature; each value of each is measured on its own.
    trials : one entry a split; the last one is what to expect of rows still to come.
    report : is told each part as it begins.
    task : what is predicted; a report of other tasks than two classes names it, and has no threshold.

    Raises
    ------
    DataError : there is no split, or one of them lacks a class.
    ShapeError : a split's targets and probabilities differ in length.
    """
    given, effort, declared = given or Given(), effort or Effort(), tuple(fields)
    if not trials:
        raise DataError(f"an evaluation of {model!r} needs a split to test on; there is none")
    return {
        "format": FORMAT,
        "model": model,
        "confidence": CONFIDENCE,
        **effort._asdict(),
        "expect": trials[-1].name,
        **_measures(task),
        "data": dict(given.data or {}),
        "threshold_rule": dict(given.threshold or {}),
        "cross_validation": _spread(given),
        "candidates": [{**_rounded(dict(line)), "params": dict(line["params"])} for line in given.candidates],
        "splits": [_rounded(_split(one, task, declared, effort, report)) for one in trials],
    }


def write_report(report: dict[str, Any], folder: Path) -> None:
    """Write a report into a folder as evaluation.json and evaluation.html, each all of it or nothing."""
    # Pictures need matplotlib: 0.4 s that whoever only measures does not pay.
    from challenge_neuralworks.training.evaluation.page import page
    from challenge_neuralworks.training.reporting import write_page, write_whole

    text = json.dumps(report, indent=1, ensure_ascii=False, allow_nan=False)
    write_whole(folder / JSON_NAME, f"{text}\n")
    write_page(folder / PAGE_NAME, page(report))


def _spread(given: Given) -> dict[str, Any] | None:
    if given.cross_validation is None:
        return None
    return {"folds": given.folds, "metrics": _rounded(dict(given.cross_validation))}


def _measures(task: Task) -> dict[str, Any]:
    if task.kind == "binary":
        return {"metrics": dict(METRICS), "slice_rule": RULE}
    scoring = SCORINGS[task.kind]
    named = {"task": task.kind, "classes": list(task.classes), "headline": task.headline, "mistake": scoring.mistake}
    return {**named, "metrics": dict(scoring.metrics), "slice_rule": plain.RULE}


def _split(
    trial: Trial, task: Task, fields: Sequence[Field], effort: Effort, report: Callable[[str], None]
) -> dict[str, Any]:
    if task.kind != "binary" or trial.threshold is None:
        return plain.split_report(trial, task, fields, effort, report)
    target, p = _both_classes(trial)
    report(f"{trial.name}: intervals")
    weights = draw_weights(len(p), effort.resamples, effort.seed, trial.groups)
    measured = _measured(target, p, trial.threshold, weights)
    report(f"{trial.name}: slices")
    slices = measure_slices(target, p, trial.threshold, trial.rows, fields, weights)
    return {
        "name": trial.name,
        "about": trial.about,
        "fitted_rows": trial.fitted_rows,
        "rows": len(p),
        "threshold": trial.threshold,
        "drawn": {"unit": trial.unit, "units": len(p if trial.groups is None else set(trial.groups))},
        "metrics": measured,
        "calibration": {
            "equal_width": reliability(target, p, equal_width_bins(p)),
            "equal_mass": reliability(target, p, equal_mass_bins(p)),
        },
        "roc": roc_points(target, p),
        "precision_recall": precision_recall_points(target, p),
        "threshold_sweep": threshold_sweep(target, p),
        "slices": slices,
        "importance": importance_in(trial, target, effort, report),
    }


def _both_classes(trial: Trial) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    target, p = checked(trial.target, trial.p)
    if not 0 < int(target.sum()) < len(target):
        ones = int(target.sum())
        raise DataError(f"{trial.name}: {ones} of {len(target)} rows are of class 1; an evaluation needs both classes")
    if len(trial.rows) != len(target):
        raise DataError(f"{trial.name}: {len(trial.rows)} rows do not fit {len(target)} targets")
    return target, p


def _measured(
    target: NDArray[np.int64], p: NDArray[np.float64], threshold: float, weights: NDArray[np.int32]
) -> dict[str, Any]:
    found, spans = measure(target, p, threshold), intervals(target, p, threshold, weights)
    return {
        name: {"value": value, "low": span and span.low, "high": span and span.high}
        for (name, value), span in zip(found.items(), spans.values(), strict=True)
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(entry) for entry in value]
    # Adding 0 makes 0 of the -0 that rounding leaves.
    return round(value, PLACES) + 0.0 if isinstance(value, float) else value
