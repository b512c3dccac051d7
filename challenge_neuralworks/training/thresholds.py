"""The rule that turns a probability into a label."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from challenge_neuralworks.errors import ShapeError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

RESERVE = 0.03
"""Recall asked for beyond what is wanted: rows not seen yet are a little harder than those the threshold was set on."""

STEP = 0.001
"""Thresholds are tried, and stated, to so many places: more would be fitted to chance."""


class Cut(NamedTuple):
    """What labels are worth at a threshold; precision is 0 where nothing is labelled 1."""

    threshold: float
    recall: float
    precision: float
    f1: float


def cut(target: ArrayLike, p: ArrayLike, threshold: float) -> Cut:
    """Return recall, precision and F1 of the second class, answered from a probability of ``threshold`` on.

    Parameters
    ----------
    target : shape (n_rows,), 0 or 1, at least one of them 1.
    p : shape (n_rows,), probability of 1.

    Raises
    ------
    ShapeError : the lengths differ, or no row is of the second class.
    """
    truth, labels = np.asarray(target) == 1, np.asarray(p) >= threshold
    if truth.shape != labels.shape or not truth.any():
        raise ShapeError(f"{len(truth)} targets, {int(truth.sum())} of them 1, do not fit {len(labels)} predictions")
    found = int((truth & labels).sum())
    recall = found / int(truth.sum())
    precision = found / int(labels.sum()) if labels.any() else 0.0
    f1 = 2 * precision * recall / (precision + recall) if found else 0.0
    return Cut(threshold, recall, precision, f1)


class Rule(NamedTuple):
    """How a threshold is chosen, on predictions of rows that the model was not fitted on.

    wanted_recall : least share of the second class that must be found, in [0, 1): the best F1 among such thresholds
        wins. None asks for the most labels that are right.
    """

    wanted_recall: float | None

    def choose(self, target: ArrayLike, p: ArrayLike) -> float:
        """Return the threshold; ``target`` and ``p`` are as in `cut`."""
        if self.wanted_recall is None:
            return most_accurate(target, p)
        return choose_threshold(target, p, self.wanted_recall)

    @property
    def sentence(self) -> str:
        """The rule in words."""
        if self.wanted_recall is None:
            return "The threshold is the one that gets the most labels right."
        return (
            "The threshold has the best F1 among those that find enough of the second class: a share of"
            f" {self.wanted_recall} is wanted, and {RESERVE} more asked for as a reserve."
        )


def choose_threshold(target: ArrayLike, p: ArrayLike, wanted_recall: float) -> float:
    """Return the threshold of the best F1 among those that find enough of the second class.

    Parameters
    ----------
    target, p : as in `cut`; predictions must be of rows that the model was not fitted on.
    wanted_recall : in [0, 1); recall must reach it with `RESERVE` to spare.
    """
    least = min(wanted_recall + RESERVE, 1.0)
    tried = (cut(target, p, round(step * STEP, 3)) for step in range(int(1 / STEP)))
    # A threshold of 0 finds everything, so that there always is one.
    return max((found for found in tried if found.recall >= least), key=lambda found: found.f1).threshold


def most_accurate(target: ArrayLike, p: ArrayLike) -> float:
    """Return the threshold that labels the most rows right; of equals the one nearest to 0.5.

    Parameters
    ----------
    target, p : as in `cut`.
    """
    truth, known = np.asarray(target) == 1, np.asarray(p)
    tried = [round(step * STEP, 3) for step in range(1, int(1 / STEP))]
    right = {threshold: int(((known >= threshold) == truth).sum()) for threshold in tried}
    return max(tried, key=lambda threshold: (right[threshold], -abs(threshold - 0.5)))
