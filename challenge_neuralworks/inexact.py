"""An instance that is not exact: read all the same where the contract allows it, else with every fault named."""

from __future__ import annotations

from challenge_neuralworks.errors import Fault, InvalidInstances
from challenge_neuralworks.matching import folded_categories, match, nearest
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.wording import escape, show

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from challenge_neuralworks.signature import Field, Row, Signature, Value

MAX_LISTED = 100
"""Faults listed of one request, and categories looked for that a stranger may have meant: each has a cost."""

MAX_WARNINGS = 10_000
"""Warnings listed of one request, so that they stay within what Lambda may answer."""


class Reader:
    """Reads the instances of one request, gathering what there is to say about them."""

    def __init__(self, signature: Signature) -> None:
        self._signature = signature
        self._faults: list[Fault] = []
        self._warnings: list[Fault] = []
        # Folded on the first spelling that is no category of a field.
        self._folded: dict[str, dict[str, str]] = {}
        # What was once looked for is known: the same spelling comes again in the next instance.
        self._found: dict[tuple[str, str], str | None] = {}
        self._near: dict[tuple[str, str], str | None] = {}

    def read_all(self, instances: Sequence[Any], root: str) -> tuple[tuple[Row, ...], tuple[Fault, ...]]:
        """Return the rows that instances state, and warnings; see `Signature.check`.

        Raises
        ------
        InvalidInstances : lists every fault of every instance, up to `MAX_LISTED`.
        """
        rows: list[Row] = []
        for index, instance in enumerate(instances):
            if self._signature.is_exact(instance):
                rows.append(instance)
                continue
            if len(self._faults) >= MAX_LISTED:
                raise InvalidInstances(tuple(self._faults[:MAX_LISTED]), truncated=True)
            rows.append(self._row(instance, root if root == "#" else f"{root}/{index}"))
        if self._faults:
            raise InvalidInstances(tuple(self._faults[:MAX_LISTED]), truncated=len(self._faults) > MAX_LISTED)
        return tuple(rows), self._told()

    def _told(self) -> tuple[Fault, ...]:
        more = len(self._warnings) - MAX_WARNINGS
        if more <= 0:
            return tuple(self._warnings)
        rest = Fault("#/instances", "more-warnings", f"and {more:,} more: send fewer instances to see each")
        return (*self._warnings[:MAX_WARNINGS], rest)

    def _row(self, instance: Any, pointer: str) -> Row:
        if not isinstance(instance, dict):
            self._fault(pointer, "not-an-object", f"{show(instance)} is no object of fields")
            return {}
        row: dict[str, Value] = {}
        for field in self._signature.fields:
            here = f"{pointer}/{escape(field.name)}"
            if field.name in instance:
                row[field.name] = self._value(field, instance[field.name], here)
            else:
                self._fault(here, "missing-field", f"{field.name} is missing: {expected(field)}")
        self._unknown_fields(instance, pointer)
        return row

    def _value(self, field: Field, value: Any, here: str) -> Value:
        if value is None and field.missing == "accept":
            return None
        if field.kind == "category":
            return self._category(field, value, here)
        fault = _number_fault(field, value, here)
        self._faults.extend([fault] if fault else [])
        number: Value = value
        return number

    def _category(self, field: Field, value: Any, here: str) -> str:
        if not isinstance(value, str):
            self._fault(here, "not-a-string", f"{show(value)} is no string: {expected(field)}")
            return ""
        if value in field.categories:
            return value
        read = self._match(field, value)
        if read is not None:
            self._warnings.append(Fault(here, "read-as", f"{show(value)} was read as {show(read)}"))
            return read
        notes = self._faults if field.unknown == "refuse" else self._warnings
        notes.append(Fault(here, "unknown-category", _unknown_detail(field, value, self._nearest(field, value))))
        return value

    def _match(self, field: Field, value: str) -> str | None:
        key = (field.name, value)
        if key not in self._found:
            self._found[key] = match(value, self._spellings(field))
        return self._found[key]

    def _nearest(self, field: Field, value: str) -> str | None:
        key = (field.name, value)
        if key not in self._near and len(self._near) < MAX_LISTED:
            self._near[key] = nearest(value, self._spellings(field))
        return self._near.get(key)

    def _spellings(self, field: Field) -> dict[str, str]:
        if field.name not in self._folded:
            self._folded[field.name] = folded_categories(field.categories)
        return self._folded[field.name]

    def _unknown_fields(self, instance: Mapping[str, Any], pointer: str) -> None:
        strangers = [name for name in instance if name not in self._signature.names]
        folded = folded_categories(self._signature.names) if strangers else {}
        for name in strangers[:MAX_LISTED]:
            near = _did_you_mean(nearest(str(name), folded))
            here = f"{pointer}/{escape(str(name)[:200])}"
            self._fault(here, "unknown-field", f"{show(name)} is no field of this model{near}")

    def _fault(self, pointer: str, code: str, detail: str) -> None:
        self._faults.append(Fault(pointer, code, detail))


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
