"""Assemblers of what lays transformers side by side: ColumnTransformer, FeatureUnion."""

from __future__ import annotations

import warnings
from collections import UserList
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.scorers.columns import Chain
from challenge_neuralworks.scorers.stages.composition import Branches, Weighted
from challenge_neuralworks.training.export.columns import Assembled, Plain, Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.scorers.parts import Stage
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column


class Lane(NamedTuple):
    """One transformer of many that lie side by side.

    positions : of the incoming columns that it takes.
    stage : None where it passes them through.
    sources : of the columns that it makes.
    """

    positions: tuple[int, ...]
    stage: Stage | None
    sources: tuple[Source, ...]


def parts_of(transformer: Any) -> list[tuple[str, Any, Any]]:
    """Return name, fitted part and selection of each part of a ColumnTransformer."""
    with warnings.catch_warnings():
        # scikit-learn 1.5 and 1.6 warn of what the selection of a remainder will be; any kind is read here.
        warnings.simplefilter("ignore", FutureWarning)
        return [
            (name, part, list(selection) if isinstance(selection, UserList) else selection)
            for name, part, selection in transformer.transformers_
        ]


def column_transformer(transformer: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return every part of a ColumnTransformer, in the order in which it lays them side by side."""
    return _side_by_side(_lanes(transformer, sources, step))


def feature_union(union: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return every part of a FeatureUnion, each over all columns."""
    weights = union.transformer_weights or {}
    every = tuple(range(len(sources)))
    parts = [(name, part) for name, part in union.transformer_list if not _is_word(part, "drop")]
    return _side_by_side([_lane(name, part, (every, sources), weights.get(name), step) for name, part in parts])


def pruned(
    transformer: Any, sources: Sequence[Source], columns: Sequence[Column], step: Step
) -> tuple[Stage, list[Column]]:
    """Return a ColumnTransformer of a row's features without the parts that no plain column needs.

    Parameters
    ----------
    columns : what is known of each column that it makes; a plain one stands after the features.

    Returns
    -------
    The stage, and the columns, of which the plain ones now stand where that stage, after the features, puts them.
    """
    lanes: list[Lane] = []
    places: dict[int, int] = {}
    first = 0
    for lane in _lanes(transformer, sources, step):
        made = range(first, first + len(lane.sources))
        first = made.stop
        if any(isinstance(columns[index], Plain) for index in made):
            lanes.append(lane)
            places.update((index, len(sources) + len(places)) for index in made)
    moved = [
        column._replace(position=places[i]) if isinstance(column, Plain) else column for i, column in enumerate(columns)
    ]
    return _side_by_side(lanes).stage, moved


def _side_by_side(lanes: Sequence[Lane]) -> Assembled:
    branches = Branches([(lane.positions, lane.stage) for lane in lanes])
    return Assembled(branches, tuple(source for lane in lanes for source in lane.sources))


def _lanes(transformer: Any, sources: Sequence[Source], step: Step) -> list[Lane]:
    names = [str(name) for name in transformer.feature_names_in_] if hasattr(transformer, "feature_names_in_") else []
    weights = transformer.transformer_weights or {}
    lanes: list[Lane] = []
    for name, part, selection in parts_of(transformer):
        positions = tuple(_selected(selection, names, len(sources), step.inside(name)))
        if positions and not _is_word(part, "drop"):
            chosen = [sources[position] for position in positions]
            lanes.append(_lane(name, part, (positions, chosen), weights.get(name), step))
    return lanes


def _lane(
    name: str, part: Any, taken: tuple[tuple[int, ...], Sequence[Source]], weight: float | None, step: Step
) -> Lane:
    positions, sources = taken
    stage: Stage | None = None
    made = tuple(sources)
    if not _is_word(part, "passthrough"):
        stage, made = step.transform(name, part, sources)
    if weight is None:
        return Lane(positions, stage, made)
    weighted = Weighted(stage or Chain(()), float(weight))
    return Lane(positions, weighted, tuple(source.changed() for source in made))


def _is_word(part: Any, word: str) -> bool:
    return isinstance(part, str) and part == word


def _selected(selection: Any, names: list[str], n_columns: int, step: Step) -> list[int]:
    """Return the positions that a fitted ColumnTransformer's selection stands for."""
    if isinstance(selection, slice):
        bounds = (names.index(end) if isinstance(end, str) else end for end in (selection.start, selection.stop))
        start, stop = bounds
        # A slice of names holds its end, as in pandas; one of positions does not.
        last = stop + 1 if isinstance(selection.stop, str) else stop
        return list(range(n_columns))[slice(start, last, selection.step)]
    listed = [selection] if isinstance(selection, str | int) else list(selection)
    if listed and all(str(type(item).__name__) in {"bool", "bool_"} for item in listed):
        return [index for index, chosen in enumerate(listed) if chosen]
    unknown = [item for item in listed if isinstance(item, str) and item not in names]
    if unknown:
        step.refuse(f"the selection of {unknown}", "select by names of the frame it was fitted on, or by position")
    return [names.index(item) if isinstance(item, str) else int(item) % n_columns for item in listed]
