"""What the fields of a model cannot say about its data, one module a data set; found by name, never registered."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Declared(NamedTuple):
    """What is normal in a data set, over what the model's fields say of each value.

    least_rows : fewer are too few to learn from.
    positive_share : least and most share of rows whose target is 1; None where there are not two classes.
    levels : field -> least and most categories that occur.
    missing_share : field -> most share of missing values; a field that takes them and is not named here may have none.
    identical_share : most share of rows that repeat another one in every field, the target and the moment.
    moments : whether each row says when it was known.
    class_shares : of three classes or more, least and most share of the rows that is of each, by its position.
    target_range : least and largest target of a regression.
    """

    least_rows: int
    positive_share: tuple[float, float] | None
    levels: Mapping[str, tuple[int, int]]
    missing_share: Mapping[str, float]
    identical_share: float
    moments: bool
    class_shares: tuple[tuple[float, float], ...] = ()
    target_range: tuple[float, float] | None = None


def declared_names() -> tuple[str, ...]:
    """Return the name of every data set that is declared here, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def find_declared(name: str) -> Declared:
    """Return what is normal for a data set: ``DECLARED`` in its module of this package.

    Raises
    ------
    ConfigurationError : there is none of that name; lists those there are.
    """
    if name not in declared_names():
        raise ConfigurationError("MODEL", name, f"one of {', '.join(declared_names())}, or a module in {_folder()}")
    declared: Declared = importlib.import_module(f"{__name__}.{name}").DECLARED
    return declared


def _folder() -> str:
    return "/".join(Path(__file__).parts[-5:-1])
