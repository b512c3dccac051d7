"""How sure a metric is: its spread over rows drawn again, with replacement."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from challenge_neuralworks.training.evaluation.metrics import METRICS, checked
from challenge_neuralworks.training.evaluation.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import ArrayLike, NDArray

CONFIDENCE = 0.95
RESAMPLES = 500


class Interval(NamedTuple):
    """Where a value lies in `CONFIDENCE` of the resamples."""

    low: float
    high: float


def draw_weights(n_rows: int, resamples: int, seed: int, groups: Sequence[Hashable] | None = None) -> NDArray[np.int32]:
    """Return how often each row was drawn, shape (resamples, n_rows).

    Parameters
    ----------
    groups : shape (n_rows,); rows of one group are drawn together. Flights of one day are late together: drawn one by
        one, they would seem to be more evidence than they are.
    """
    draw = np.random.default_rng(seed)
    group = np.arange(n_rows) if groups is None else _numbered(groups)
    size = int(group.max()) + 1
    weights = np.empty((resamples, n_rows), dtype=np.int32)
    for row in weights:
        row[:] = np.bincount(draw.integers(0, size, size), minlength=size)[group]
    return weights


def _numbered(groups: Sequence[Hashable]) -> NDArray[np.int64]:
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(group, len(numbers)) for group in groups])


def intervals(
    target: ArrayLike, p: ArrayLike, threshold: float, weights: NDArray[np.int32]
) -> dict[str, Interval | None]:
    """Return the percentile interval of each of `METRICS`; None where no resample defines it.

    The interval of a calibration error lies a little high: what is drawn again scatters more around its probabilities
    than the rows themselves, and the error counts scatter as if it were bias.

    Parameters
    ----------
    target, p, threshold : as in `metrics.measure`.
    weights : of `draw_weights`, shape (resamples, n_rows).

    Raises
    ------
    ShapeError : the lengths differ or are 0.

    Source: Efron (1979), Annals of Statistics 7(1); percentile form.
    """
    truth, proba = checked(target, p)
    tally = Tally(truth, proba, threshold)
    measured = [tally.measure(tally.counts(row)) for row in weights]
    return {name: _interval(np.array([values[name] for values in measured])) for name in METRICS}


def _interval(values: NDArray[np.float64]) -> Interval | None:
    defined = values[~np.isnan(values)]
    if not len(defined):
        return None
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return Interval(float(low), float(high))
