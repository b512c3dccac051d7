"""Canonical JSON: the examples of RFC 8785, and another library's text for anything else."""

from __future__ import annotations

import math
import struct
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from challenge_neuralworks.serving.canonical import canonical

# RFC 8785, appendix B: the double's bits, and its text.
NUMBERS = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "becbf647612f3696": "-0.0000033333333333333333",
}


@pytest.mark.parametrize(("bits", "text"), NUMBERS.items())
def test_numbers_are_those_of_the_standard(bits: str, text: str) -> None:
    """As ECMAScript writes them."""
    assert canonical(struct.unpack(">d", bytes.fromhex(bits))[0]) == text


def test_names_are_sorted_by_their_utf_16_units() -> None:
    """The example of RFC 8785, section 3.2.3."""
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\x80", "\u00f6"]
    expected = '{"\\r":0,"1":0,"\x80":0,"\u00f6":0,"\u20ac":0,"\U0001f600":0,"\ufb33":0}'
    assert canonical(dict.fromkeys(names, 0)) == expected


# Doubles and the integers among them: rfc8785 refuses what is beyond.
LEAVES = (
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(LEAVES | TEXT, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=20)


@given(VALUES)
@example({"a": [1.0, -0.0, 1e16, 1e-7, 123456.789, True, None, '\x1f\\"/é\u2028']})
def test_any_value_is_written_as_the_library_rfc8785_writes_it(value: Any) -> None:
    """Byte for byte, so that anybody can compute a receipt's hash with a library of their own."""
    assert canonical(value).encode() == rfc8785.dumps(value)


def test_an_integer_is_the_double_that_it_is_read_as() -> None:
    """3 and 3.0 are one number to JSON; of integers beyond 2**53 JSON's readers see the nearest double."""
    assert canonical(3) == canonical(3.0) == "3"
    assert canonical(2**53 + 1) == canonical(float(2**53)) == "9007199254740992"
    assert canonical(10**30) == "1e+30"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_json_number_is_refused(value: float) -> None:
    """A hash of it would be of nothing that anybody sent."""
    with pytest.raises(ValueError, match="no JSON number"):
        canonical({"a": [value]})
