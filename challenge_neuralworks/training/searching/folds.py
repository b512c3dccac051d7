"""What candidates are compared on: rows fitted on, and rows asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from sklearn.model_selection import KFold, StratifiedKFold

from challenge_neuralworks.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from challenge_neuralworks.training.datasets import Examples


class Fold(NamedTuple):
    """Row numbers to fit on and to ask about, each of shape (n,)."""

    fit: NDArray[np.int64]
    test: NDArray[np.int64]


class Folds(NamedTuple):
    """A way to make folds.

    about : in a few words, for reports.
    make : examples, seed -> folds; only rows that may be looked at.
    """

    about: str
    make: Callable[[Examples, int], list[Fold]]


def stratified(n_folds: int) -> Folds:
    """Return folds at random, each with the share of both classes."""

    def make(examples: Examples, seed: int) -> list[Fold]:
        target = np.asarray(examples.target)
        split = StratifiedKFold(n_folds, shuffle=True, random_state=seed)
        return [Fold(fit, test) for fit, test in split.split(target, target)]

    return Folds(f"{n_folds} folds at random", make)


def shuffled(n_folds: int) -> Folds:
    """Return folds at random, for targets that are no classes."""

    def make(examples: Examples, seed: int) -> list[Fold]:
        split = KFold(n_folds, shuffle=True, random_state=seed)
        return [Fold(fit, test) for fit, test in split.split(np.asarray(examples.target))]

    return Folds(f"{n_folds} folds at random", make)


def by_months(*firsts: int) -> Folds:
    """Return folds ordered in time: fitted on all months before one of these, asked about it and the next.

    Source: Hyndman and Athanasopoulos (2021), Forecasting: Principles and Practice, section 5.10: evaluation on a
    rolling forecasting origin.
    """

    def make(examples: Examples, seed: int) -> list[Fold]:  # noqa: ARG001 - nothing is drawn.
        if examples.moments is None:
            raise DataError("folds by month need to know when each row was; these examples do not say")
        months = examples.moments.dt.month.to_numpy()
        folds = [
            Fold(np.flatnonzero(months < first), np.flatnonzero((months >= first) & (months < first + 2)))
            for first in firsts
        ]
        target = np.asarray(examples.target)
        return [fold for fold in folds if all(len(np.unique(target[rows])) == 2 for rows in fold)]

    about = f"{len(firsts)} folds in order of time: fitted on the months before {', '.join(map(str, firsts))}"
    return Folds(f"{about}, tested on the two that follow", make)
