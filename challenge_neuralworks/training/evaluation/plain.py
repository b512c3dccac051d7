"""A split's part of a report where there is no threshold: several classes, or a number."""

from __future__ import annotations

from functools import partial
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from challenge_neuralworks.errors import DataError, ShapeError
from challenge_neuralworks.training.evaluation import several, values
from challenge_neuralworks.training.evaluation.bootstrap import CONFIDENCE, draw_weights
from challenge_neuralworks.training.evaluation.importance import importance_in
from challenge_neuralworks.training.evaluation.scoring import SCORINGS, headline
from challenge_neuralworks.training.evaluation.slicing import slice_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from challenge_neuralworks.signature import Field
    from challenge_neuralworks.training.evaluation.inputs import Effort, Trial
    from challenge_neuralworks.training.evaluation.slicing import Slice
    from challenge_neuralworks.training.tasks import Task

FEWEST_ROWS = 30
"""Slices of fewer rows are counted, not judged: their mean is not near normal."""

ERRS_MORE = "errs more"

RULE = (
    f"Intervals of slices are wide enough to hold all at once with {CONFIDENCE:.0%} confidence (Bonferroni, normal, of"
    f" a mean). '{ERRS_MORE}': the interval of the slice's error lies above the error of all rows. A slice of fewer"
    f" than {FEWEST_ROWS} rows is counted and not judged."
)


def split_report(
    trial: Trial, task: Task, fields: Sequence[Field], effort: Effort, report: Callable[[str], None]
) -> dict[str, Any]:
    """Return what is known of a split as JSON values.

    Raises
    ------
    ShapeError : rows, targets and predictions differ in number, or are none.
    DataError : there are too few rows to test on.
    """
    target, predicted = task.target(trial.target), np.asarray(trial.p, dtype=np.float64)
    if not len(trial.rows) == len(target) == len(predicted) or not len(target):
        raise ShapeError(f"{len(trial.rows)} rows, {len(target)} targets and {len(predicted)} predictions do not fit")
    if not task.is_usable(target):
        raise DataError(f"{trial.name}: {len(target)} rows do not hold two of each class, or two at all")
    report(f"{trial.name}: intervals")
    weights = draw_weights(len(target), effort.resamples, effort.seed, trial.groups)
    measured = _measured(task, target, predicted, weights)
    report(f"{trial.name}: slices")
    return {
        "name": trial.name,
        "about": trial.about,
        "fitted_rows": trial.fitted_rows,
        "rows": len(target),
        "drawn": {"unit": trial.unit, "units": len(target if trial.groups is None else set(trial.groups))},
        "metrics": measured,
        **_errors(task, target, predicted),
        "slices": slice_lines(SCORINGS[task.kind].mistakes(target, predicted), slice_rows(trial.rows, fields)),
        "importance": importance_in(trial, target, effort, report, partial(headline, task), task.headline),
    }


def _errors(task: Task, target: NDArray[Any], predicted: NDArray[np.float64]) -> dict[str, Any]:
    if task.kind == "regression":
        return {"errors": values.error_quantiles(target, predicted)}
    return {"confusion": several.confusion(target, predicted)}


def _measured(
    task: Task, target: NDArray[Any], predicted: NDArray[np.float64], weights: NDArray[np.int32]
) -> dict[str, Any]:
    measure, numbers = SCORINGS[task.kind].measure, np.arange(len(target))
    drawn = []
    for row in weights:
        again = np.repeat(numbers, row)
        drawn.append(measure(target[again], predicted[again]))
    return {
        name: {"value": value, **_interval([one[name] for one in drawn])}
        for name, value in measure(target, predicted).items()
    }


def _interval(found: Sequence[float | None]) -> dict[str, float | None]:
    defined = [value for value in found if value is not None]
    if not defined:
        return {"low": None, "high": None}
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return {"low": float(low), "high": float(high)}


def slice_lines(mistakes: NDArray[np.float64], pieces: Sequence[Slice]) -> list[dict[str, Any]]:
    """Return one line a slice; `RULE` says what ``weak`` lists.

    Parameters
    ----------
    mistakes : how wrong each row is, shape (n_rows,).
    """
    judged = [piece for piece in pieces if len(piece.positions) >= FEWEST_ROWS]
    z = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / 2 / max(len(judged), 1))
    whole = float(mistakes.mean())
    return [_line(piece, mistakes[piece.positions], z, whole) for piece in pieces]


def _line(piece: Slice, own: NDArray[np.float64], z: float, whole: float) -> dict[str, Any]:
    few = len(own) < FEWEST_ROWS
    line: dict[str, Any] = {"field": piece.field, "value": piece.value, "rows": len(own), "few": few}
    line |= {"error": None, "error_low": None, "error_high": None, "weak": []}
    if not few:
        error, reach = float(own.mean()), z * float(own.std(ddof=1)) / len(own) ** 0.5
        line |= {"error": error, "error_low": max(error - reach, 0.0), "error_high": error + reach}
        line["weak"] = [ERRS_MORE] if error - reach > whole else []
    return line
