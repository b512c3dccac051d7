"""What a model takes: fields, the check of an instance against them, and their JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping

from challenge_neuralworks.errors import Fault, InvalidInstances, SignatureError
from challenge_neuralworks.matching import folded_categories, match, nearest
from challenge_neuralworks.records import TYPE_CHECKING, NamedTuple
from challenge_neuralworks.wording import escape, show

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, Literal

    Kind = Literal["integer", "number", "category"]
    Policy = Literal["refuse", "accept"]

Value = int | float | str | None
Row = Mapping[str, Value]

LARGEST = 1.7976931348623157e308
"""Largest finite float64: as a default bound it refuses NaN and both infinities by comparison alone."""

MAX_LISTED = 100
"""Faults (and warnings) listed of one request; finding a remedy for each has a cost."""


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

    __slots__ = ("_categories", "_folded", "_integers", "_numbers", "_size", "fields", "names")

    def __init__(self, fields: Iterable[Field]) -> None:
        self.fields = tuple(fields)
        self.names = tuple(field.name for field in self.fields)
        _validate(self.fields)
        self._size = len(self.fields)
        self._categories = tuple((f.name, _known(f)) for f in self.fields if f.kind == "category")
        self._integers = tuple((f.name, f.minimum, f.maximum) for f in self.fields if f.kind == "integer")
        self._numbers = tuple((f.name, f.minimum, f.maximum) for f in self.fields if f.kind == "number")
        # Folded on the first inexact spelling: most processes never see one.
        self._folded: dict[str, dict[str, str]] = {}

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
        InvalidInstances : lists every fault of every instance, up to `MAX_LISTED`.
        """
        rows: list[Row] = []
        faults: list[Fault] = []
        warnings: list[Fault] = []
        for index, instance in enumerate(instances):
            if self.is_exact(instance):
                rows.append(instance)
                continue
            if len(faults) >= MAX_LISTED:
                raise InvalidInstances(tuple(faults[:MAX_LISTED]), truncated=True)
            pointer = root if root == "#" else f"{root}/{index}"
            rows.append(self._read(instance, pointer, faults, warnings))
        if faults:
            raise InvalidInstances(tuple(faults[:MAX_LISTED]), truncated=len(faults) > MAX_LISTED)
        return Checked(tuple(rows), tuple(warnings[:MAX_LISTED]))

    def faults(self, instance: Any) -> tuple[Fault, ...]:
        """Return every fault of one instance; empty where it can be scored."""
        try:
            self.check([instance])
        except InvalidInstances as error:
            return error.faults
        return ()

    def _read(self, instance: Any, pointer: str, faults: list[Fault], warnings: list[Fault]) -> Row:
        if not isinstance(instance, dict):
            faults.append(Fault(pointer, "not-an-object", f"{show(instance)} is no object of fields"))
            return {}
        row: dict[str, Value] = {}
        for field in self.fields:
            here = f"{pointer}/{escape(field.name)}"
            if field.name not in instance:
                faults.append(Fault(here, "missing-field", f"{field.name} is missing: {expected(field)}"))
            elif instance[field.name] is None and field.missing == "accept":
                row[field.name] = None
            elif field.kind == "category":
                row[field.name] = self._category(field, instance[field.name], here, faults, warnings)
            else:
                fault = _number_fault(field, instance[field.name], here)
                faults.extend([fault] if fault else [])
                row[field.name] = instance[field.name]
        faults.extend(self._unknown_fields(instance, pointer))
        return row

    def _category(self, field: Field, value: Any, here: str, faults: list[Fault], warnings: list[Fault]) -> str:
        if not isinstance(value, str):
            faults.append(Fault(here, "not-a-string", f"{show(value)} is no string: {expected(field)}"))
            return ""
        if value in field.categories:
            return value
        folded = self._spellings(field)
        read = match(value, folded)
        if read is not None:
            warnings.append(Fault(here, "read-as", f"{show(value)} was read as {show(read)}"))
            return read
        notes = faults if field.unknown == "refuse" else warnings
        if len(notes) < MAX_LISTED:
            notes.append(Fault(here, "unknown-category", _unknown_detail(field, value, nearest(value, folded))))
        return value

    def _spellings(self, field: Field) -> dict[str, str]:
        if field.name not in self._folded:
            self._folded[field.name] = folded_categories(field.categories)
        return self._folded[field.name]

    def _unknown_fields(self, instance: Mapping[str, Any], pointer: str) -> list[Fault]:
        strangers = [name for name in instance if name not in self.names]
        folded = folded_categories(self.names) if strangers else {}
        return [
            Fault(
                f"{pointer}/{escape(str(name)[:200])}",
                "unknown-field",
                f"{show(name)} is no field of this model{_did_you_mean(nearest(str(name), folded))}",
            )
            for name in strangers[:MAX_LISTED]
        ]

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


def _number_fault(field: Field, value: Any, here: str) -> Fault | None:
    # A bool is an int to Python, and 9.0 equals 9: neither is what the caller's form meant.
    if type(value) is not int and (field.kind == "integer" or type(value) is not float):
        article = "an integer" if field.kind == "integer" else "a number"
        return Fault(here, f"not-{article.replace(' ', '-')}", f"{show(value)} is not {article}: {expected(field)}")
    if not field.minimum <= value <= field.maximum:
        return Fault(here, "out-of-range", f"{show(value)} is out of range: {expected(field)}")
    return None


def _unknown_detail(field: Field, value: str, near: str | None) -> str:
    if field.unknown == "accept":
        return f"{show(value)} was not seen in training and is scored as unknown{_did_you_mean(near)}"
    return f"{show(value)} is unknown{_did_you_mean(near)}{'' if near else ': ' + expected(field)}"


def _did_you_mean(near: str | None) -> str:
    return f"; did you mean {show(near)}?" if near else ""


def expected(field: Field) -> str:
    """Return, in a few words, what a field takes."""
    if field.kind == "category":
        listed = ", ".join(field.categories[:12]) + (", ..." if len(field.categories) > 12 else "")
        return f"expected one of {listed}" if field.categories else "expected a string"
    kind = "an integer" if field.kind == "integer" else "a number"
    if field.bounded:
        return f"expected {kind} from {field.minimum} to {field.maximum}"
    return f"expected {kind}"
