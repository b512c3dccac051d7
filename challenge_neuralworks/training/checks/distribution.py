"""Whether values are distributed as in the reference, which is always another sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.training.checks.findings import Finding
from challenge_neuralworks.training.checks.profile import TARGET
from challenge_neuralworks.training.checks.rows import count_shared
from challenge_neuralworks.training.checks.statistics import chi_square, holm, kolmogorov_smirnov

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.signature import Field
    from challenge_neuralworks.training.checks.profile import Profile
    from challenge_neuralworks.training.checks.statistics import Difference


class Limits(NamedTuple):
    """How much is too much.

    alpha : a corrected p below it is no chance; ks, cramers_v : effects up to these do not matter.
    auc : a single feature that ranks the rows better than this knows the answer.
    """

    alpha: float = 0.01
    ks: float = 0.1
    cramers_v: float = 0.1
    auc: float = 0.90


class SelfComparison(DataError):
    """A sample would be compared with itself, which proves nothing."""

    code = "self-comparison"


def compare(current: Profile, reference: Profile, fields: Sequence[Field], limits: Limits) -> list[Finding]:
    """Return a finding for each field and the target: a difference fails that is neither chance nor small.

    With 68,000 rows p alone says nothing, for the smallest difference is certain; the effect alone says nothing with
    200 rows, where chance makes large ones.

    Raises
    ------
    SelfComparison : both profiles are of the same rows.
    """
    if current.digest == reference.digest:
        raise SelfComparison(
            f"the reference is the very sample it would be compared with ({reference.rows:,} rows, digest"
            f" {reference.digest[:12]}); compare with another one"
        )
    kinds = {field.name: field.kind for field in fields}
    kinds[TARGET] = "number" if any(isinstance(value, float) for value in reference.counts[TARGET]) else "category"
    # A column that the reference does not know is the schema's matter, or the reference is of another model.
    names = [name for name in kinds if name in current.counts and name in reference.counts]
    differences = [_difference(name, kinds[name], current, reference) for name in names]
    corrected = holm([difference.p for difference in differences])
    return [
        _judge(name, kinds[name], difference.effect, p, limits)
        for name, difference, p in zip(names, differences, corrected, strict=True)
    ]


def refuse_shared(hashes: Sequence[int], others: Sequence[int]) -> None:
    """Refuse a reference file that is the checked one, or more than half of it.

    Parameters
    ----------
    hashes, others : of the rows of the checked file and of the reference, as `row_hashes` has them.

    Raises
    ------
    SelfComparison : more than half of the rows of either are rows of the other.
    """
    shared, smaller = count_shared(hashes, others), min(len(hashes), len(others))
    if shared * 2 > smaller:
        same = "is the checked file itself" if shared == len(hashes) == len(others) else "is not another sample"
        raise SelfComparison(f"the reference {same}: {shared:,} of {smaller:,} rows stand in both; give another one")


def _difference(name: str, kind: str, current: Profile, reference: Profile) -> Difference:
    ours, theirs = current.counts[name], reference.counts[name]
    if kind == "category":
        return chi_square(ours, theirs)
    numbers = [{value: rows for value, rows in side.items() if value is not None} for side in (ours, theirs)]
    return kolmogorov_smirnov(*numbers)


def _judge(name: str, kind: str, effect: float, p: float, limits: Limits) -> Finding:
    symbol, bound = ("V", limits.cramers_v) if kind == "category" else ("D", limits.ks)
    passed = not (p < limits.alpha and effect > bound)
    verdict = "as in the reference" if passed else "not distributed as in the reference"
    detail = f"{verdict}: {symbol} = {effect:.3f} (at most {bound:g}), p = {p:.2g} after Holm's correction"
    return Finding("distribution", name, passed, detail, figures={symbol: effect, "p": p, "bound": bound})
