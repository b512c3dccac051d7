"""A version is promoted once it has passed every gate: by one write, by one of two who try, back and forth."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from challenge_neuralworks.artifact import Golden
from challenge_neuralworks.errors import DigestMismatch
from challenge_neuralworks.lifecycle.evidence import Bounds, Evidence, Pair, Source
from challenge_neuralworks.lifecycle.gates import Demands
from challenge_neuralworks.lifecycle.keys import new_seal_key, seal_keys_in
from challenge_neuralworks.lifecycle.promoting import (
    Trial,
    keep_shadow,
    promote,
    put_on_trial,
    reason_of,
    refuse_return,
)
from challenge_neuralworks.lifecycle.refusing import GatesClosed, Refused
from challenge_neuralworks.lifecycle.returning import former_version, return_to, way_back
from challenge_neuralworks.lifecycle.sides import Trust, resolve
from challenge_neuralworks.lifecycle.signing import sign
from challenge_neuralworks.lifecycle.telling import audit_line
from challenge_neuralworks.settings import Settings
from challenge_neuralworks.signature import Signature
from challenge_neuralworks.store.errors import AliasMoved, UnknownAlias
from challenge_neuralworks.store.versions import Move, Versions
from tests.lifecycle.storing import evaluation, point, published, sealed
from tests.making import INSTANCE, TOY

PLAIN = Demands({})
GOOD = {"random_split": {"auc": 0.75}}


class Told(Source):
    """Evidence that a test states; notes whose it was asked for."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.asked: list[Pair] = []

    def look(self, pair: Pair) -> Evidence:
        """Return it."""
        self.asked.append(pair)
        return self.evidence


def gates_of(trial: Trial) -> dict[str, bool]:
    """Return which gates a version passes."""
    found: dict[str, bool] = {}
    for verdict in trial.verdicts:
        found[verdict.gate] = found.get(verdict.gate, True) and verdict.passed
    return found


def pair(versions: Versions, folder: Path, **changes: Any) -> tuple[str, str]:
    """Publish two versions, the first of them in production; return both."""
    before = published(versions, folder / "a", metrics=GOOD)
    point(versions, "production", before)
    return before, published(versions, folder / "b", **{"base": -0.4, "metrics": GOOD, **changes})


def test_a_version_that_passes_is_promoted(tmp_path: Path, versions: Versions, trust: Trust) -> None:
    """Production is there, and its last move says from where, by whom and why."""
    before, after = pair(versions, tmp_path)
    trial = put_on_trial(versions, "toy", after, PLAIN, trust)
    assert gates_of(trial) == dict.fromkeys(("conformance", "seal", "signature", "metrics", "slices"), True)
    pointer = promote(versions, trial, "ada@host", reason_of(trial, ""))
    found = versions.alias("toy", "production")
    assert found == pointer
    assert (pointer.version, pointer.serial) == (after, 2)
    move = pointer.moves[-1]
    assert (move.previous, move.by, move.reason) == (before, "ada@host", "gates passed")
    line = f"toy production 2: {before} -> {after} at {move.at} by ada@host: gates passed"
    assert audit_line("toy", "production", move) == line


def test_the_first_promotion_has_nothing_to_compare_with(tmp_path: Path, versions: Versions, trust: Trust) -> None:
    """It must load all the same."""
    version = published(versions, tmp_path)
    trial = put_on_trial(versions, "toy", version, PLAIN, trust)
    assert all(gates_of(trial).values())
    assert promote(versions, trial, "tester", "").moves[-1].previous is None


def test_a_version_that_is_served_needs_no_gates(tmp_path: Path, versions: Versions, trust: Trust) -> None:
    """Promoting twice is promoting once."""
    before, _ = pair(versions, tmp_path)
    trial = put_on_trial(versions, "toy", before, PLAIN, trust)
    assert (trial.is_served, trial.verdicts) == (True, ())


@pytest.mark.parametrize(
    ("changes", "gate"),
    [
        ({"metrics": {"random_split": {"auc": 0.7}}}, "metrics"),
        ({"signature": Signature((*TOY.fields[:2], TOY.fields[2]._replace(maximum=8), TOY.fields[3]))}, "signature"),
        ({"classes": ("yes", "no")}, "signature"),
    ],
)
def test_a_closed_gate_keeps_production_where_it_is(
    tmp_path: Path, versions: Versions, trust: Trust, changes: dict[str, Any], gate: str
) -> None:
    """The error names the gate; overriding another one does not help, overriding this one does and is on record."""
    before, after = pair(versions, tmp_path, **changes)
    for force in ("", "slices"):
        trial = put_on_trial(versions, "toy", after, Demands({}, force=force), trust)
        assert [name for name, passed in gates_of(trial).items() if not passed] == [gate]
        with pytest.raises(GatesClosed, match=f"{after} is not promoted, nothing was moved: {gate} closed") as refused:
            promote(versions, trial, "tester", "")
        assert refused.value.gates == (gate,)
    kept = versions.alias("toy", "production")
    assert kept is not None
    assert kept.version == before
    trial = put_on_trial(versions, "toy", after, Demands({}, force=gate), trust)
    assert [one.word for one in trial.verdicts if one.gate == gate] == ["forced"]
    moved = promote(versions, trial, "tester", reason_of(trial, "agreed with all callers"))
    assert (moved.version, moved.moves[-1].reason) == (after, f"forced {gate}: agreed with all callers")


def test_forcing_a_gate_that_is_open_is_not_on_record(tmp_path: Path, versions: Versions, trust: Trust) -> None:
    """The audit line says what was overridden, not what was offered."""
    _, after = pair(versions, tmp_path)
    trial = put_on_trial(versions, "toy", after, Demands({}, force="metrics"), trust)
    assert reason_of(trial, "in a hurry") == "in a hurry"


def test_worse_slices_close_the_gate(tmp_path: Path, versions: Versions, trust: Trust) -> None:
    """The evaluation is the one beside the version in the store."""
    for name, base, auc in (("a", -0.5, 0.8), ("b", -0.4, 0.7)):
        manifest = sealed(tmp_path / name, base, metrics=GOOD)
        told = evaluation(slices={"red": (auc, auc + 0.01)})
        (tmp_path / name / "toy" / "evaluation.json").write_text(json.dumps(told))
        versions.publish(str(tmp_path / name / "toy"))
        if name == "a":
            point(versions, "production", manifest.version)
    trial = put_on_trial(versions, "toy", manifest.version, PLAIN, trust)
    assert gates_of(trial)["slices"] is False
    assert trial.verdicts[-1].candidate == "1 worse: colour=red auc 0.8 -> 0.7"


def test_a_version_that_does_not_load_is_never_promoted(tmp_path: Path, versions: Versions, trust: Trust) -> None:
    """Its digest is right and its golden predictions are not: the gate says so, and nothing overrides it."""
    before, _ = pair(versions, tmp_path)
    wrong = published(versions, tmp_path / "c", -0.3, metrics=GOOD, golden=(Golden(dict(INSTANCE), (0.5, 0.5)),))
    trial = put_on_trial(versions, "toy", wrong, PLAIN, trust)
    assert gates_of(trial)["conformance"] is False
    assert "golden-mismatch" in trial.verdicts[0].candidate
    with pytest.raises(GatesClosed, match="conformance closed"):
        promote(versions, trial, "tester", "")
    kept = versions.alias("toy", "production")
    assert kept is not None
    assert kept.version == before


def test_a_version_without_seal_is_stopped_where_the_policy_refuses(tmp_path: Path, versions: Versions) -> None:
    """A sealed one is let through, and says by which key; forcing the seal loads it all the same."""
    key = tmp_path / "seal.pem"
    keys = seal_keys_in(new_seal_key(key))
    trust = Trust(Settings(public_keys=keys, unsigned="refuse"), lambda sentence: None)
    _, unsealed = pair(versions, tmp_path)
    trial = put_on_trial(versions, "toy", unsealed, PLAIN, trust)
    assert [name for name, passed in gates_of(trial).items() if not passed] == ["conformance", "seal"]
    trial = put_on_trial(versions, "toy", unsealed, Demands({}, force="seal"), trust)
    assert [one.word for one in trial.verdicts[:2]] == ["passed", "forced"]
    manifest = sealed(tmp_path / "c", -0.3, metrics=GOOD)
    sign(tmp_path / "c" / "toy", key)
    versions.publish(str(tmp_path / "c" / "toy"))
    trial = put_on_trial(versions, "toy", manifest.version, PLAIN, trust)
    assert all(gates_of(trial).values())
    assert trial.verdicts[1].candidate.startswith("verified, key ")


def test_an_evaluation_that_was_changed_under_its_seal_is_not_believed(tmp_path: Path, versions: Versions) -> None:
    """Whoever can write to the store must not be able to open the gate of slices."""
    key = tmp_path / "seal.pem"
    trust = Trust(Settings(public_keys=seal_keys_in(new_seal_key(key)), unsigned="refuse"), lambda sentence: None)
    manifest = sealed(tmp_path / "a", metrics=GOOD)
    path = tmp_path / "a" / "toy" / "evaluation.json"
    path.write_text(json.dumps(evaluation()))
    sign(tmp_path / "a" / "toy", key)
    versions.publish(str(tmp_path / "a" / "toy"))
    assert all(gates_of(put_on_trial(versions, "toy", manifest.version, PLAIN, trust)).values())
    stored = tmp_path / "store" / "toy" / manifest.version / "evaluation.json"
    stored.write_text(json.dumps(evaluation(0.99)))
    trial = put_on_trial(versions, "toy", manifest.version, PLAIN, trust)
    assert gates_of(trial)["seal"] is False


def test_evidence_is_asked_of_the_pair_since_production_moved(tmp_path: Path, versions: Versions, trust: Trust) -> None:
    """Only where bounds ask for it; bounds decide."""
    before, after = pair(versions, tmp_path)
    moved = versions.alias("toy", "production")
    assert moved is not None
    source = Told(Evidence(rows=100, flips=5, most=0.2))
    put_on_trial(versions, "toy", after, PLAIN, trust, source)
    assert source.asked == []
    trial = put_on_trial(versions, "toy", after, Demands({}, Bounds(100, 0.05, 0.2)), trust, source)
    assert gates_of(trial)["shadow"] is True
    assert source.asked == [Pair("toy", before, after, moved.moves[-1].at)]
    trial = put_on_trial(versions, "toy", after, Demands({}, Bounds(100, 0.04)), trust, source)
    assert gates_of(trial)["shadow"] is False


def test_before_the_first_promotion_nothing_can_have_shadowed(tmp_path: Path, versions: Versions, trust: Trust) -> None:
    """Who asks for evidence all the same is told that there is none."""
    version = published(versions, tmp_path)
    source = Told(Evidence(rows=100))
    trial = put_on_trial(versions, "toy", version, Demands({}, Bounds(1)), trust, source)
    assert (gates_of(trial)["shadow"], source.asked) == (False, [])


def test_of_two_promotions_at_once_one_wins(tmp_path: Path, versions: Versions, trust: Trust) -> None:
    """Both have passed their gates against the same production; the other is told where it is now."""
    _, after = pair(versions, tmp_path)
    other = published(versions, tmp_path / "c", -0.3, metrics=GOOD)
    trials = [put_on_trial(versions, "toy", version, PLAIN, trust) for version in (after, other)]
    outcomes: list[Any] = []
    together = threading.Barrier(2)

    def run(trial: Trial) -> None:
        together.wait()
        try:
            outcomes.append(promote(versions, trial, "tester", "").version)
        except AliasMoved as error:
            outcomes.append(error)

    threads = [threading.Thread(target=run, args=(trial,)) for trial in trials]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (won,) = [one for one in outcomes if isinstance(one, str)]
    (lost,) = [one for one in outcomes if isinstance(one, AliasMoved)]
    now = versions.alias("toy", "production")
    assert now is not None
    assert (now.version, now.serial) == (won, 2)
    assert won in lost.found


def test_a_promotion_of_gates_passed_against_another_production_is_refused(
    tmp_path: Path, versions: Versions, trust: Trust
) -> None:
    """What was compared with the version before says nothing of the one that is there now, however much later."""
    _, after = pair(versions, tmp_path)
    other = published(versions, tmp_path / "c", -0.3, metrics=GOOD)
    first, second = (put_on_trial(versions, "toy", version, PLAIN, trust) for version in (after, other))
    promote(versions, first, "tester", "")
    with pytest.raises(AliasMoved, match=rf"but is at {after} \(move 2, moved by tester\)"):
        promote(versions, second, "tester", "")


def test_the_former_version_is_kept_as_the_candidate(tmp_path: Path, versions: Versions, trust: Trust) -> None:
    """So that it shadows; a second time changes nothing."""
    before, after = pair(versions, tmp_path)
    point(versions, "candidate", after)
    trial = put_on_trial(versions, "toy", after, PLAIN, trust)
    now = promote(versions, trial, "tester", "")
    kept = keep_shadow(versions, "toy", now, "tester")
    assert kept is not None
    assert (kept.version, kept.moves[-1].reason) == (before, f"shadows {after}, which replaced it")
    assert keep_shadow(versions, "toy", now, "tester") == kept


def test_what_only_shadows_is_not_promoted_by_mistake(tmp_path: Path, versions: Versions, trust: Trust) -> None:
    """After a promotion the candidate is the version before: promoting it would be a rollback that nobody asked for."""
    before, after = pair(versions, tmp_path)
    point(versions, "production", after)
    with pytest.raises(Refused, match=f"{before}, was served before {after} and shadows it: 'neuralworks rollback"):
        refuse_return(put_on_trial(versions, "toy", before, PLAIN, trust))
    other = published(versions, tmp_path / "c", -0.3, metrics=GOOD)
    for version in (after, other):
        refuse_return(put_on_trial(versions, "toy", version, PLAIN, trust))


def moves(*served: str) -> list[Move]:
    """Return the moves that had each version served in turn."""
    before = (None, *served)
    return [Move(n, to, before[n - 1], "", "", "") for n, to in enumerate(served, 1)]


@pytest.mark.parametrize(
    ("served", "former"),
    [
        ("a", None),
        ("ab", "a"),
        ("abc", "b"),
        ("aba", None),
        ("abcb", "a"),
        ("abcba", None),
        ("abab", "a"),
        ("abcbd", "b"),
        ("abca", None),
    ],
)
def test_the_way_back_never_leads_to_what_was_left(served: str, former: str | None) -> None:
    """A second rollback goes one further back, not to the version that the first one took away."""
    assert former_version(moves(*served)) == former


def test_the_way_back_is_known_from_a_cut_list_of_moves() -> None:
    """A document keeps the newest only; its oldest says where it came from."""
    assert former_version([Move(501, "c", "b", "", "", "")]) == "b"


def test_production_goes_back(tmp_path: Path, versions: Versions, trust: Trust) -> None:
    """To the version before; then there is none, unless one is named."""
    before, after = pair(versions, tmp_path)
    promote(versions, put_on_trial(versions, "toy", after, PLAIN, trust), "tester", "")
    now, version = way_back(versions, "toy", "", trust)
    assert (now.version, version) == (after, before)
    moved = return_to(versions, "toy", now, version, "tester", "rolled back")
    assert (moved.version, moved.moves[-1].reason) == (before, "rolled back")
    with pytest.raises(Refused, match=f"nothing was served before {before} of toy: name a version with --to"):
        way_back(versions, "toy", "", trust)
    assert way_back(versions, "toy", after, trust)[1] == after
    with pytest.raises(Refused, match=f"toy is at {before} already"):
        way_back(versions, "toy", "production", trust)
    with pytest.raises(AliasMoved, match="look again"):
        return_to(versions, "toy", now, version, "tester", "too late")


def test_there_is_no_way_back_to_what_does_not_load(tmp_path: Path, versions: Versions, trust: Trust) -> None:
    """Functions would keep what they have, and nobody would know."""
    before, after = pair(versions, tmp_path)
    promote(versions, put_on_trial(versions, "toy", after, PLAIN, trust), "tester", "")
    pickle = next((tmp_path / "store" / "toy" / before).glob("*.pkl"))
    pickle.write_bytes(b"another")
    with pytest.raises(DigestMismatch, match="the manifest seals SHA-256"):
        way_back(versions, "toy", "", trust)


def test_what_is_not_there_is_named(tmp_path: Path, versions: Versions, trust: Trust) -> None:
    """With what there is, and what to do."""
    version = published(versions, tmp_path)
    with pytest.raises(Refused, match=rf"no alias and no version 'v2' .* versions: {version}\. 'neuralworks publish"):
        resolve(versions, "toy", "v2")
    assert resolve(versions, "toy", version) == version
    with pytest.raises(UnknownAlias):
        way_back(versions, "toy", "", trust)
