"""A body is read quickly where its text shows that no key stands twice, and else as strictly as ever."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from challenge_neuralworks.errors import InvalidJson, NeuralworksError
from challenge_neuralworks.serving import body
from tests.serving.test_fuzz import BODIES, EXAMPLES

KEYS = st.sampled_from(["a", "b", "a:", '"', "instances", "\\", "é"])
VALUES = st.recursive(
    st.none() | st.integers() | st.floats() | st.sampled_from(["", "a", "x:y", '":"', "{"]),
    lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(KEYS, inner), max_size=3).map(tuple),
)
"""JSON values, objects as tuples of their pairs, in which a key may stand twice."""


def written(value: Any) -> str:
    """Return the JSON text of one of `VALUES`."""
    if isinstance(value, tuple):
        return "{" + ",".join(f"{json.dumps(key)}: {written(inner)}" for key, inner in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return json.dumps(value)


def outcome(read: Any, text: str) -> object:
    """Return what a reader makes of a text, or what it says against it."""
    try:
        return repr(read(text))
    except NeuralworksError as error:
        return type(error), str(error)


@settings(max_examples=EXAMPLES, deadline=None)
@given(text=BODIES | VALUES.map(written) | VALUES.map(lambda value: f" {written(value)} "))
def test_the_quick_way_is_the_strict_one(text: str) -> None:
    """The same value, or the same error in the same words."""
    assert outcome(body.parse, text) == outcome(body._parsed, text)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 2}',
        '{"a": {"b": 1, "b": 2}}',
        '{"instances": [{"a": 1}, {"a": 1, "a": 1}]}',
        '[{"a": 1, "a": 1}]',
        '{"a": "x:y", "b": 1, "b": 1}',
        '{"a": [{}], "a": [{"b": 1, "c": 2}]}',
        '{"\\u0061": 1, "a": 2}',
    ],
)
def test_a_key_that_stands_twice_is_found_at_any_depth(text: str) -> None:
    """Also where the key is written in two ways, or strings hold colons."""
    with pytest.raises(InvalidJson, match="stands twice in one object"):
        body.parse(text)


@pytest.mark.parametrize("text", ['{"a": 1, "b": "c"}', '{"instances": [{"a": 1, "b": 2}, {"a": 3}]}', "[1, 2]", "5"])
def test_what_shows_by_counting_is_read_once(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An instance, and instances in an array, need no second look."""
    monkeypatch.setattr(body, "_parsed", None)
    assert body.parse(text) == json.loads(text)
