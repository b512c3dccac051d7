"""What a model takes: fields, the check of an instance against them, and their JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping

from challenge_neuralworks.errors import InvalidInstances, SignatureError
from challenge_neuralworks.records import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, Literal

    from challenge_neuralworks.errors import Fault

    Kind = Literal["integer", "number", "category"]
    Policy = Literal["refuse", "accept"]

Value = int | float | str | None
Row = Mapping[str, Value]

LARGEST = 1.7976931348623157e308
"""Largest finite float64: as a default bound it refuses NaN and both infinities by comparison alone."""


class Field(NamedTuple):
    """One input of a model.

    name : key in the instance.
    kind : ``integer``, ``number`` (integers and finite floats) or ``category``.
    description, unit : for people; unit is "" where there is none.
    example : a value that passes the check.
    minimum, maximum : inclusive bounds of an integer or number.
    categories : what a category may be; empty in a declaration means "learned from the training data".
    unknown : ``refuse`` a string that is no category, or ``accept`` it as the model's unknown level.
    missing : ``refuse`` null, or ``accept`` it as a missing value. The field must be there all the same.
    """

    name: str
    kind: Kind
    description: str
    example: int | float | str
    unit: str = ""
    minimum: int | float = -LARGEST
    maximum: int | float = LARGEST
    categories: tuple[str, ...] = ()
    unknown: Policy = "refuse"
    missing: Policy = "refuse"

    @property
    def bounded(self) -> bool:
        """Whether both bounds were stated."""
        return self.minimum > -LARGEST and self.maximum < LARGEST

    def json_schema(self) -> dict[str, Any]:
        """Return the JSON Schema (2020-12) of this field's values."""
        schema: dict[str, Any] = {"description": self.description, "examples": [self.example]}
        if self.unit:
            schema["x-unit"] = self.unit
        optional = ["null"] if self.missing == "accept" else []
        if self.kind != "category":
            schema["type"] = [self.kind, *optional] if optional else self.kind
            schema |= {"minimum": self.minimum} if self.minimum > -LARGEST else {}
            schema |= {"maximum": self.maximum} if self.maximum < LARGEST else {}
            return schema
        schema["type"] = ["string", *optional] if optional else "string"
        # A field that accepts unknown values must not forbid them in its schema.
        known = [*self.categories, None] if optional and self.unknown == "refuse" else list(self.categories)
        schema["enum" if self.unknown == "refuse" else "x-known"] = known
        return schema


class Checked(NamedTuple):
    """Instances that passed: rows to score, and what a caller should know about how they were read."""

    rows: tuple[Row, ...]
    warnings: tuple[Fault, ...]


class Signature:
    """The fields of a model, in order; immutable once built."""

    __slots__ = ("_categories", "_integers", "_numbers", "_size", "fields", "names")

    def __init__(self, fields: Iterable[Field]) -> None:
        self.fields = tuple(fields)
        self.names = tuple(field.name for field in self.fields)
        _validate(self.fields)
        self._size = len(self.fields)
        self._categories = tuple((f.name, _known(f)) for f in self.fields if f.kind == "category")
        self._integers = tuple((f.name, f.minimum, f.maximum) for f in self.fields if f.kind == "integer")
        self._numbers = tuple((f.name, f.minimum, f.maximum) for f in self.fields if f.kind == "number")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Signature) and self.fields == other.fields

    def __hash__(self) -> int:
        return hash(self.fields)

    def __repr__(self) -> str:
        return f"Signature({', '.join(self.names)})"

    def is_exact(self, instance: Any) -> bool:
        """Return whether an instance is faultless as it stands: the path nearly every request takes."""
        try:
            for name, known in self._categories:
                if instance[name] not in known:
                    return False
            for name, low, high in self._integers:
                value = instance[name]
                if type(value) is not int or not low <= value <= high:
                    return False
            for name, low, high in self._numbers:
                value = instance[name]
                if (type(value) is not float and type(value) is not int) or not low <= value <= high:
                    return False
            return type(instance) is dict and len(instance) == self._size
        except (KeyError, TypeError, IndexError):
            return False

    def check(self, instances: Sequence[Any], root: str = "#") -> Checked:
        """Return the rows that instances state.

        Parameters
        ----------
        instances : shape (n_instances,), each a mapping of field name to value.
        root : JSON pointer of the sequence; with one instance, that of the instance itself is ``root``
            where root is ``#``, else ``root/i``.

        Raises
        ------
        InvalidInstances : lists every fault of every instance, up to `inexact.MAX_LISTED`.
        """
        if all(map(self.is_exact, instances)):
            return Checked(tuple(instances), ())
        from challenge_neuralworks.inexact import Reader  # Most processes never see an inexact instance.

        return Checked(*Reader(self).read_all(instances, root))

    def faults(self, instance: Any) -> tuple[Fault, ...]:
        """Return every fault of one instance; empty where it can be scored."""
        try:
            self.check([instance])
        except InvalidInstances as error:
            return error.faults
        return ()

    def json_schema(self) -> dict[str, Any]:
        """Return the JSON Schema (2020-12) of one instance; it accepts just what `check` reads exactly."""
        return {
            "type": "object",
            "properties": {field.name: field.json_schema() for field in self.fields},
            "required": list(self.names),
            "additionalProperties": False,
            "examples": [self.example()],
        }

    def example(self) -> dict[str, Value]:
        """Return an instance that passes, made of the fields' examples."""
        return {field.name: field.example for field in self.fields}

    def to_json(self) -> list[dict[str, Any]]:
        """Return the fields as JSON values, without what is left at its default."""
        defaults = Field._field_defaults
        return [
            {
                key: list(value) if isinstance(value, tuple) else value
                for key, value in field._asdict().items()
                if key not in defaults or defaults[key] != value
            }
            for field in self.fields
        ]

    @classmethod
    def from_json(cls, fields: Any) -> Signature:
        """Return the signature that `to_json` wrote.

        Raises
        ------
        SignatureError : a field is malformed; names it.
        """
        try:
            return cls(Field(**{**field, "categories": tuple(field.get("categories", ()))}) for field in fields)
        except (TypeError, AttributeError) as error:
            raise SignatureError(f"the signature cannot be read: {error}") from error


def _validate(fields: tuple[Field, ...]) -> None:
    names = [field.name for field in fields]
    if not fields or len(set(names)) != len(names):
        raise SignatureError(f"a signature needs fields of distinct names, not {names}")
    for field in fields:
        if field.kind not in ("integer", "number", "category") or not {field.unknown, field.missing} <= {
            "refuse",
            "accept",
        }:
            policies = f"{field.unknown!r} and {field.missing!r}"
            raise SignatureError(f"field {field.name!r}: unknown kind {field.kind!r} or policy among {policies}")
        if not all(isinstance(category, str) for category in field.categories):
            raise SignatureError(f"field {field.name!r}: every category must be a string")
        if field.minimum > field.maximum:
            raise SignatureError(f"field {field.name!r}: minimum {field.minimum} is over maximum {field.maximum}")


def _known(field: Field) -> frozenset[str | None]:
    return frozenset((*field.categories, None)) if field.missing == "accept" else frozenset(field.categories)
