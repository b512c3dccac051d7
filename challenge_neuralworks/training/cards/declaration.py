"""What no measurement can say about a model: its purpose, its limits, and what to think of before using it."""

from __future__ import annotations

import importlib
import pkgutil
from typing import NamedTuple

from challenge_neuralworks.errors import ConfigurationError
from challenge_neuralworks.training.cards import texts


class Declaration(NamedTuple):
    """Texts for a card, each a list in Markdown; figures that are measured do not belong here.

    title : the question that the model answers.
    used_for, not_for : what the answer may be used for, and what not.
    data : what the data are, what the label means, what was left out of them and why.
    making : why it is made this way.
    limits : what the model cannot know.
    ethics : whom it could harm, and how.
    watched : fields of which the card shows every value, good or bad.
    """

    title: str
    used_for: str
    not_for: str
    data: str
    making: str
    limits: str
    ethics: str
    watched: tuple[str, ...] = ()


def find_declaration(name: str) -> Declaration:
    """Return the declaration of a model: ``DECLARATION`` in its module of `texts`.

    Raises
    ------
    ConfigurationError : there is none of that name; lists those there are.
    """
    known = sorted(module.name for module in pkgutil.iter_modules(texts.__path__))
    if name not in known:
        raise ConfigurationError("MODEL", name, f"one of {', '.join(known)}: a card needs its texts")
    declaration: Declaration = importlib.import_module(f"{texts.__name__}.{name}").DECLARATION
    return declaration
