"""What is normal in a new data set: measured on it, with room for the next file of its kind."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.training.checks.declared import Declared
from challenge_neuralworks.training.checks.distribution import Limits, compare
from challenge_neuralworks.training.checks.leaks import single_features
from challenge_neuralworks.training.checks.profile import make_profile, make_reference
from challenge_neuralworks.training.checks.rows import row_hashes, split_parts
from challenge_neuralworks.training.scaffolding.inferring import LeftOut, infer

if TYPE_CHECKING:
    from challenge_neuralworks.training.checks.profile import Profile
    from challenge_neuralworks.training.scaffolding.planning import Plan

ROOM = 0.5
"""Of a share, up and down: a next file may hold so much more or less of a class."""

EFFECT_STEP = 0.05
"""Limits are stated in such steps."""

SUSPICIOUS_AUC = 0.98
"""A single column that ranks the rows better than this may know the answer."""


class Limited(NamedTuple):
    """The limits of the data checks, and the columns that made one wider than usual.

    telling : column -> AUC that it reaches alone, where it is over the usual limit.
    """

    limits: Limits
    telling: dict[str, float]


def declared_of(plan: Plan) -> Declared:
    """Return what is normal in a plan's data."""
    rows, target = plan.examples.rows, plan.examples.target
    levels = {}
    missing = {}
    for field in plan.fields:
        values = [row[field.name] for row in rows]
        if field.kind == "category":
            levels[field.name] = _levels(len({value for value in values if value is not None}))
        if field.missing == "accept":
            missing[field.name] = min(1.0, math.ceil(200 * values.count(None) / len(rows)) / 100)
    repeated = 1 - len(set(row_hashes(plan.examples))) / len(rows)
    kind = plan.table.task.kind
    shares = [_share(sum(value == code for value in target), len(rows)) for code in range(len(plan.table.task.classes))]
    return Declared(
        least_rows=max(20, len(rows) // 2),
        positive_share=shares[1] if kind == "binary" else None,
        levels=levels,
        missing_share=missing,
        # Of two equal rows one may be fitted on and the other tested on: twice the share that repeats another.
        identical_share=min(1.0, math.ceil(200 * repeated + 1) / 100),
        moments=False,
        class_shares=tuple(shares) if kind == "multiclass" else (),
        target_range=_range(plan) if kind == "regression" else None,
    )


def reference_of(plan: Plan, made: str) -> Profile:
    """Return the profile of the part of the rows that later files are compared with."""
    return make_reference(plan.examples, plan.fields, plan.data.name, made)


def limits_of(plan: Plan, reference: Profile) -> Limited:
    """Return limits that the data themselves keep, as narrow as usual where they can be."""
    usual = Limits()
    current = make_profile(split_parts(plan.examples).current, plan.fields)
    found = [*compare(current, reference, plan.fields, usual), *single_features(plan.examples, usual.auc)]
    apart = {
        symbol: [f.figures[symbol] for f in found if symbol in f.figures and not f.passed] for symbol in ("D", "V")
    }
    telling = {f.column: f.figures["auc"] for f in found if "auc" in f.figures and not f.passed}
    limits = Limits(
        alpha=usual.alpha,
        ks=max([usual.ks, *map(_stepped, apart["D"])]),
        cramers_v=max([usual.cramers_v, *map(_stepped, apart["V"])]),
        auc=min(1.0, max([usual.auc, *(math.ceil(100 * auc) / 100 for auc in telling.values())])),
    )
    return Limited(limits, telling)


def _levels(count: int) -> tuple[int, int]:
    return max(1, count // 2), 2 * count


def _share(rows: int, total: int) -> tuple[float, float]:
    share = rows / total
    least, most = share * (1 - ROOM), min(share * (1 + ROOM), 1 - (1 - share) * (1 - ROOM))
    return math.floor(1000 * least) / 1000, math.ceil(1000 * most) / 1000


def _range(plan: Plan) -> tuple[float, float]:
    target = plan.table.target
    bounds = infer(target, [repr(float(value)) for value in plan.examples.target])
    if isinstance(bounds, LeftOut) or bounds.kind == "category":
        return float(min(plan.examples.target)), float(max(plan.examples.target))
    return bounds.minimum, bounds.maximum


def _stepped(effect: float) -> float:
    return round(math.ceil(effect / EFFECT_STEP) * EFFECT_STEP, 2)
