"""The gates before a promotion: all of them are looked at, so that one run says all there is to mend."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.artifact.seals import SealInvalid, SealMissing
from challenge_neuralworks.errors import NeuralworksError
from challenge_neuralworks.lifecycle.compatibility import incompatibilities
from challenge_neuralworks.lifecycle.evidence import Bounds, Evidence, judge_shadow
from challenge_neuralworks.lifecycle.measures import judge_metrics, judge_slices
from challenge_neuralworks.lifecycle.verdicts import (
    CONFORMANCE,
    METRICS,
    NOTHING,
    SEAL,
    SIGNATURE,
    SLICES,
    Verdict,
    forced,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from challenge_neuralworks.lifecycle.margins import Margin
    from challenge_neuralworks.lifecycle.sides import Side, Trust
    from challenge_neuralworks.model import Model

LOADS = "loads with all its checks"
FIRST = "nothing to compare with"


class Demands(NamedTuple):
    """What is asked of a candidate beyond loading.

    margins : by how much metrics may be worse; see `read_margins`.
    shadow : bounds of the evidence; None where none is asked for.
    force : a gate that is overridden, "" for none.
    """

    margins: Mapping[str, Margin]
    shadow: Bounds | None = None
    force: str = ""


def judge(
    production: Side | None, candidate: Side, demands: Demands, trust: Trust, evidence: Evidence | None
) -> list[Verdict]:
    """Return the verdict of every gate.

    Parameters
    ----------
    production : None before the first promotion.
    evidence : of the candidate shadowing production; None where none is asked for, or there is nothing to shadow.
    """
    verdicts = judge_artifact(candidate, trust, demands.force)
    if production is None:
        verdicts += [Verdict(gate, "", NOTHING, NOTHING, FIRST, passed=True) for gate in (SIGNATURE, METRICS, SLICES)]
    else:
        verdicts += judge_signature(production, candidate)
        verdicts += judge_metrics(production.manifest, candidate.manifest, demands.margins)
        verdicts += judge_slices(production.evaluation, candidate.evaluation, demands.margins)
    if demands.shadow is not None:
        verdicts += judge_shadow(evidence or Evidence(), demands.shadow)
    return forced(verdicts, demands.force)


def judge_artifact(side: Side, trust: Trust, force: str = "") -> list[Verdict]:
    """Return the verdicts of loading a version: its seal as the policy asks, and all the other checks."""
    policy = trust.settings.unsigned if trust.settings.public_keys else "no key is set"
    try:
        model = trust.load(side)
    except (SealMissing, SealInvalid) as error:
        seal = Verdict(SEAL, "", NOTHING, f"{error.code}: {error}", policy, passed=False)
        return [*_judge_unsealed(side, trust, force), seal]
    except NeuralworksError as error:
        return [_failed(error)]
    return [_conforms(side), Verdict(SEAL, "", NOTHING, _seal_of(model), policy, passed=True)]


def judge_signature(production: Side, candidate: Side) -> list[Verdict]:
    """Return a verdict on each thing that would let production's callers down; one where there is none."""
    found = incompatibilities(production.manifest, candidate.manifest)
    ours, theirs = (f"{len(side.manifest.signature.fields)} fields" for side in (production, candidate))
    bound = "takes what production takes"
    if not found:
        return [Verdict(SIGNATURE, "", ours, theirs, bound, passed=True)]
    return [Verdict(SIGNATURE, "", ours, change, bound, passed=False) for change in found]


def _judge_unsealed(side: Side, trust: Trust, force: str) -> list[Verdict]:
    if force != SEAL:
        return [Verdict(CONFORMANCE, "", NOTHING, "not loaded before its seal holds", LOADS, passed=False)]
    try:
        trust.load(side, sealed=False)
    except NeuralworksError as error:
        return [_failed(error)]
    return [_conforms(side)]


def _conforms(side: Side) -> Verdict:
    return Verdict(CONFORMANCE, "", NOTHING, f"{len(side.manifest.golden)} golden instances", LOADS, passed=True)


def _failed(error: NeuralworksError) -> Verdict:
    return Verdict(CONFORMANCE, "", NOTHING, f"{error.code}: {error}", LOADS, passed=False)


def _seal_of(model: Model) -> str:
    seal = model.artifact.seal
    if seal is None:
        return "not looked at"
    status = seal.describe()
    return f"{status['status']}, key {status['key']}" if status["key"] else str(status["status"])
