"""Whether a handler answered as it must: one that is broken could look fast."""

from __future__ import annotations

import json
from typing import Any

from bench import empty
from bench.errors import WrongAnswer


def check_cold(candidate: str, answer: Any) -> None:
    """Check the first answer of a function that was sent one valid instance.

    Raises
    ------
    WrongAnswer : ours is no prediction, or the empty handler's is not its own.
    """
    good = answer == empty.lambda_handler(None, None) if candidate == "empty" else _is_prediction(answer)
    if not good:
        raise WrongAnswer(candidate, answer)


def _is_prediction(answer: Any) -> bool:
    if not isinstance(answer, dict) or answer.get("statusCode") != 200:
        return False
    body = json.loads(answer["body"])
    prediction = body.get("prediction", ())
    return body.get("model") == "delay" and len(prediction) == 2 and abs(sum(prediction) - 1) < 1e-9


def status_of(answer: dict[str, Any]) -> int:
    """Return the status of an answer; a direct invocation is answered with the predictions or the problem itself."""
    return int(answer.get("statusCode", answer.get("status", 200)))


def document_of(answer: dict[str, Any]) -> Any:
    """Return an answer's JSON document."""
    return json.loads(answer["body"]) if "statusCode" in answer else answer


def check_same(name: str, ours: dict[str, Any], baseline: dict[str, Any], status: int) -> None:
    """Check that both handlers give one answer, of the status it must have.

    Raises
    ------
    WrongAnswer : they do not; names the one that strays.
    """
    if status_of(ours) != status:
        raise WrongAnswer(f"ours, {name}", ours)
    if status_of(baseline) != status or document_of(baseline) != document_of(ours):
        raise WrongAnswer(f"baseline, {name}", baseline)


def check_more(name: str, ours: dict[str, Any], plain: dict[str, Any], status: int) -> None:
    """Check that an answer holds all that the plain one does, unchanged, and something more.

    Raises
    ------
    WrongAnswer : one of them strays; names it.
    """
    for candidate, answer in (("ours", ours), ("plain", plain)):
        if status_of(answer) != status:
            raise WrongAnswer(f"{candidate}, {name}", answer)
    more, less = document_of(ours), document_of(plain)
    if less == more or {**more, **less} != more:
        raise WrongAnswer(f"ours, {name}", ours)
