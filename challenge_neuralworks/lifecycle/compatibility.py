"""Whether an instance that is valid for one version is valid for the next, told from their signatures alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from challenge_neuralworks.signature import LARGEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from challenge_neuralworks.artifact.manifest import Manifest
    from challenge_neuralworks.signature import Field, Signature

SHOWN = 5
"""Categories that a message names."""


def incompatibilities(before: Manifest, after: Manifest) -> tuple[str, ...]:
    """Return each way in which a caller of one version would be let down by the next; none where no caller would.

    Callers send instances, and read predictions by the place of a class and labels by its name.
    """
    return (*field_changes(before.signature, after.signature), *_class_changes(before.classes, after.classes))


def field_changes(before: Signature, after: Signature) -> tuple[str, ...]:
    """Return each way in which an instance valid for one signature may be refused by the other."""
    fields = {field.name: field for field in after.fields}
    found = [f"field {name!r} is new, and every field is needed" for name in after.names if name not in before.names]
    for field in before.fields:
        if field.name not in fields:
            found.append(f"field {field.name!r} is gone, and unknown fields are refused")
        else:
            found += [f"field {field.name!r}: {change}" for change in _narrowed(field, fields[field.name])]
    return tuple(found)


def _narrowed(before: Field, after: Field) -> Iterator[str]:
    if before.missing == "accept" and after.missing == "refuse":
        yield "null was accepted, and is refused"
    if before.kind != after.kind and (before.kind, after.kind) != ("integer", "number"):
        # An integer is a number; nothing else is anything else.
        yield f"it was a{'n' if before.kind == 'integer' else ''} {before.kind}, and is of kind {after.kind}"
    elif before.kind == "category":
        yield from _narrowed_categories(before, after)
    else:
        yield from _narrowed_range(before, after)


def _narrowed_categories(before: Field, after: Field) -> Iterator[str]:
    if after.unknown == "accept":
        return
    if before.unknown == "accept":
        yield "unknown categories were accepted, and are refused"
    gone = [category for category in before.categories if category not in after.categories]
    if gone:
        yield f"{_listed(gone)} {'is' if len(gone) == 1 else 'are'} no category any more"


def _narrowed_range(before: Field, after: Field) -> Iterator[str]:
    if after.minimum > before.minimum:
        yield f"the least value was {_bound(before.minimum)}, and is {_bound(after.minimum)}"
    if after.maximum < before.maximum:
        yield f"the largest value was {_bound(before.maximum)}, and is {_bound(after.maximum)}"


def _class_changes(before: Sequence[Any], after: Sequence[Any]) -> Iterator[str]:
    if tuple(before) == tuple(after):
        return
    if not before or not after:
        kinds = ["classes" if classes else "a number" for classes in (before, after)]
        yield f"it predicted {kinds[0]}, and predicts {kinds[1]}"
    else:
        yield f"the classes were {_listed(before)}, and are {_listed(after)}"


def _bound(value: float) -> str:
    return "unbounded" if abs(value) >= LARGEST else f"{value:g}"


def _listed(values: Sequence[Any]) -> str:
    more = f" and {len(values) - SHOWN} more" if len(values) > SHOWN else ""
    return ", ".join(map(repr, values[:SHOWN])) + more
