"""How trees read each column: as a table of its feature where that has few values, else as a number."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, Any

from challenge_neuralworks.training.export.columns import Number, Raw, Table
from challenge_neuralworks.training.export.folding import domain_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column
    from challenge_neuralworks.training.export.trees.ensemble import Ensemble, Inputs


def read(ensemble: Ensemble, columns: Sequence[Column], step: Step) -> list[Column]:
    """Return columns with features of few values as tables, and other raw numbers as numbers.

    Raises
    ------
    Unsupported : a column can hold what the estimator raises on, or a category that it reads as a number.
    """
    known: list[Column] = []
    for index, column in enumerate(columns):
        if isinstance(column, Raw) and index not in ensemble.categorical:
            known.append(_number(column, ensemble.inputs, step))
        elif isinstance(column, Table):
            known.append(_table(column, ensemble.inputs, step))
        else:
            known.append(column)
    return known


def affine(column: Column) -> tuple[float, float]:
    """Return mean and scale of a column that is no table."""
    return (column.mean, column.scale) if isinstance(column, Number) else (0.0, 1.0)


def _number(column: Raw, inputs: Inputs, step: Step) -> Column:
    field = next((field for field in step.signature.fields if field.name == column.feature), None)
    if field is not None and field.kind == "category":
        step.refuse(f"the category {column.feature!r} as a number", "put an encoder before it")
    if field is not None and field.missing == "accept" and not inputs.missing:
        step.refuse(f"{column.feature!r}, which may be missing and the estimator takes no NaN", "impute it")
    domain = domain_of(column.feature, step)
    if domain is None or not domain.declared:
        return Number(column.position, 0.0, 1.0)
    entries = {value: nan if value is None else float(value) for value in domain.values}
    return _table(Table(column.position, entries, nan), inputs, step)


def _table(table: Table, inputs: Inputs, step: Step) -> Table:
    entries = table.entries.values()
    if not inputs.missing and any(entry != entry for entry in entries):  # noqa: PLR0124 - NaN
        step.refuse("a feature that may be missing, where the estimator takes no NaN,", "impute it")
    if any(abs(entry) > inputs.largest for entry in (*entries, table.unknown)):
        step.refuse("a feature that is encoded as more than float32 holds", "scale it")
    if table.unknown == table.unknown:
        return table
    if _is_open(table, step):
        if not inputs.missing:
            step.refuse("unknown categories as NaN, where the estimator takes none,", "encode them as a number")
        return table
    # A missing number reaches the look-up as NaN, which is no key of any table.
    return table._replace(unknown=table.entries.get(None, nan))


def _is_open(table: Table, step: Step) -> bool:
    """Return whether a table's feature, known by its values alone, may have others, so that NaN stands for those."""
    names = dict.fromkeys((*step.signature.names, *step.categories))
    domains = [domain for domain in (domain_of(name, step) for name in names) if domain is not None]
    alike = [domain for domain in domains if set(domain.values) == set(table.entries)]
    return not alike or any(domain.open for domain in alike)


def keys(tables: Sequence[Table]) -> dict[Any, None]:
    """Return the values that tables of one feature list, in order."""
    return dict.fromkeys(value for table in tables for value in table.entries)
