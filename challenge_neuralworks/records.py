"""`NamedTuple` without `typing`, which costs a cold start 2 ms to import and as much again for a dozen records."""

from __future__ import annotations

from _collections import _tuplegetter  # type: ignore[import-not-found]  # what collections.namedtuple is made of

TYPE_CHECKING = False
"""As `typing.TYPE_CHECKING`: type checkers take it for true, whatever it says."""

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 - exported under its own name
else:

    class _Fields(type):
        """Turns the annotated names of a class body into the fields of a tuple, in order.

        `collections.namedtuple` compiles source for each class, which takes five times as long.
        """

        def __new__(cls, name, bases, body):  # noqa: ANN001, ANN204
            fields = tuple(body.get("__annotations__", ())) if bases != (tuple,) else ()
            defaults = {field: body[field] for field in fields if field in body}
            getters = {field: _tuplegetter(position, "") for position, field in enumerate(fields)}
            made = {**body, **getters, "__slots__": (), "_fields": fields, "_field_defaults": defaults}
            required = len(fields) - len(defaults)
            made["_tails"] = {
                given: tuple(defaults[field] for field in fields[given:]) for given in range(required, len(fields))
            }
            return super().__new__(cls, name, bases, made)

    class NamedTuple(tuple, metaclass=_Fields):  # noqa: SLOT001 - the metaclass adds the slots
        """As `typing.NamedTuple`."""

        def __new__(cls, *values, **named):  # noqa: ANN002, ANN003, ANN204, D102
            if len(values) != len(cls._fields) or named:
                tail = None if named else cls._tails.get(len(values))
                values += tuple(cls._rest(len(values), named)) if tail is None else tail
                if named:
                    raise TypeError(f"{cls.__name__} has no field {', '.join(named)}, or is given it twice")
            return tuple.__new__(cls, values)

        @classmethod
        def _rest(cls, given, named):  # noqa: ANN001, ANN206
            if given > len(cls._fields):
                raise TypeError(f"{cls.__name__} has {len(cls._fields)} fields, not {given}")
            for field in cls._fields[given:]:
                if field not in named and field not in cls._field_defaults:
                    raise TypeError(f"{cls.__name__} needs {field}")
                yield named.pop(field) if field in named else cls._field_defaults[field]

        def _replace(self, **named):  # noqa: ANN003, ANN202
            values = [named.pop(field, value) for field, value in zip(self._fields, self, strict=True)]
            return type(self)(*values, **named)

        def _asdict(self):  # noqa: ANN202
            return dict(zip(self._fields, self, strict=True))

        def __getnewargs__(self):  # noqa: ANN204
            return tuple(self)

        def __repr__(self):  # noqa: ANN204
            pairs = ", ".join(f"{field}={value!r}" for field, value in self._asdict().items())
            return f"{type(self).__name__}({pairs})"
