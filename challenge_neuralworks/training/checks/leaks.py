"""Answers that stand among the questions: columns of the future, rows on both sides, a feature that knows too much."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.metrics import roc_auc_score

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.training.checks.findings import Finding
from challenge_neuralworks.training.checks.rows import count_shared, row_hashes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from challenge_neuralworks.training.datasets import Examples
    from challenge_neuralworks.training.declarations import Dataset

SMOOTHING_ROWS = 20
"""A level's share of class 1 is that of so many rows of the whole set and its own."""

MOST_DISTINCT = 100
"""Numbers of more different values than these are cut into as many bins of equal weight."""

SEED = 0


class Leak(DataError):
    """Features would be read from columns that are not known when a prediction is wanted."""

    code = "leak"

    def __init__(self, dataset: str, columns: Sequence[str], unknown: Sequence[str]) -> None:
        reasons = (
            [f"{', '.join(columns)} {'is' if len(columns) == 1 else 'are'} not known before it"] if columns else []
        )
        reasons += [f"{', '.join(unknown)} {'is' if len(unknown) == 1 else 'are'} not declared"] if unknown else []
        super().__init__(
            f"features of {dataset} must be known at the time of the request, but {'; '.join(reasons)}"
            f" (see data/{dataset}.toml)"
        )
        self.dataset = dataset
        self.columns = tuple(columns)
        self.unknown = tuple(unknown)


class Shared(NamedTuple):
    """Rows that stand on both sides of a split: how many, how many are normal, how many are too many."""

    found: int
    normal: int
    excess: int


def refuse_leaks(read_columns: Iterable[str], dataset: Dataset) -> None:
    """Refuse to make features of columns that are not known at the time of the request.

    Parameters
    ----------
    read_columns : names in the data file that features are made of; those of the target alone are not among them.

    Raises
    ------
    Leak : lists every such column, and those that the declaration does not name.
    """
    known = {column.name: column.known for column in dataset.columns}
    read = list(dict.fromkeys(read_columns))
    late = [name for name in read if known.get(name, "before") != "before"]
    undeclared = [name for name in read if name not in known]
    if late or undeclared:
        raise Leak(dataset.name, late, undeclared)


def shared_rows(train: Examples, test: Examples, normal_share: float = 0.0) -> Shared:
    """Return how many rows of a test set are, in every field, the target and the moment, rows of the training set.

    Parameters
    ----------
    normal_share : share of the test set that may be, for in some data rows coincide; see `Declared.identical_share`.
    """
    found = count_shared(row_hashes(test), row_hashes(train))
    normal = int(normal_share * len(test.rows))
    return Shared(found, normal, max(0, found - normal))


def single_features(examples: Examples, bound: float) -> list[Finding]:
    """Return a finding for each column: one that ranks the rows too well alone knows the answer.

    Each is fitted on a half of the rows and measured on the other: level (or bin of a number) -> smoothed share of
    class 1. Of several classes each is asked for, and the best found counts; of a number, whether it is over its
    median. Also a column that the model does not declare is tried.

    Parameters
    ----------
    bound : largest AUC that passes; 1 is perfect, 0.5 chance.

    Source: smoothing: Micci-Barreca (2001), SIGKDD Explorations 3(1); leaks: Kaufman et al. (2012), ACM TKDD 6(4).
    """
    half = np.random.default_rng(SEED).permutation(len(examples.target)) % 2 == 0
    names = dict.fromkeys(name for row in examples.rows for name in row)
    asked = [
        one for one in _questions(examples.target) if all(len(set(one[side].tolist())) == 2 for side in (half, ~half))
    ]
    if not asked:
        unmeasured = "not measured: a half of the rows is of one class"
        return [Finding("single feature", name, passed=True, detail=unmeasured) for name in names]
    return [_judge(name, _best(asked, [row.get(name) for row in examples.rows], half), bound) for name in names]


def _questions(target: Sequence[float]) -> list[NDArray[np.int64]]:
    """Return what a feature could know, each 0 or 1 for every row."""
    if any(isinstance(value, float) for value in target):
        return [(np.asarray(target) > np.median(target)).astype(np.int64)]
    # Of two classes one question is enough.
    codes = {1} if {*target} <= {0, 1} else {*target}
    return [np.asarray([int(value == code) for value in target]) for code in sorted(codes, key=str)]


def _best(asked: Sequence[NDArray[np.int64]], values: Sequence[Any], half: NDArray[np.bool_]) -> float:
    return max(_auc(values, target, half) for target in asked)


def _judge(name: str, auc: float, bound: float) -> Finding:
    passed = auc <= bound
    detail = f"alone it ranks unseen rows with an AUC of {auc:.3f} (at most {bound:g})"
    if not passed:
        detail += "; is it known before the answer is?"
    return Finding("single feature", name, passed, detail, figures={"auc": auc, "bound": bound})


def _auc(values: Sequence[Any], target: NDArray[np.int64], half: NDArray[np.bool_]) -> float:
    levels = _levels(values, np.flatnonzero(half))
    rows, ones = Counter(levels[half].tolist()), Counter(levels[half & (target == 1)].tolist())
    prior = float(target[half].mean())
    shares = {level: (ones[level] + SMOOTHING_ROWS * prior) / (rows[level] + SMOOTHING_ROWS) for level in rows}
    return float(roc_auc_score(target[~half], [shares.get(level, prior) for level in levels[~half].tolist()]))


def _levels(values: Sequence[Any], fitted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of each value's level; numbers of many values are binned by those of the fitted half."""
    present = [value for value in values if value is not None]
    if not all(isinstance(value, int | float) for value in present) or len(set(present)) <= MOST_DISTINCT:
        codes: dict[object, int] = {}
        return np.array([codes.setdefault(value, len(codes)) for value in map(_hashable, values)])
    column = np.asarray(values, dtype=np.float64)
    edges = np.unique(np.nanquantile(column[fitted], np.linspace(0, 1, MOST_DISTINCT)))
    # None became NaN, which is a level of its own.
    return np.where(np.isnan(column), -1, np.searchsorted(edges, column))


def _hashable(value: object) -> object:
    return value if isinstance(value, str | int | float | None) else repr(value)
