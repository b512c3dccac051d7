"""What a file's target column asks for: to tell classes apart, or a number."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.training.scaffolding.inferring import is_whole, numbers
from challenge_neuralworks.training.tasks import REGRESSION, binary, multiclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.training.tasks import Task

Wanted = Literal["classification", "regression"]

MOST_CLASSES = 100
MANY_NUMBERS = 20
"""Integers of more different values than these are taken for numbers, of fewer it is asked."""

LEAST_OF_A_CLASS = 10
"""Rows of a class: each of three folds, and the test, needs some."""

LEAST_ROWS = 50


def task_of(column: str, cells: Sequence[str], wanted: Wanted | None = None, decimal: str = ".") -> Task:
    """Return what the known cells of a target ask for.

    Parameters
    ----------
    cells : shape (n_rows,), none of them missing.
    wanted : what the caller says it is; None infers it.

    Raises
    ------
    DataError : there are too few rows, the cells fit neither, or could be either; says what to do.
    """
    if len(cells) < LEAST_ROWS:
        raise DataError(f"{len(cells)} rows state {column!r}; a model needs {LEAST_ROWS} to be fitted and tested on")
    counts, values = Counter(cells), numbers(cells, decimal)
    if len(counts) == 1:
        raise DataError(f"{column!r} is always {cells[0]!r:.40}: there is nothing to learn")
    if (wanted or _inferred(column, counts, values)) == "regression":
        if values is None:
            wrong = next(cell for cell in cells if numbers([cell], decimal) is None)
            raise DataError(f"{column!r} cannot be a regression's target: {wrong!r:.40} is no number")
        return REGRESSION
    return _classes(column, counts)


def _inferred(column: str, counts: Counter[str], values: list[float] | None) -> Wanted:
    if values is None or len(counts) == 2:
        return "classification"
    if not is_whole(counts) or len(counts) > MANY_NUMBERS:
        return "regression"
    raise DataError(
        f"{column!r} holds {len(counts)} different integers, {_some(counts)}: classes or amounts? Say --task"
        " classification or --task regression"
    )


def _classes(column: str, counts: Counter[str]) -> Task:
    if len(counts) > MOST_CLASSES:
        raise DataError(
            f"{column!r} has {len(counts):,} different values, {_some(counts)}: more than {MOST_CLASSES} classes are"
            " not told apart; group them, or say --task regression if they are amounts"
        )
    rare = {label: rows for label, rows in sorted(counts.items()) if rows < LEAST_OF_A_CLASS}
    if rare:
        listed = ", ".join(f"{label!r:.40} ({rows})" for label, rows in list(rare.items())[:5])
        raise DataError(
            f"{column!r}: fewer than {LEAST_OF_A_CLASS} rows are of {listed}; bring more of them, or group or"
            " remove them"
        )
    labels: list[int] | list[str] = sorted(counts)
    # 07 and 7 would be one label.
    if is_whole(counts) and all(str(int(float(cell))) == cell for cell in counts):
        labels = sorted(map(int, counts))
    return binary(*labels) if len(labels) == 2 else multiclass(*labels)


def _some(counts: Counter[str]) -> str:
    shown = sorted(counts, key=lambda cell: (len(cell), cell))
    return ", ".join(shown[:5]) + (", ..." if len(shown) > 5 else "")
