"""Promoting a version: gates first, then the alias moves by compare-and-swap, audit line and all in one write."""

from __future__ import annotations

from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.lifecycle.evidence import Pair
from challenge_neuralworks.lifecycle.gates import judge
from challenge_neuralworks.lifecycle.refusing import GatesClosed, Refused
from challenge_neuralworks.lifecycle.returning import served_before
from challenge_neuralworks.lifecycle.sides import fetch_side
from challenge_neuralworks.lifecycle.verdicts import Verdict, closed
from challenge_neuralworks.store.versions import CANDIDATE, PRODUCTION

if TYPE_CHECKING:
    from challenge_neuralworks.lifecycle.evidence import Evidence, Source
    from challenge_neuralworks.lifecycle.gates import Demands
    from challenge_neuralworks.lifecycle.sides import Trust
    from challenge_neuralworks.store.versions import Pointer, Versions

PASSED = "gates passed"


class Trial(NamedTuple):
    """A version that has been through the gates.

    before : where production was when the trial began; the move is refused once it is elsewhere.
    """

    name: str
    version: str
    before: Pointer | None
    verdicts: tuple[Verdict, ...]

    @property
    def is_served(self) -> bool:
        """Whether production is at that version already, so that there is nothing to do."""
        return self.before is not None and self.before.version == self.version


def put_on_trial(
    versions: Versions, name: str, version: str, demands: Demands, trust: Trust, source: Source | None = None
) -> Trial:
    """Return what the gates say of a version; nothing is changed.

    Parameters
    ----------
    source : where evidence of shadowing comes from; asked only where ``demands`` has bounds for it.

    Raises
    ------
    NeuralworksError : the version or production's cannot be fetched, or the evidence not be read.
    """
    before = versions.alias(name, PRODUCTION)
    if before is not None and before.version == version:
        return Trial(name, version, before, ())
    with TemporaryDirectory(prefix="neuralworks-") as folder:
        candidate = fetch_side(versions, name, version, folder)
        production = None if before is None else fetch_side(versions, name, before.version, folder)
        evidence = _evidence(name, version, before, source) if demands.shadow is not None else None
        return Trial(name, version, before, tuple(judge(production, candidate, demands, trust, evidence)))


def promote(versions: Versions, trial: Trial, by: str, reason: str) -> Pointer:
    """Point production at a version that has passed its gates, and return where it is now.

    Raises
    ------
    GatesClosed : it has not; nothing was moved.
    AliasMoved : somebody else moved production since the trial began.
    """
    check_gates(trial)
    return versions.move(trial.name, PRODUCTION, trial.version, trial.before, by, reason)


def check_gates(trial: Trial) -> None:
    """Raise `GatesClosed` unless a version has passed its gates."""
    gates = closed(list(trial.verdicts))
    if gates:
        raise GatesClosed(trial.name, trial.version, gates)


def keep_shadow(versions: Versions, name: str, now: Pointer, by: str) -> Pointer | None:
    """Point candidate at the version that production's last move replaced, so that it shadows; None where it had none.

    Parameters
    ----------
    now : where production is.
    """
    replaced, candidate = now.moves[-1].previous, versions.alias(name, CANDIDATE)
    if replaced is None or (candidate is not None and candidate.version == replaced):
        return candidate
    return versions.move(name, CANDIDATE, replaced, candidate, by, f"shadows {now.version}, which replaced it")


def refuse_return(trial: Trial) -> None:
    """Raise where the candidate is one that production was moved on from: it only shadows.

    Raises
    ------
    Refused : says how to go back.
    """
    before = trial.before
    if before is not None and not trial.is_served and trial.version in served_before(before.moves):
        raise Refused(
            f"the candidate of {trial.name}, {trial.version}, was served before {before.version} and shadows it: "
            f"'neuralworks rollback {trial.name}' goes back to it; to promote another version, name it"
        )


def reason_of(trial: Trial, given: str) -> str:
    """Return the reason for the audit line: what was given, and by name the gate that was overridden."""
    gates = dict.fromkeys(one.gate for one in trial.verdicts if one.forced)
    if gates:
        return f"forced {', '.join(gates)}: {given}"
    return given or PASSED


def _evidence(name: str, version: str, before: Pointer | None, source: Source | None) -> Evidence | None:
    if before is None or source is None:
        return None
    return source.look(Pair(name, before.version, version, before.moves[-1].at))
