"""One spelling of a JSON value: what a receipt hashes of its input, and what anybody else would.

Source: RFC 8785, JSON Canonicalization Scheme; its numbers are written as ECMAScript writes them.
"""

from __future__ import annotations

from json.encoder import encode_basestring

from challenge_neuralworks.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

EXACT = 2**53
"""Up to here every integer is a double."""


def canonical(value: Any) -> str:
    """Return the canonical text of a value made of dicts, lists, strings, numbers, booleans and None.

    Raises
    ------
    ValueError : a number is not finite.
    """
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value) if -EXACT <= value <= EXACT else _number(float(value))
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, dict):
        pairs = [f"{encode_basestring(name)}:{canonical(value[name])}" for name in sorted(value, key=_units)]
        return f"{{{','.join(pairs)}}}"
    return f"[{','.join(map(canonical, value))}]"


def _units(name: str) -> bytes:
    # Names stand in the order of their UTF-16 units.
    return name.encode("utf-16-be", "surrogatepass")


def _number(value: float) -> str:
    if not abs(value) < float("inf"):
        raise ValueError(f"{value!r} is no JSON number")
    if value == 0:
        return "0"
    # Both write the fewest digits that are read as the same double; they differ in where the exponent begins.
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    padded = whole + fraction
    digits = padded.lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(padded) - len(digits))
    return ("-" if value < 0 else "") + _placed(digits.rstrip("0"), point)


def _placed(digits: str, point: int) -> str:
    if len(digits) <= point <= 21:
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{point - 1:+d}"
