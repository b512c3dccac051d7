"""`NamedTuple` without `typing`, which costs a cold start 2 ms to import and as much again for a dozen records."""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False
"""As `typing.TYPE_CHECKING`: type checkers take it for true, whatever it says."""

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 - exported under its own name
else:

    class _Named(type):
        """Makes a named tuple of a class body's annotated names, their defaults and its methods."""

        def __new__(cls, name, bases, body):  # noqa: ANN001, ANN204
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = list(body.get("__annotations__", ()))
            defaults = [body.pop(field) for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults, module=body["__module__"])  # noqa: PYI024
            for key, value in body.items():
                if key not in ("__annotations__", "__module__", "__qualname__", "__firstlineno__"):
                    setattr(made, key, value)
            return made

    class NamedTuple(metaclass=_Named):
        """As `typing.NamedTuple`: annotated names are the fields, in order."""
