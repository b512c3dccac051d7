"""The query parameters of an inference: read once for each spelling, and an unknown one is refused."""

from __future__ import annotations

from challenge_neuralworks.errors import InvalidParameter
from challenge_neuralworks.records import TYPE_CHECKING, NamedTuple
from challenge_neuralworks.wording import show

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from challenge_neuralworks.model import Model

KNOWN = ("threshold", "explain", "receipt")

MAX_REMEMBERED = 100
"""Spellings remembered: a caller that sends parameters sends the same ones each time, another could invent them."""


class Parameters(NamedTuple):
    """What an inference was asked beside its instances.

    threshold : least probability of the second of two classes for its label; the model's own where None.
    explain : say what each field adds to the score.
    receipt : add a signed record of the answer.
    """

    threshold: float | None = None
    explain: bool = False
    receipt: bool = False


NONE = Parameters()


class ParameterReader:
    """Reads the parameters of requests."""

    def __init__(self) -> None:
        self._read: dict[tuple[object, ...], Parameters] = {}

    def read(self, query: Mapping[str, Any], model: Model) -> Parameters:
        """Return the parameters that a query states for a model.

        Raises
        ------
        InvalidParameter : a parameter is unknown or has an unusable value.
        """
        for value in query.values():
            # Of a direct invocation, where 1, 1.0 and True are one key to a dict, and an array is none.
            if type(value) is not str:
                return _parse(query, model)
        key = (model.name, model.version, *query.items())
        found = self._read.get(key)
        if found is None:
            found = _parse(query, model)
            if len(self._read) < MAX_REMEMBERED:
                self._read[key] = found
        return found


def _parse(query: Mapping[str, Any], model: Model) -> Parameters:
    for name, value in query.items():
        if name not in KNOWN:
            raise InvalidParameter(str(name)[:80], _told(value), f"no parameters but {', '.join(KNOWN)}")
    return Parameters(_threshold(query.get("threshold"), model), _switch("explain", query), _switch("receipt", query))


def _switch(name: str, query: Mapping[str, Any]) -> bool:
    value = query.get(name)
    if value is None or isinstance(value, bool):
        return bool(value)
    if not isinstance(value, str) or value not in ("true", "false"):
        raise InvalidParameter(name, _told(value), "true or false")
    return value == "true"


def _threshold(value: Any, model: Model) -> float | None:
    if value is None:
        return None
    threshold = _number(value) if len(model.classes) == 2 else None
    if threshold is None or not 0.0 <= threshold <= 1.0:
        raise InvalidParameter("threshold", _told(value), "a number from 0 to 1, for a model of two classes")
    return threshold


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    # float() would read "1_0", " 1", "nan" and digits of other scripts too.
    if isinstance(value, str) and ("_" in value or value != value.strip() or not value.isascii()):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def _told(value: Any) -> str:
    # A direct invocation may put anything here: values nested too deeply for str(), integers too long for it.
    return value[:80] if isinstance(value, str) else show(value)
