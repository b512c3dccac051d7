"""Whether an answer is the right one, value by value."""

from __future__ import annotations

import json
from math import fsum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stress_test.exchanges import Exchange

TOLERANCE = 1e-12
"""Largest difference of a number from the known one, of numbers beyond 1 relative to them."""

SUM_TOLERANCE = 1e-9
"""Largest difference of an explanation's sum from its score: what docs/api.md promises."""

WRONG = "wrong answer"
"""How an answer that is not the right one is named wherever failures are counted."""


def failure(exchange: Exchange, status: int, body: bytes) -> tuple[str, str]:
    """Return what is wrong with an answer, as (name, detail); two empty strings where it is right.

    The name is `WRONG`, or ``status 429`` where the service, throttled or broken, did not answer the question at all.
    """
    if status != exchange.status:
        refused = status == 429 or status >= 500
        return f"status {status}" if refused else WRONG, f"status {status} instead of {exchange.status}"
    try:
        got = json.loads(body)
    except ValueError:
        return WRONG, "the body is no JSON"
    found = difference(exchange.expected, got, partial=exchange.partial) or _unsummed(got)
    return (WRONG, found) if found else ("", "")


def difference(expected: Any, got: Any, place: str = "", *, partial: bool = False) -> str:
    """Return where two JSON values differ and how; "" where they do not.

    Parameters
    ----------
    partial : objects may hold more than is expected: a problem has a request id that nobody can know.
    """
    if isinstance(expected, dict) and isinstance(got, dict):
        return _difference_of_objects(expected, got, place, partial)
    if isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        pairs = enumerate(zip(expected, got, strict=True))
        parts = (difference(ours, theirs, f"{place}[{index}]", partial=partial) for index, (ours, theirs) in pairs)
        return next(filter(None, parts), "")
    return "" if _equal(expected, got) else f"{place.lstrip('.') or 'the body'} is {got!r:.200}, not {expected!r:.200}"


def _difference_of_objects(expected: dict[str, Any], got: dict[str, Any], place: str, partial: bool) -> str:  # noqa: FBT001
    absent = [name for name in expected if name not in got]
    more = [] if partial else [name for name in got if name not in expected]
    if absent or more:
        return f"{place.lstrip('.') or 'the body'} has the entries {sorted(got)}, not {sorted(expected)}"
    parts = (difference(value, got[name], f"{place}.{name}", partial=partial) for name, value in expected.items())
    return next(filter(None, parts), "")


def _equal(expected: Any, got: Any) -> bool:
    # A label 1 is no 1.0 and no true, but 0.0 may be written as 0.
    if type(expected) is float and type(got) in (float, int):
        return bool(abs(expected - got) <= TOLERANCE * max(1.0, abs(expected)))
    return type(expected) is type(got) and bool(expected == got)


def _unsummed(got: Any) -> str:
    """Return which explanation of an answer does not add up; "" where each does."""
    if not isinstance(got, dict) or not ("explanation" in got or "explanations" in got):
        return ""
    single = "explanation" in got
    explained = [got["explanation"]] if single else got["explanations"]
    predictions = [got["prediction"]] if single else got["predictions"]
    try:
        parts = [_unsummed_one(one, prediction) for one, prediction in zip(explained, predictions, strict=True)]
    except (KeyError, TypeError, IndexError, ValueError, AttributeError) as error:
        return f"the explanation is malformed: {type(error).__name__}: {error}"
    return next(filter(None, parts), "")


def _unsummed_one(explanation: dict[str, Any], prediction: Any) -> str:
    sums = [(explanation, explanation["score"], "score")]
    if explanation["scale"] == "log-odds":
        sums.append((explanation["probability"], prediction[1], "prediction"))
    for shares, whole, name in sums:
        total = fsum((shares["base"], *shares["contributions"].values()))
        if not abs(total - whole) <= SUM_TOLERANCE * max(1.0, abs(whole)):
            return f"base and contributions sum to {total!r}, but the {name} is {whole!r}"
    return ""
