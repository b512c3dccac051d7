"""From an estimator's raw score to its outputs, by name, so that a pickle holds a word and no function."""

from __future__ import annotations

from math import erf, exp, expm1, sqrt

from challenge_neuralworks.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    Raw = tuple[float, ...]
    Link = Callable[[Raw], Raw]


def sigmoid(log_odds: float) -> float:
    """Return 1 / (1 + exp(-log_odds)), and 0 where that power overflows, as scipy's `expit` does."""
    try:
        return 1.0 / (1.0 + exp(-log_odds))
    except OverflowError:
        # Shares of one-vs-rest ask whether all are 0: a denormal number is another answer.
        return 0.0


def softmax(raw: Raw) -> Raw:
    """Return exp(raw) over its sum, shifted by the largest so that none overflows."""
    largest = max(raw)
    powers = [exp(value - largest) for value in raw]
    total = sum(powers)
    return tuple(power / total for power in powers)


def two_classes(p: float) -> Raw:
    """Return (1 - p, p)."""
    return 1.0 - p, p


def shares(values: Raw) -> Raw:
    """Return values over their sum; equal shares where all are 0, as scikit-learn's one-vs-rest does."""
    total = sum(values)
    return tuple(value / total for value in values) if total else tuple(1.0 / len(values) for _ in values)


def margin(raw: Raw) -> NoReturn:
    """Refuse: the estimator has a decision function and no probabilities.

    Raises
    ------
    NotImplementedError : always.
    """
    raise NotImplementedError(f"a decision function of {len(raw)} values has no probabilities")


def power(value: float) -> float:
    """Return exp(value), infinite where numpy's is."""
    try:
        return exp(value)
    except OverflowError:
        return float("inf")


def _expm1(value: float) -> float:
    try:
        return expm1(value)
    except OverflowError:
        return float("inf")


LINKS: dict[str, Link] = {
    "identity": lambda raw: raw,
    "margin": margin,
    "exp": lambda raw: (power(raw[0]),),
    "expm1": lambda raw: (_expm1(raw[0]),),
    "sigmoid": lambda raw: two_classes(sigmoid(raw[0])),
    "softmax": softmax,
    # One sigmoid a class, then shares: one-vs-rest.
    "one-vs-rest": lambda raw: shares(tuple(map(sigmoid, raw))),
    # scikit-learn's "modified Huber" loss: clipped lines in place of sigmoids.
    "modified-huber": lambda raw: (
        two_classes((min(1.0, max(-1.0, raw[0])) + 1.0) / 2.0)
        if len(raw) == 1
        else shares(tuple((min(1.0, max(-1.0, value)) + 1.0) / 2.0 for value in raw))
    ),
    # Two classes of a score doubled: AdaBoost's and the exponential loss's.
    "sigmoid-of-twice": lambda raw: two_classes(sigmoid(2.0 * raw[0])),
    "probit": lambda raw: two_classes(0.5 * (1.0 + erf(raw[0] / sqrt(2.0)))),
}
"""Name -> function of the raw scores."""
