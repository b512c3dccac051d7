"""What models answer to instances, the same whether an API was asked or an artifact of this machine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.errors import Fault

_OF_INSTANCE = re.compile(r"#/instances/([0-9]{1,9})(?:/|$)", re.ASCII)


class Described(NamedTuple):
    """What a model says of itself.

    classes : in the order of a prediction; empty of a regression.
    schema : JSON Schema of one instance.
    """

    name: str
    version: str
    classes: tuple[int | str, ...]
    schema: dict[str, Any]

    @property
    def example(self) -> dict[str, Any]:
        """An instance that the model takes."""
        example: dict[str, Any] = self.schema["examples"][0]
        return dict(example)

    @classmethod
    def of(cls, document: Any) -> Described:
        """Return what ``GET /models/{model}`` answers, or `Model.describe` returns.

        Raises
        ------
        KeyError, TypeError, IndexError : it is no such document.
        """
        schema = document["signature"]
        made = cls(document["name"], document["version"], tuple(document["classes"]), schema)
        if not isinstance(schema["properties"], dict) or not isinstance(made.example, dict):
            raise TypeError("the signature is no JSON Schema of an object")
        return made


class Answers(NamedTuple):
    """The answers to some instances, in their order.

    predictions : each the probability of each class, or of a regression a number.
    labels, explanations : empty where there are none; else one each.
    warnings : their pointers name the instance, ``#/instances/3/OPERA``; of a single one, ``#/OPERA``.
    """

    version: str
    predictions: Sequence[Any]
    labels: Sequence[int | str]
    explanations: Sequence[dict[str, Any]]
    warnings: Sequence[Fault]


def instance_of(fault: Fault) -> int | None:
    """Return which instance of a batch a fault is in; None where it is in none."""
    found = _OF_INSTANCE.match(fault.pointer)
    return int(found[1]) if found else None


def printable(text: str) -> str:
    """Return text from elsewhere as a terminal may show it: control characters could rewrite the screen."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text[:2000])


class Answerer(Protocol):
    """Whoever answers instances."""

    def one(self, instance: Any) -> Answers:
        """Return the answer to a single instance.

        Raises
        ------
        InvalidInstances : the instance breaks the signature; pointers are ``#/field``.
        """
        ...

    def many(self, instances: list[Any]) -> Answers:
        """Return the answers to a batch.

        Raises
        ------
        InvalidInstances : instances break the signature; pointers are ``#/instances/i/field``.
        """
        ...
