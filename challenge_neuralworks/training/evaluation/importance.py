"""What a field is worth to a model: how much the AUC (or R2) drops when the field's values are shuffled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import roc_auc_score

from challenge_neuralworks.training.frames import feature_rows, frame
from challenge_neuralworks.training.tasks import BINARY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.signature import Row
    from challenge_neuralworks.training.evaluation.inputs import Effort, Trial
    from challenge_neuralworks.training.tasks import Task

    Predict = Callable[[Sequence[Row]], NDArray[np.float64]]

REPEATS = 5


def predictor(model: type[Model], estimator: Any, task: Task = BINARY) -> Predict:
    """Return a function from rows, as requests state them, to an estimator's predictions: of two classes, P(1)."""

    def predict(rows: Sequence[Row]) -> NDArray[np.float64]:
        return task.predictions(estimator, frame(feature_rows(model, rows)))

    return predict


def importance(  # noqa: PLR0913, PLR0917 - what is asked, on what, how often, and what it is worth
    predict: Predict,
    rows: Sequence[Row],
    target: ArrayLike,
    repeats: int = REPEATS,
    seed: int = 0,
    report: Callable[[str], None] = lambda _: None,
    worth: Callable[[Any, Any], float] = roc_auc_score,
    name: str = "auc",
) -> list[dict[str, Any]]:
    """Return each field with the mean drop in AUC and its standard deviation over repeats, the largest drop first.

    The field is shuffled in the request, so whatever is derived from it moves along. Two fields that say the same each
    drop little: the model still has the other one.

    Parameters
    ----------
    predict : rows -> probability of 1, shape (n_rows,), or what ``worth`` takes.
    target : shape (n_rows,), both classes.
    report : is told each field as it begins.
    worth, name : target, predictions -> what they are worth, and what that is called in ``<name>_drop``.

    Source: Breiman (2001), Machine Learning 45(1), section 10.
    """
    draw = np.random.default_rng(seed)
    whole = float(worth(target, predict(rows)))
    found = []
    for field in rows[0]:
        report(f"importance of {field}")
        drops = [whole - float(worth(target, predict(_shuffled(rows, field, draw)))) for _ in range(repeats)]
        spread = float(np.std(drops, ddof=1)) if repeats > 1 else None
        found.append({"field": field, f"{name}_drop": float(np.mean(drops)), "sd": spread})
    return sorted(found, key=lambda line: (-line[f"{name}_drop"], line["field"]))


def importance_in(
    trial: Trial,
    target: ArrayLike,
    effort: Effort,
    report: Callable[[str], None],
    worth: Callable[[Any, Any], float] = roc_auc_score,
    name: str = "auc",
) -> list[dict[str, Any]] | None:
    """Return `importance` on the rows of a trial; None where it cannot be asked about others."""
    if trial.predict is None:
        return None

    def told(step: str) -> None:
        report(f"{trial.name}: {step}")

    return importance(trial.predict, trial.rows, target, effort.repeats, effort.seed, told, worth, name)


def _shuffled(rows: Sequence[Row], field: str, draw: np.random.Generator) -> list[Row]:
    order = draw.permutation(len(rows))
    return [{**row, field: rows[other][field]} for row, other in zip(rows, order, strict=True)]
