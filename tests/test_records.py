"""Records behave as `typing.NamedTuple`, at less cost."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from typing import Any

import pytest

from challenge_neuralworks.records import NamedTuple
from tests.making import EVENTS, ROOT


class Point(NamedTuple):
    """A place."""

    x: int
    y: int = 2

    @property
    def total(self) -> int:
        """Return both together."""
        return self.x + self.y


def test_fields_defaults_and_methods() -> None:
    """Fields come by position or name, defaults fill the rest, methods and properties stay."""
    assert Point(1) == Point(x=1) == Point(1, 2) == (1, 2)
    assert (Point(3).x, Point(3).y, Point(3).total) == (3, 2, 5)
    assert (Point._fields, Point._field_defaults) == (("x", "y"), {"y": 2})
    assert repr(Point(1)) == "Point(x=1, y=2)"


def test_changed_copies() -> None:
    """_replace and _asdict do as their namesakes; records pickle and copy."""
    assert Point(1)._replace(y=5) == (1, 5)
    assert Point(1)._asdict() == {"x": 1, "y": 2}
    for twin in (pickle.loads(pickle.dumps(Point(1))), copy.copy(Point(1)), copy.deepcopy(Point(1))):
        assert twin == Point(1)
        assert type(twin) is Point


@pytest.mark.parametrize(("values", "named"), [((), {}), ((1, 2, 3), {}), ((1,), {"z": 3}), ((1,), {"x": 1})])
def test_what_does_not_fit_is_refused(values: tuple[Any, ...], named: dict[str, Any]) -> None:
    """A missing, a surplus, an unknown and a doubled field are type errors."""
    with pytest.raises(TypeError, match="Point"):
        Point(*values, **named)


def test_records_are_immutable() -> None:
    """A field cannot be set, nor another attribute added."""
    for name in ("x", "z"):
        with pytest.raises(AttributeError):
            setattr(Point(1), name, 5)


def test_typing_is_not_imported_on_the_way_to_an_answer() -> None:
    """The handler's first answer needs neither `typing` nor another module that a cold start would pay for."""
    code = (
        "import json, sys; from challenge_neuralworks.lambda_handler import lambda_handler; "
        f"answer = lambda_handler(json.load(open({str(EVENTS / 'rest_v1.json')!r})), None); "
        "costly = ('typing', 'pickle', 'difflib', 'unicodedata', 'hashlib', 'urllib.parse', 'datetime', 'pathlib'); "
        "print([answer['statusCode'], *(name for name in costly if name in sys.modules)], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stderr.strip() == "[200]"
