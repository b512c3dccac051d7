"""Folding: columns that depend on one feature of few values become tables, filled by the transformer itself.

scikit-learn computes every entry, so a table is equal to it by construction, whatever lies between the
feature and the column.
"""

from __future__ import annotations

import warnings
from math import nan
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from challenge_neuralworks.training.export.columns import Number, Plain, Table
from challenge_neuralworks.training.export.sampling import sampled_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from challenge_neuralworks.signature import Field
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column, Raw, Source

WIDEST_DOMAIN = 1_000
"""Values of a bounded integer; a wider one costs less as a number than as a table."""

UNSEEN = "\ue000 no category is spelt like this"


class Domain(NamedTuple):
    """The values that a feature of few values may have.

    values : all that are known.
    open : whether other values may come, which an encoder takes as unknown.
    declared : whether a field of the signature says so; else encoders do, and only their columns can be folded.
    """

    values: tuple[Any, ...]
    open: bool
    declared: bool


def fold(transformer: Any, features: Sequence[Raw], sources: Sequence[Source], step: Step) -> list[Column]:
    """Return the columns that a fitted transformer makes of features, as tables and numbers of single features.

    One that is neither, because it mixes features or bends a number of too many values, is `Plain`, at its
    place after the features themselves.
    """
    domains = {raw.feature: domain_of(raw.feature, step) for raw in features}
    positions = {raw.feature: raw.position for raw in features}
    rows, marks = _probes([raw.feature for raw in features], domains, step)
    made = _transformed(transformer, rows)
    kinds = [_kind(source, domains) for source in sources]
    sampled = _sampled(transformer, list(domains), len(sources), step) if "general" in kinds else None
    columns: list[Column] = []
    for index, (source, kind) in enumerate(zip(sources, kinds, strict=True)):
        if kind == "general":
            columns.append(Plain(len(features) + index, () if sampled is None else tuple(sampled[:, index].tolist())))
            continue
        (feature,) = source.features
        if kind == "table":
            columns.append(_table(made, index, feature, domains, marks, positions))
        else:
            columns.append(Number(positions[feature], *(source.affine or (0.0, 1.0))))
    return columns


def _sampled(transformer: Any, names: Sequence[str], width: int, step: Step) -> Any:
    return sampled_columns(lambda rows: _transformed(transformer, rows), names, width, step)


def domain_of(feature: str, step: Step) -> Domain | None:
    """Return the few values that a feature may have, or None where they are too many or not known."""
    field = next((field for field in step.signature.fields if field.name == feature), None)
    learned = step.categories.get(feature, {})
    if field is not None:
        return _declared(field, learned)
    return Domain(tuple(learned), open=True, declared=False) if learned else None


def _declared(field: Field, learned: Iterable[Any]) -> Domain | None:
    missing: tuple[Any, ...] = (None,) if field.missing == "accept" else ()
    if field.kind == "category":
        is_open = field.unknown == "accept"
        # Training may have seen categories that the signature only accepts as unknown.
        values = dict.fromkeys((*field.categories, *(learned if is_open else ()), *missing))
        return Domain(tuple(values), is_open, declared=True)
    if field.kind == "integer" and field.maximum - field.minimum < WIDEST_DOMAIN:
        return Domain((*range(int(field.minimum), int(field.maximum) + 1), *missing), open=False, declared=True)
    return None


def _kind(source: Source, domains: dict[str, Domain | None]) -> str:
    if len(source.features) != 1:
        return "general"
    domain = domains[next(iter(source.features))]
    if domain is not None and (domain.declared or source.encoded):
        return "table"
    return "number" if source.affine is not None else "general"


def _probes(
    names: Sequence[str], domains: dict[str, Domain | None], step: Step
) -> tuple[pd.DataFrame, dict[tuple[str, Any], int]]:
    """Return one row for each value of each feature, the others held still, and which row is whose."""
    example = step.signature.example()
    still = {name: domain.values[0] if (domain := domains[name]) else example.get(name, 0.0) for name in names}
    rows: list[dict[str, Any]] = []
    marks: dict[tuple[str, Any], int] = {}
    for name, domain in domains.items():
        for value in () if domain is None else (*domain.values, *((_unseen(domain),) if domain.open else ())):
            marks[name, value] = len(rows)
            rows.append({**still, name: value})
    return pd.DataFrame.from_records(rows, columns=list(names)), marks


def _unseen(domain: Domain) -> Any:
    if all(isinstance(value, int | float) for value in domain.values):
        return max(domain.values) + 1
    return UNSEEN


def _transformed(transformer: Any, rows: pd.DataFrame) -> Any:
    if rows.empty:
        return np.empty((0, 0))
    with warnings.catch_warnings():
        # Unknown categories are asked for on purpose.
        warnings.simplefilter("ignore")
        made = transformer.transform(rows)
    return made.toarray() if hasattr(made, "toarray") else np.asarray(made)


def _table(
    made: Any,
    index: int,
    feature: str,
    domains: dict[str, Domain | None],
    marks: dict[tuple[str, Any], int],
    positions: dict[str, int],
) -> Table:
    domain = domains[feature]
    assert domain is not None  # noqa: S101 - `_kind` has seen to it
    entries = {value: float(made[marks[feature, value], index]) for value in domain.values}
    unknown = float(made[marks[feature, _unseen(domain)], index]) if domain.open else nan
    return Table(positions[feature], entries, unknown)
