"""An answer is right value by value, or it is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stress_test.checking import difference, failure
from stress_test.exchanges import Exchange

RIGHT = {"model": "m", "version": "v", "prediction": [0.25, 0.75], "label": 1}
ASKED = Exchange("single m", "/inference/m", "{}", 200, RIGHT)
EXPLAINED: dict[str, Any] = {
    "prediction": [0.5, 0.5],
    "explanation": {
        "scale": "log-odds",
        "base": 1.0,
        "score": 0.0,
        "contributions": {"a": -1.0},
        "probability": {"base": 0.75, "contributions": {"a": -0.25}},
    },
}


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (RIGHT, RIGHT),
        ([0.1], [0.1 + 1e-13]),
        ([1e6], [1e6 + 1e-7]),
        (0.0, 0),
        ({"label": "yes"}, {"label": "yes"}),
    ],
)
def test_what_is_equal(expected: Any, got: Any) -> None:
    """Numbers may differ by 1e-12, of large ones relative to them."""
    assert difference(expected, got) == ""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"prediction": [0.25, 0.75 + 1e-11]}, "prediction[1] is 0.75000000001, not 0.75"),
        ({"prediction": [0.25]}, "prediction is [0.25], not [0.25, 0.75]"),
        ({"label": 0}, "label is 0, not 1"),
        ({"label": 1.0}, "label is 1.0, not 1"),
        ({"label": True}, "label is True, not 1"),
        ({"version": "w"}, "version is 'w', not 'v'"),
        ({"model": "n"}, "model is 'n', not 'm'"),
        ({"prediction": [None, 0.75]}, "prediction[0] is None, not 0.25"),
        ({"more": 1}, "the body has the entries ['label', 'model', 'more', 'prediction', 'version']"),
    ],
)
def test_what_differs_is_named(change: dict[str, Any], told: str) -> None:
    """The place and both values are told; a class is neither a truth value nor a float."""
    name, detail = failure(ASKED, 200, json.dumps({**RIGHT, **change}).encode())
    assert name == "wrong answer"
    assert told in detail


def test_an_absent_entry_is_wrong() -> None:
    """Even of a problem, where more than is expected may be there."""
    assert difference({"code": "x"}, {"code": "x", "request_id": "1"}, partial=True) == ""
    assert difference({"code": "x"}, {"request_id": "1"}, partial=True) != ""
    assert difference({"errors": [{"code": "x"}]}, {"errors": []}, partial=True) != ""


@pytest.mark.parametrize(
    ("status", "body", "name"),
    [
        (200, json.dumps(RIGHT).encode(), ""),
        (200, b"<html>", "wrong answer"),
        (200, b"", "wrong answer"),
        (400, json.dumps(RIGHT).encode(), "wrong answer"),
        (403, b'{"message":"Forbidden"}', "wrong answer"),
        (429, b"{}", "status 429"),
        (503, b"{}", "status 503"),
    ],
)
def test_statuses(status: int, body: bytes, name: str) -> None:
    """Throttling and breakdowns are failures by their status; any other unexpected status is a wrong answer."""
    assert failure(ASKED, status, body)[0] == name


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        ((), None, ""),
        (("contributions", "a"), -1.1, "but the score is 0.0"),
        (("probability", "base"), 0.7, "but the prediction is 0.5"),
        (("scale",), "probability", ""),
        (("probability",), {}, "malformed"),
        (("contributions",), None, "malformed"),
    ],
)
def test_explanations_are_summed(place: tuple[str, ...], value: Any, told: str) -> None:
    """Base and contributions are the score, and of log-odds the probability, whatever was expected."""
    answer = json.loads(json.dumps(EXPLAINED))
    inner = answer["explanation"]
    for step in place[:-1]:
        inner = inner[step]
    if place:
        inner[place[-1]] = value
    asked = Exchange("explain m", "/inference/m?explain=true", "{}", 200, {"prediction": [0.5, 0.5]}, partial=True)
    detail = failure(asked, 200, json.dumps(answer).encode())[1]
    assert told in detail
    assert bool(told) == bool(detail)
