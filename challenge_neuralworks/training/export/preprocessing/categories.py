"""Assemblers of encoders of categories."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from challenge_neuralworks.scorers.stages.categories import CategoryTables
from challenge_neuralworks.training.export.columns import Assembled, Source
from challenge_neuralworks.training.export.folding import UNSEEN
from challenge_neuralworks.training.export.preprocessing.knowing import NEVER, keys, note_categories

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.training.export.assembly import Step


def one_hot(encoder: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return a fitted OneHotEncoder as tables of 0 and 1."""
    known = _note_all(encoder, sources, step, may_raise=encoder.handle_unknown == "error")
    infrequent = getattr(encoder, "infrequent_categories_", [None] * len(sources))
    drops = [None] * len(sources) if encoder.drop_idx_ is None else encoder.drop_idx_
    tables: list[Any] = []
    made: list[Source] = []
    for source, values, categories, rare, drop in zip(
        sources, known, encoder.categories_, infrequent, drops, strict=True
    ):
        rares = [] if rare is None else _places(rare, categories)
        groups = [group for group in _groups(len(values), rares) if drop is None or drop not in group]
        takes_unknown = encoder.handle_unknown in {"infrequent_if_exist", "warn"} and bool(rares)
        entries = {
            value: tuple(float(place in group) for group in groups)
            for place, value in enumerate(values)
            if value is not NEVER
        }
        tables.append((entries, tuple(float(takes_unknown and group == tuple(rares)) for group in groups)))
        made += [_encoded(source)] * len(groups)
    return Assembled(CategoryTables(tables), tuple(made))


def ordinal(encoder: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return a fitted OrdinalEncoder as tables of numbers."""
    known = _note_all(encoder, sources, step, may_raise=encoder.handle_unknown == "error")
    return _probed(encoder, known, sources, takes_unknown=encoder.handle_unknown != "error")


def target(encoder: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return a fitted TargetEncoder as tables of numbers, one a class where the classes are more than two."""
    known = _note_all(encoder, sources, step, may_raise=False)
    return _probed(encoder, known, sources, takes_unknown=True)


def _note_all(encoder: Any, sources: Sequence[Source], step: Step, *, may_raise: bool) -> list[list[Any]]:
    """Return what a row holds of each category of each column, and tell the step of it."""
    known: list[list[Any]] = []
    for source, categories in zip(sources, encoder.categories_, strict=True):
        values = keys(categories, step)
        kind = type(encoder).__name__
        note_categories(source, [v for v in values if v is not NEVER], step, may_raise=may_raise, kind=kind)
        known.append(values)
    return known


def _encoded(source: Source) -> Source:
    # A table over the feature's categories holds it all, unless a number came between.
    return Source(source.features, None, encoded=source.encoded or source.raw)


def _groups(n_categories: int, rares: Sequence[int]) -> list[tuple[int, ...]]:
    # The frequent categories in order, then all infrequent ones as one: scikit-learn's own order.
    groups: list[tuple[int, ...]] = [(place,) for place in range(n_categories) if place not in rares]
    return [*groups, tuple(rares)] if rares else groups


def _places(rare: Any, categories: Any) -> list[int]:
    """Return where the infrequent categories stand among all; both are in the same order."""
    left = list(rare)
    places: list[int] = []
    for place, category in enumerate(categories):
        if left and (left[0] is category or left[0] == category or (_is_nan(left[0]) and _is_nan(category))):
            places.append(place)
            left.pop(0)
    return places


def _is_nan(value: Any) -> bool:
    return bool(value != value)  # noqa: PLR0124 - only NaN is not itself


def _probed(encoder: Any, known: list[list[Any]], sources: Sequence[Source], *, takes_unknown: bool) -> Assembled:
    """Return the tables that the encoder itself fills: each column depends on one category alone."""
    probes = [_probe(categories, takes_unknown=takes_unknown) for categories in encoder.categories_]
    length = max(map(len, probes))
    names = getattr(encoder, "feature_names_in_", range(len(probes)))
    columns = {
        name: probe.iloc[[*range(len(probe)), *[0] * (length - len(probe))]].reset_index(drop=True)
        for name, probe in zip(names, probes, strict=True)
    }
    with warnings.catch_warnings():
        # Unknown categories are asked for on purpose.
        warnings.simplefilter("ignore")
        made = np.asarray(encoder.transform(pd.DataFrame(columns)), dtype=np.float64)
    width = made.shape[1] // len(probes)
    tables = []
    for column, (values, probe) in enumerate(zip(known, probes, strict=True)):
        rows = [tuple(row) for row in made[: len(probe), column * width : (column + 1) * width].tolist()]
        entries = {value: row for value, row in zip(values, rows, strict=False) if value is not NEVER}
        tables.append((entries, rows[-1] if takes_unknown else (np.nan,) * width))
    return Assembled(CategoryTables(tables), tuple(_encoded(source) for source in sources for _ in range(width)))


def _probe(categories: Any, *, takes_unknown: bool) -> pd.Series[Any]:
    """Return a column of each category, and last of one that is none of them."""
    if categories.dtype.kind not in "iuf":
        return pd.Series([*categories, *([UNSEEN] if takes_unknown else [])], dtype=object)
    numbers = categories[~np.isnan(categories)]
    unseen = float(numbers.max()) * 2.0 + 1.0 if len(numbers) else 0.0
    if len(numbers) and unseen in numbers:
        unseen = float(numbers.min()) - 1.0
    return pd.Series([*categories.tolist(), *([unseen] if takes_unknown else [])])
