"""Every check of a data set, none of which stops the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.models import model_class
from challenge_neuralworks.training.checks.conformity import conformity
from challenge_neuralworks.training.checks.declared import find_declared
from challenge_neuralworks.training.checks.distribution import Limits, SelfComparison, compare, refuse_shared
from challenge_neuralworks.training.checks.findings import Finding, offending
from challenge_neuralworks.training.checks.leaks import single_features
from challenge_neuralworks.training.checks.profile import Profile, make_profile
from challenge_neuralworks.training.checks.rows import row_hashes, split_parts
from challenge_neuralworks.training.checks.schema import data_frame, data_schema
from challenge_neuralworks.training.datasets import Examples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.signature import Field, Value

REFERENCE = "reference"
"""Name of the check that the reference is another sample."""

WELCOME = "welcome category"
"""Name of the check that never fails: it says which categories are new where that is allowed."""


class DataReport(NamedTuple):
    """What the checks of a data set found.

    source : the checked file, for people; rows : of it.
    findings : one a check, passed or not.
    current, reference : the two samples that were compared.
    """

    model: str
    source: str
    rows: int
    limits: Limits
    findings: tuple[Finding, ...]
    current: Profile
    reference: Profile

    @property
    def failed(self) -> tuple[Finding, ...]:
        """The checks that failed."""
        return tuple(finding for finding in self.findings if not finding.passed)

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return not self.failed


def check_data(
    model_name: str,
    examples: Examples,
    reference: Profile | Examples,
    limits: Limits = Limits(),  # noqa: B008 - immutable.
    source: str = "",
) -> DataReport:
    """Return what every check of a data set found.

    Parameters
    ----------
    reference : what distributions and learned categories are held to. A profile is of the reference part of an
        accepted file, and the rows checked against it are those of the other part, see `rows.split_parts`; examples
        are another file, all of whose rows are compared with all of these.
    source : name of the checked file, for people.

    Raises
    ------
    ConfigurationError : nothing is declared for a data set of that name.
    """
    fields, declared = model_class(model_name).fields, find_declared(model_name)
    theirs = make_profile(reference, fields, "another file") if isinstance(reference, Examples) else reference
    part = examples if isinstance(reference, Examples) else split_parts(examples).current
    ours = make_profile(part, fields, source)
    schema = data_schema(fields, declared, theirs.accepted)
    findings = [
        *conformity(schema, data_frame(examples), theirs.accepted),
        *_compared(examples, reference, (ours, theirs), fields, limits),
        *_noted(fields, examples, theirs),
        *single_features(examples, limits.auc),
    ]
    return DataReport(model_name, source, len(examples.rows), limits, tuple(findings), ours, theirs)


def _compared(
    examples: Examples,
    reference: Profile | Examples,
    profiles: tuple[Profile, Profile],
    fields: Sequence[Field],
    limits: Limits,
) -> list[Finding]:
    try:
        if isinstance(reference, Examples):
            refuse_shared(row_hashes(examples), row_hashes(reference))
        compared = compare(*profiles, fields, limits)
    except SelfComparison as error:
        return [Finding(REFERENCE, "", passed=False, detail=str(error))]
    return [Finding(REFERENCE, "", passed=True, detail="the reference is another sample"), *compared]


def _noted(fields: Sequence[Field], examples: Examples, reference: Profile) -> list[Finding]:
    """Say which categories are new where new ones are welcome: they pass, and whoever reads the report knows."""
    return [
        _welcomed(field, [row.get(field.name) for row in examples.rows], reference)
        for field in fields
        if field.kind == "category" and field.unknown == "accept"
    ]


def _welcomed(field: Field, values: Sequence[Value], reference: Profile) -> Finding:
    known = {*(field.categories or reference.accepted.get(field.name, ()))}
    fresh = [index for index, value in enumerate(values) if isinstance(value, str) and value not in known]
    if not fresh:
        return Finding(WELCOME, field.name, passed=True, detail="no category is new")
    detail = "new categories are accepted"
    return offending(WELCOME, field.name, detail, [values[index] for index in fresh], fresh)._replace(passed=True)
