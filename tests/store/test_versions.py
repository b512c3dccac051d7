"""Versions and aliases: written once, moved by compare-and-swap, in a folder and in S3 alike."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest

from challenge_neuralworks.artifact import read_manifest
from challenge_neuralworks.errors import DigestMismatch, ManifestInvalid, UnknownVersion
from challenge_neuralworks.store.aliases import MOST_MOVES
from challenge_neuralworks.store.errors import AliasInvalid, AliasMoved, ObjectTooLarge, UnknownAlias, VersionExists
from challenge_neuralworks.store.objects import Objects, open_objects
from challenge_neuralworks.store.versions import Pointer, Versions
from tests.making import edit_manifest, seal
from tests.store.place import Asked, Place


def overwrite(objects: Objects, key: str, content: bytes) -> None:
    """Put other bytes where an object is, as no publisher ever does."""
    objects.replace(key, content, getattr(objects.read(key), "etag", None))


def test_what_is_published_is_there(versions: Versions, tmp_path: Path) -> None:
    """A published version has the sealed folder's very manifest, and is listed."""
    sealed = seal(tmp_path)
    assert versions.publish(str(tmp_path / "toy")) == sealed.version
    assert (versions.names(), versions.versions("toy")) == (("toy",), (sealed.version,))
    assert versions.manifest("toy", sealed.version) == read_manifest(str(tmp_path / "toy"))


def test_the_same_bytes_again_change_nothing(versions: Versions, tmp_path: Path) -> None:
    """Publishing twice is publishing once."""
    version = seal(tmp_path).version
    versions.publish(str(tmp_path / "toy"))
    before = versions.objects.keys("")
    assert versions.publish(str(tmp_path / "toy")) == version
    assert versions.objects.keys("") == before


def test_a_version_is_never_rewritten(versions: Versions, tmp_path: Path) -> None:
    """Other bytes under a version that is there are refused, and what is there stays."""
    version = seal(tmp_path).version
    versions.publish(str(tmp_path / "toy"))
    edit_manifest(tmp_path / "toy", description="Another toy.")
    with pytest.raises(VersionExists) as refused:
        versions.publish(str(tmp_path / "toy"))
    assert (refused.value.name, refused.value.version, refused.value.finished) == ("toy", version, True)
    assert versions.manifest("toy", version).description == "A toy."


def test_extras_are_published_and_read(versions: Versions, tmp_path: Path) -> None:
    """A seal and an evaluation that lie beside the manifest go with it; one that is not there is None."""
    version = seal(tmp_path).version
    (tmp_path / "toy" / "seal.json").write_bytes(b"{}")
    versions.publish(str(tmp_path / "toy"))
    assert versions.file("toy", version, "seal.json") == b"{}"
    assert versions.file("toy", version, "evaluation.json") is None


def test_a_broken_artifact_is_not_published(versions: Versions, tmp_path: Path) -> None:
    """What does not have the bytes that were sealed never gets there."""
    (tmp_path / "toy" / seal(tmp_path).pickle.file).write_bytes(b"broken")
    with pytest.raises(DigestMismatch):
        versions.publish(str(tmp_path / "toy"))
    assert versions.objects.keys("") == ()


@pytest.mark.parametrize(("entry", "value"), [("version", "../up"), ("version", "aliases"), ("name", "../up")])
def test_a_name_that_leads_elsewhere_is_not_published(tmp_path: Path, entry: str, value: str) -> None:
    """A manifest names no place outside its own."""
    seal(tmp_path)
    edit_manifest(tmp_path / "toy", **{entry: value})
    with pytest.raises(ManifestInvalid, match="no name that a store can use"):
        Versions(open_objects(str(tmp_path / "store"))).publish(str(tmp_path / "toy"))


def test_an_unknown_version_lists_the_known(versions: Versions, tmp_path: Path) -> None:
    """The error says which versions there are."""
    version = seal(tmp_path).version
    versions.publish(str(tmp_path / "toy"))
    with pytest.raises(UnknownVersion, match=version):
        versions.manifest("toy", "0123456789ab")


def test_a_fetched_version_is_the_published_one(versions: Versions, tmp_path: Path) -> None:
    """Its files are equal, and what is there already is not downloaded again."""
    sealed = seal(tmp_path)
    versions.publish(str(tmp_path / "toy"))
    folder = Path(versions.fetch("toy", sealed.version, str(tmp_path / "cache")))
    assert folder == tmp_path / "cache" / "toy" / sealed.version
    for file in ("manifest.json", sealed.pickle.file):
        assert (folder / file).read_bytes() == (tmp_path / "toy" / file).read_bytes()
    made = (folder / "manifest.json").stat().st_ino
    versions.fetch("toy", sealed.version, str(tmp_path / "cache"))
    assert (folder / "manifest.json").stat().st_ino == made


def test_a_broken_download_is_replaced(versions: Versions, tmp_path: Path) -> None:
    """What broke on this machine is fetched again."""
    sealed = seal(tmp_path)
    versions.publish(str(tmp_path / "toy"))
    folder = Path(versions.fetch("toy", sealed.version, str(tmp_path / "cache")))
    (folder / sealed.pickle.file).write_bytes(b"")
    versions.fetch("toy", sealed.version, str(tmp_path / "cache"))
    assert (folder / sealed.pickle.file).stat().st_size == sealed.pickle.bytes


@pytest.mark.parametrize(("content", "error"), [(b"short", DigestMismatch), (b"x" * 100_000, ObjectTooLarge)])
def test_other_bytes_are_not_fetched(versions: Versions, tmp_path: Path, content: bytes, error: type) -> None:
    """A pickle that is shorter, or longer, than its manifest promises leaves nothing behind."""
    sealed = seal(tmp_path)
    versions.publish(str(tmp_path / "toy"))
    overwrite(versions.objects, f"toy/{sealed.version}/{sealed.pickle.file}", content)
    with pytest.raises(error):
        versions.fetch("toy", sealed.version, str(tmp_path / "cache"))
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


def test_a_manifest_of_another_model_is_not_read(versions: Versions, tmp_path: Path) -> None:
    """A version that was copied to another name does not pose as it."""
    version = seal(tmp_path).version
    text = (tmp_path / "toy" / "manifest.json").read_bytes()
    versions.objects.create(f"other/{version}/manifest.json", text)
    with pytest.raises(ManifestInvalid, match="'toy'"):
        versions.manifest("other", version)


def two_versions(versions: Versions, folder: Path) -> tuple[str, str]:
    """Publish two versions of the toy."""
    first = seal(folder).version
    versions.publish(str(folder / "toy"))
    second = seal(folder, threshold=0.25).version
    versions.publish(str(folder / "toy"))
    return first, second


def test_an_alias_says_where_it_was(versions: Versions, tmp_path: Path) -> None:
    """Each move counts, names what was before, who moved and why; what `move` returns is what `alias` reads."""
    first, second = two_versions(versions, tmp_path)
    assert versions.alias("toy", "production") is None
    one = versions.move("toy", "production", first, None, "ana", "first")
    two = versions.move("toy", "production", second, one, "ben", "better")
    assert versions.alias("toy", "production") == two
    assert (two.version, two.serial) == (second, 2)
    told = [(move.serial, move.version, move.previous, move.by, move.reason) for move in two.moves]
    assert told == [(1, first, None, "ana", "first"), (2, second, first, "ben", "better")]
    assert versions.aliased("production") == ("toy",)
    assert versions.aliased("candidate") == ()


def test_an_alias_points_at_what_is_there(versions: Versions, tmp_path: Path) -> None:
    """It cannot be moved to a version that the store does not have, nor have a name of another kind."""
    version = seal(tmp_path).version
    with pytest.raises(UnknownVersion):
        versions.move("toy", "production", version, None, "ana", "first")
    versions.publish(str(tmp_path / "toy"))
    with pytest.raises(UnknownAlias):
        versions.move("toy", "../up", version, None, "ana", "first")


def test_of_two_moves_at_once_one_wins(versions: Versions, tmp_path: Path) -> None:
    """Both planned from the same place: one is done, the other is told where the alias was expected and where it is."""
    first, second = two_versions(versions, tmp_path)
    planned = versions.move("toy", "production", first, None, "ana", "first")
    done: list[Pointer] = []
    refused: list[AliasMoved] = []
    together = Barrier(2)

    def move(version: str, by: str) -> None:
        together.wait()
        try:
            done.append(versions.move("toy", "production", version, planned, by, "mine"))
        except AliasMoved as error:
            refused.append(error)

    threads = [Thread(target=move, args=given) for given in ((first, "ben"), (second, "eva"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(done), len(refused)) == (1, 1)
    assert versions.alias("toy", "production") == done[0]
    assert refused[0].expected == f"{first} (move 1, moved by ana)"
    assert refused[0].found == f"{done[0].version} (move 2, moved by {done[0].moves[-1].by})"


@pytest.mark.parametrize("expected", [False, True])
def test_an_alias_that_was_made_or_is_gone_is_not_moved(versions: Versions, tmp_path: Path, *, expected: bool) -> None:
    """Expecting none where there is one is refused, and so is the other way round."""
    version = seal(tmp_path).version
    versions.publish(str(tmp_path / "toy"))
    other = Pointer(version, 1, '"0123456789abcdef0123456789abcdef"', ())
    if not expected:
        versions.move("toy", "production", version, None, "ana", "first")
    with pytest.raises(AliasMoved, match="no version at all"):
        versions.move("toy", "production", version, other if expected else None, "ben", "mine")


def test_a_move_whose_answer_was_lost_is_done(s3: Place, s3_objects: Objects, tmp_path: Path) -> None:
    """The repetition of a write that was done is refused by what it wrote itself: that is no conflict."""
    versions = Versions(s3_objects)
    version = seal(tmp_path).version
    versions.publish(str(tmp_path / "toy"))
    lost = ["lost"]
    s3.trouble = lambda asked: lost.pop() if asked.method == "PUT" and lost else ""
    moved = versions.move("toy", "production", version, None, "ana", "first")
    assert (lost, versions.alias("toy", "production")) == ([], moved)


def test_a_publication_whose_answers_were_lost_is_done(s3: Place, s3_objects: Objects, tmp_path: Path) -> None:
    """Each file is found to be there, with the very bytes."""
    versions = Versions(s3_objects)
    version = seal(tmp_path).version
    seen: set[str] = set()

    def lost_once(asked: Asked) -> str:
        again = asked.method != "PUT" or asked.path in seen
        seen.update([asked.path] if asked.method == "PUT" else [])
        return "" if again else "lost"

    s3.trouble = lost_once
    assert versions.publish(str(tmp_path / "toy")) == version
    assert len(seen) == 2
    assert versions.versions("toy") == (version,)


def test_old_moves_are_dropped(versions: Versions, tmp_path: Path) -> None:
    """A document keeps the last 500 moves, and goes on counting."""
    version = seal(tmp_path).version
    versions.publish(str(tmp_path / "toy"))
    pointer = versions.move("toy", "production", version, None, "ana", "first")
    move = pointer.moves[0]
    many = pointer._replace(serial=600, moves=tuple(move._replace(serial=101 + n) for n in range(MOST_MOVES)))
    after = versions.move("toy", "production", version, many, "ana", "again")
    assert (after.serial, len(after.moves), after.moves[0].serial, after.moves[-1].serial) == (601, 500, 102, 601)


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"model": "other"},
        {"alias": "candidate"},
        {"version": 7},
        {"version": "../up"},
        {"serial": "1"},
        {"moves": [{}]},
        {"moves": None},
    ],
)
def test_a_document_that_is_none_is_refused(versions: Versions, change: dict[str, Any]) -> None:
    """Whatever stands in an alias's place, it is read as one or refused with its key."""
    sound = {"format": 1, "model": "toy", "alias": "production", "version": "1", "serial": 1, "moves": []}
    versions.objects.create("toy/aliases/production.json", json.dumps(sound | change).encode())
    with pytest.raises(AliasInvalid) as refused:
        versions.alias("toy", "production")
    assert refused.value.key == "toy/aliases/production.json"


@pytest.mark.parametrize("text", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 100_000])
def test_no_json_is_no_document(tmp_path: Path, text: bytes) -> None:
    """Bytes that are no JSON object are refused, not raised through."""
    versions = Versions(open_objects(str(tmp_path)))
    versions.objects.create("toy/aliases/production.json", text)
    with pytest.raises(AliasInvalid):
        versions.alias("toy", "production")
