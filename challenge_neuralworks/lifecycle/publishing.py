"""Publishing a version: its files laid out as they will be, proven to load, and only then written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.artifact.loading import read_sealed
from challenge_neuralworks.artifact.manifest import FILE_NAME, read_content, read_manifest
from challenge_neuralworks.lifecycle.refusing import Refused
from challenge_neuralworks.lifecycle.sides import Side, read_evaluation
from challenge_neuralworks.store.versions import EVALUATION, SEAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from challenge_neuralworks.artifact.manifest import Manifest
    from challenge_neuralworks.lifecycle.sides import Trust
    from challenge_neuralworks.store.versions import Pointer, Versions

HALF_A_DIGIT = 5e-7
"""Manifests state metrics to six digits; an evaluation of more is still that of the version."""


class Part(NamedTuple):
    """One file of a version, and where it comes from; "the store" where it is there already."""

    file: str
    bytes: int
    origin: str


class Plan(NamedTuple):
    """What publishing will do.

    folder : a copy of the version's files as they will be in the store.
    is_there : the store has the version; nothing but a missing seal can be added to it.
    alias : which is pointed at the version, "" for none.
    before : where that alias is.
    """

    manifest: Manifest
    folder: Path
    parts: tuple[Part, ...]
    is_there: bool
    alias: str
    before: Pointer | None

    @property
    def moves(self) -> bool:
        """Whether the alias has to be moved."""
        return bool(self.alias) and (self.before is None or self.before.version != self.manifest.version)


def plan_publication(
    versions: Versions, name: str, source: Path, evaluations: Sequence[Path], alias: str, into: Path
) -> Plan:
    """Return what publishing the artifact of a folder means, its files copied into another; the store is only read.

    Parameters
    ----------
    evaluations : files of which the first that is of this very version goes along.
    into : an empty folder.

    Raises
    ------
    Refused : the folder holds another model.
    ArtifactError : it holds no sound artifact.
    VersionExists : by `carry_out`, where the store has the version with other bytes.
    """
    manifest = read_manifest(str(source))
    if manifest.name != name:
        raise Refused(f"{source} holds the model {manifest.name!r}: publish that, or name another folder with --from")
    is_there = versions.file(name, manifest.version, FILE_NAME) is not None
    contents = dict(_contents(manifest, source, evaluations, versions, is_there=is_there))
    for file, (content, _) in contents.items():
        (into / file).write_bytes(content)
    parts = tuple(Part(file, len(content), origin) for file, (content, origin) in contents.items())
    return Plan(manifest, into, parts, is_there, alias, versions.alias(name, alias) if alias else None)


def check(plan: Plan, trust: Trust) -> str:
    """Return in words that the files of a plan load with all their checks, the seal's as the policy asks.

    Raises
    ------
    NeuralworksError : whichever check failed.
    """
    model = trust.load(Side(plan.manifest, None, str(plan.folder)))
    return f"conforms: loads with all its checks, {len(model.artifact.manifest.golden)} golden instances come out"


def carry_out(versions: Versions, plan: Plan, by: str, reason: str) -> Pointer | None:
    """Write the files, manifest last, then move the alias; return where that is, None without one.

    A process that is killed in between leaves a version that nobody sees, or one without the alias: publish again.

    Raises
    ------
    VersionExists : the store has the version with other bytes, which stay.
    AliasMoved : somebody else moved the alias since the plan was made; the version is there.
    """
    versions.publish(str(plan.folder))
    if not plan.moves:
        return plan.before
    return versions.move(plan.manifest.name, plan.alias, plan.manifest.version, plan.before, by, reason)


def is_of(evaluation: Mapping[str, Any] | None, manifest: Manifest) -> bool:
    """Return whether an evaluation is that of a version: of each split, just the metrics that its manifest states."""
    if evaluation is None or evaluation.get("model") != manifest.name or not evaluation["splits"]:
        return False
    return all(_agrees(split, manifest.metrics.get(split.get("name"))) for split in evaluation["splits"])


def _agrees(split: Mapping[str, Any], stated: Any) -> bool:
    if not isinstance(stated, dict):
        return False
    both = [(metric["value"], stated[name]) for name, metric in split["metrics"].items() if name in stated]
    return bool(both) and all(
        ours == theirs or (None not in (ours, theirs) and abs(ours - theirs) <= HALF_A_DIGIT) for ours, theirs in both
    )


def _contents(
    manifest: Manifest, source: Path, evaluations: Sequence[Path], versions: Versions, *, is_there: bool
) -> Iterator[tuple[str, tuple[bytes, str]]]:
    pickle = manifest.pickle.file
    yield FILE_NAME, (read_content(str(source)), str(source))
    yield pickle, (read_sealed(str(source / pickle), manifest), str(source))
    # What is in the store stays as it is, whoever put it there: a seal differs from one signing to the next.
    held = {file: versions.file(manifest.name, manifest.version, file) for file in (EVALUATION, SEAL)}
    for file, content in held.items():
        if content is not None:
            yield file, (content, "the store")
    if held[EVALUATION] is None and not is_there:
        yield from _evaluation(manifest, (source / EVALUATION, *evaluations))
    if held[SEAL] is None and (source / SEAL).is_file():
        yield SEAL, ((source / SEAL).read_bytes(), str(source))


def _evaluation(manifest: Manifest, paths: Sequence[Path]) -> Iterator[tuple[str, tuple[bytes, str]]]:
    for path in paths:
        content = path.read_bytes() if path.is_file() else None
        if content is not None and is_of(read_evaluation(content), manifest):
            yield EVALUATION, (content, str(path))
            return
