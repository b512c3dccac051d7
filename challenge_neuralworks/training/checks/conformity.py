"""A frame held to its schema: every check has a finding, with the values and lines that broke it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandera.pandas as pa
from pandera.errors import SchemaErrorReason

from challenge_neuralworks.matching import folded_categories, nearest
from challenge_neuralworks.training.checks.findings import Finding, offending
from challenge_neuralworks.training.checks.profile import TARGET
from challenge_neuralworks.training.checks.schema import MISSING, WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

COLUMNS = "columns"
"""Name of the check that the columns are those of the model, no more and no fewer."""

Key = tuple[str, str]
"""Column ("" for the whole set) and name of a check."""

MEASURES: dict[str, Callable[[Any], float]] = {
    "levels": lambda column: column.nunique(),
    "missing share": lambda column: column.isna().mean(),
    "positive share": lambda column: (column == 1).mean(),
    "class shares": lambda column: column.value_counts(normalize=True).min(),
    "rows": len,
    "identical rows": lambda frame: frame.duplicated().mean(),
}
"""What a check of a whole column or set has measured, for the report."""


def conformity(schema: pa.DataFrameSchema, frame: pd.DataFrame, accepted: Mapping[str, Sequence[str]]) -> list[Finding]:
    """Return a finding for every check of the schema, in its order; all failures are found, not the first."""
    failures = _failures(schema, frame)
    findings = [Finding(COLUMNS, "", passed=True, detail="the columns are those of the model")]
    if (COLUMNS, "") in failures:
        findings = [_columns(schema, frame)]
    for (column, check), expected in _checks(schema).items():
        subject = frame if not column else frame.get(column)
        if subject is None:
            continue  # A column that is not there has been named above.
        positions = failures.get((check, column))
        findings.append(_finding(check, column, expected, subject, positions, accepted.get(column, ())))
    return findings


def _failures(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> dict[Key, list[int]]:
    """Return check and column -> positions of the rows that broke it; none where it is about the whole."""
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        failures: dict[Key, list[int]] = {}
        for failure in error.schema_errors:
            failures.setdefault(_key(failure), []).extend(_positions(failure))
        return failures
    return {}


def _key(failure: Any) -> Key:
    if failure.reason_code in (SchemaErrorReason.COLUMN_NOT_IN_DATAFRAME, SchemaErrorReason.COLUMN_NOT_IN_SCHEMA):
        return COLUMNS, ""
    if failure.reason_code == SchemaErrorReason.SERIES_CONTAINS_NULLS:
        return MISSING, failure.schema.name
    column = "" if isinstance(failure.schema, pa.DataFrameSchema) else failure.schema.name
    return failure.check.name, column


def _positions(failure: Any) -> list[int]:
    cases = failure.failure_cases
    return [] if "index" not in getattr(cases, "columns", ()) else [int(at) for at in cases["index"].dropna()]


def _checks(schema: pa.DataFrameSchema) -> dict[Key, str]:
    """Return column and name of every check -> what it expects."""
    expected = {("", str(check.name)): str(check.error) for check in schema.checks}
    for name, column in schema.columns.items():
        if not column.nullable:
            expected[name, MISSING] = "no value is missing"
        expected |= {(name, str(check.name)): str(check.error) for check in column.checks}
    return expected


def _finding(
    check: str, column: str, expected: str, subject: Any, positions: list[int] | None, accepted: Sequence[str]
) -> Finding:
    figures = {check: float(MEASURES[check](subject))} if check in WHOLE else {}
    measured = f"; measured: {_shown(figures[check])}" if figures else ""
    if positions is None:
        return Finding(check, column, passed=True, detail=expected + measured, figures=figures)
    if check in WHOLE:
        return Finding(check, column, passed=False, detail=f"expected that {expected}{measured}", figures=figures)
    values = [subject.iloc[position] for position in positions]
    found = offending(check, column, f"expected that {expected}", values, positions)
    return found._replace(detail=found.detail + _hint(found, accepted))


def _shown(figure: float) -> str:
    return f"{figure:,.0f}" if figure == int(figure) else f"{figure:.4g}"


def _hint(found: Finding, accepted: Sequence[str]) -> str:
    folded = folded_categories(accepted)
    meant = {value: nearest(value, folded) for value, _ in found.values if isinstance(value, str)} if accepted else {}
    return "".join(f"; for {value!r}, did you mean {near!r}?" for value, near in meant.items() if near)


def _columns(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> Finding:
    absent = [name for name in schema.columns if name not in frame.columns]
    extra = [name for name in frame.columns if name not in schema.columns]
    named = [f"{', '.join(names)} {what}" for names, what in ((absent, "missing"), (extra, "unknown")) if names]
    fields = ", ".join(name for name in schema.columns if name != TARGET)
    values = tuple((str(name), len(frame)) for name in [*absent, *extra])
    detail = f"{'; '.join(named)}; expected {fields}"
    return Finding(COLUMNS, ", ".join([*absent, *extra]), passed=False, detail=detail, values=values)
