"""Two-sample tests from counts of values, each with the size of the effect beside its p."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

LEAST_EXPECTED = 5.0
"""Rows that a level must be expected to have in each sample, else it is pooled with others."""


class Difference(NamedTuple):
    """How two samples differ: p if they came from one distribution, and by how much, in [0, 1]."""

    p: float
    effect: float


def kolmogorov_smirnov(ours: Mapping[Any, int], theirs: Mapping[Any, int]) -> Difference:
    """Return the two-sample test of numbers; the effect is D, the largest gap of the cumulative shares.

    With values that repeat, as integers do, p is too large rather than too small: the test is cautious.

    Parameters
    ----------
    ours, theirs : number -> rows, with at least one row each, else there is nothing to tell apart.

    Source: Smirnov (1939), Bulletin of Moscow University 2(2); p by Hodges (1958), Arkiv för Matematik 3(5), as
    ``scipy.stats.ks_2samp(method="asymp")`` computes it; values that repeat: Noether (1963), Metrika 7.
    """
    n, m = sum(ours.values()), sum(theirs.values())
    if not n or not m:
        return Difference(1.0, 0.0)
    values = sorted({*ours, *theirs})
    gaps = np.cumsum([ours.get(value, 0) for value in values]) / n
    gaps = gaps - np.cumsum([theirs.get(value, 0) for value in values]) / m
    d = float(np.abs(gaps).max())
    return Difference(float(stats.kstwo.sf(d, max(1, round(n * m / (n + m))))), d)


def chi_square(ours: Mapping[Any, int], theirs: Mapping[Any, int]) -> Difference:
    """Return the test of homogeneity of categories; the effect is Cramér's V, corrected for bias.

    Levels that are too rare for the approximation are one level together.

    Parameters
    ----------
    ours, theirs : category -> rows, with at least one row each, else there is nothing to tell apart.

    Source: Pearson (1900), Philosophical Magazine 50(302); pooling: Cochran (1954), Biometrics 10(4); V: Cramér
    (1946), Mathematical Methods of Statistics, section 21.9; its bias: Bergsma (2013), Journal of the Korean
    Statistical Society 42(3). With two samples V is Cohen's w, of which 0.1 is a small effect: Cohen (1988),
    Statistical Power Analysis for the Behavioral Sciences, section 7.2.
    """
    table = _pooled(ours, theirs)
    if table.shape[1] < 2 or not table.sum(axis=1).all():
        return Difference(1.0, 0.0)
    found = stats.chi2_contingency(table, correction=False)
    return Difference(float(found.pvalue), _cramers_v(float(found.statistic), int(table.sum()), table.shape[1]))


def _cramers_v(statistic: float, rows: int, levels: int) -> float:
    # By chance alone statistic / rows is expected to be (levels - 1) / (rows - 1): with 60 levels that is much.
    excess = max(0.0, statistic / rows - (levels - 1) / (rows - 1))
    return math.sqrt(excess / (1 - 1 / (rows - 1)))


def holm(ps: Sequence[float]) -> list[float]:
    """Return p-values corrected for being many, in the same order: the chance that any of them is a false alarm.

    Source: Holm (1979), Scandinavian Journal of Statistics 6(2).
    """
    corrected, largest = [0.0] * len(ps), 0.0
    for rank, index in enumerate(sorted(range(len(ps)), key=lambda index: ps[index])):
        largest = max(largest, min(1.0, (len(ps) - rank) * ps[index]))
        corrected[index] = largest
    return corrected


def _pooled(ours: Mapping[Any, int], theirs: Mapping[Any, int]) -> NDArray[np.int64]:
    """Return a table, shape (2, n_levels), whose levels are each expected often enough, as far as there are rows."""
    levels = sorted({*ours, *theirs}, key=lambda level: (ours.get(level, 0) + theirs.get(level, 0), str(level)))
    pairs = [(ours.get(level, 0), theirs.get(level, 0)) for level in levels]
    smaller = min(sum(ours.values()), sum(theirs.values())) / max(1, sum(ours.values()) + sum(theirs.values()))
    kept: list[tuple[int, int]] = []
    pool = (0, 0)
    # Rarest first: what is too rare goes into the pool, which takes one level more if it is still too small.
    for pair in pairs:
        if sum(pair) * smaller < LEAST_EXPECTED or 0 < sum(pool) * smaller < LEAST_EXPECTED:
            pool = (pool[0] + pair[0], pool[1] + pair[1])
        else:
            kept.append(pair)
    if sum(pool):
        kept.append(pool)
    return np.array(kept, dtype=np.int64).reshape(-1, 2).T
