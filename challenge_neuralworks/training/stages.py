"""The stages between a raw file and what is trained on: examples as requests state them, then parts of these."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.training.checks import shared_rows
from challenge_neuralworks.training.checks.declared import find_declared
from challenge_neuralworks.training.datasets import Examples, read_examples, select, write_examples
from challenge_neuralworks.training.evaluation.splitting import Split, splits
from challenge_neuralworks.training.fetch import sha256_of

if TYPE_CHECKING:
    from pathlib import Path

    from challenge_neuralworks.training.recipes import Recipe

PARTS = {"random_split": ("train", "test"), "time_ordered_split": ("past", "future")}
"""Split -> names of the files with the rows to fit on and to test on."""

SEARCHED = "search"
"""Name of the file with the rows that candidates are compared on: no split tests on any of them."""


class Origin(NamedTuple):
    """Which file examples were read from; kept beside them, so that an artifact can name it."""

    name: str
    sha256: str
    rows: int


def preprocess(recipe: Recipe, data: Path, interim: Path) -> Origin:
    """Read a raw file and write its examples, and beside them which file it was.

    Raises
    ------
    DataError : the file cannot be used; names line and value.
    """
    examples = recipe.read(data)
    write_examples(interim, examples)
    origin = Origin(recipe.dataset, sha256_of(data), len(examples.rows))
    origin_path(interim).write_text(json.dumps(origin._asdict(), indent=1) + "\n", encoding="utf-8")
    return origin


def origin_path(interim: Path) -> Path:
    """Return where the origin of examples is kept."""
    return interim.with_suffix(".json")


def read_interim(recipe: Recipe, interim: Path) -> tuple[Examples, dict[str, Any]]:
    """Return examples and, as JSON values, their origin.

    Raises
    ------
    DataError : either file cannot be read.
    """
    try:
        origin = json.loads(origin_path(interim).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(
            f"{origin_path(interim)}: cannot be read: {error}; 'neuralworks preprocess' writes it"
        ) from error
    return _read(recipe, interim), origin


def _read(recipe: Recipe, path: Path) -> Examples:
    return read_examples(path, recipe.model.fields, numeric=recipe.task.kind == "regression")


def segregate(recipe: Recipe, examples: Examples, folder: Path) -> dict[str, int]:
    """Write the parts of each split of a recipe as ``folder/<part>.csv``, and return how many rows each holds.

    Raises
    ------
    DataError : there is no split, or more rows are on both sides of one than the data set's declaration calls normal.
    """
    made = splits(examples, recipe)
    if not made:
        raise DataError(f"{len(examples.rows)} rows make no split with two rows of each class on either side")
    parts: dict[str, Examples] = {}
    for split in made:
        fit, test = select(examples, split.fit), select(examples, split.test)
        _refuse_shared(recipe, split.name, fit, test)
        parts |= zip(PARTS[split.name], (fit, test), strict=True)
    both = sorted(set.intersection(*(set(split.fit.tolist()) for split in made)))
    parts[SEARCHED] = select(examples, both)
    for name in (name for names in PARTS.values() for name in names if name not in parts):
        # What an earlier run left of a split that is no longer made would be tested on.
        (folder / f"{name}.csv").unlink(missing_ok=True)
    for name, part in parts.items():
        write_examples(folder / f"{name}.csv", part)
    return {name: len(part.rows) for name, part in parts.items()}


def _refuse_shared(recipe: Recipe, name: str, fit: Examples, test: Examples) -> None:
    shared = shared_rows(fit, test, find_declared(recipe.dataset).identical_share)
    if shared.excess:
        raise DataError(
            f"{name}: {shared.found} rows are on both sides, in every field, target and moment, where {shared.normal}"
            " would be normal. Rows that were copied make a test say nothing: remove the copies"
        )


def read_splits(recipe: Recipe, folder: Path) -> list[tuple[Split, Examples]]:
    """Return each split that `segregate` wrote, with the examples that its row numbers are of."""
    found = []
    for name, (first, second) in PARTS.items():
        if not (folder / f"{first}.csv").exists():
            continue
        fit, test = (_read(recipe, folder / f"{part}.csv") for part in (first, second))
        both = _joined(fit, test)
        numbers = np.arange(len(both.rows))
        found.append((Split(name, numbers[: len(fit.rows)], numbers[len(fit.rows) :]), both))
    if not found:
        raise DataError(f"{folder} holds no part; 'neuralworks segregate' writes them")
    return found


def read_searched(recipe: Recipe, folder: Path) -> Examples:
    """Return the rows that candidates may be compared on.

    Raises
    ------
    DataError : `segregate` has not written them.
    """
    if not (folder / f"{SEARCHED}.csv").exists():
        raise DataError(f"{folder} holds no {SEARCHED}.csv; 'neuralworks segregate' writes it")
    return _read(recipe, folder / f"{SEARCHED}.csv")


def _joined(first: Examples, second: Examples) -> Examples:
    moments = None
    if first.moments is not None and second.moments is not None:
        import pandas as pd

        moments = pd.concat([first.moments, second.moments], ignore_index=True)
    return Examples([*first.rows, *second.rows], [*first.target, *second.target], moments)
