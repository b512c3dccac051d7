"""What is measured of a task's predictions: two classes, several, or a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from challenge_neuralworks.training.evaluation import metrics, several, values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from challenge_neuralworks.training.tasks import Kind, Task


class Scoring(NamedTuple):
    """How predictions of one kind of task are measured.

    metrics : name -> what it says.
    measure : target, predictions as `Task.predictions` has them -> metric -> value or None.
    mistakes : target, predictions -> how wrong each row is, shape (n_rows,); what slices are compared by.
    mistake : what that is, for people.
    """

    metrics: Mapping[str, str]
    measure: Callable[[Any, Any], dict[str, float | None]]
    mistakes: Callable[[Any, Any], Any]
    mistake: str


SCORINGS: Mapping[Kind, Scoring] = {
    "binary": Scoring(
        {name: metrics.METRICS[name] for name in ("auc", "brier", "log_loss")},
        lambda target, p: dict(metrics.scores(target, p)),
        lambda target, p: (p - target) ** 2,
        "squared error of the probability",
    ),
    "multiclass": Scoring(
        several.METRICS,
        several.measure,
        lambda target, p: (p.argmax(axis=1) != target).astype(np.float64),
        "share of labels that are wrong",
    ),
    "regression": Scoring(
        values.METRICS, values.measure, lambda target, predicted: np.abs(predicted - target), "mean absolute error"
    ),
}


def scored(task: Task, target: Any, predictions: Any) -> dict[str, float]:
    """Return the metrics that candidates of a task are compared by, those that are defined."""
    found = SCORINGS[task.kind].measure(target, predictions)
    return {name: value for name, value in found.items() if value is not None}


def headline(task: Task, target: Any, predictions: Any) -> float:
    """Return the one metric that candidates of a task are chosen by."""
    return scored(task, target, predictions)[task.headline]
