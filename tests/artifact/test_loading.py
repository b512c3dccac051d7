"""Sealed artifacts: nothing is unpickled before its digest is verified, and little may be then."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from challenge_neuralworks.artifact import load, read_manifest
from challenge_neuralworks.artifact.digest import digest
from challenge_neuralworks.errors import DigestMismatch, ForbiddenImport, ManifestInvalid, PickleInvalid
from challenge_neuralworks.scorers.additive import AdditiveScorer
from tests.making import INSTANCE, ROOT, TOY, TOY_SCORER, edit_manifest, seal


def replace_pickle(folder: Path, content: bytes, imports: list[str]) -> None:
    """Put other bytes into an artifact and seal them with their own, right digest."""
    name = read_manifest(str(folder)).pickle.file
    (folder / name).write_bytes(content)
    edit_manifest(folder, pickle__sha256=digest(content), pickle__bytes=len(content), pickle__imports=imports)


class Attack:
    """Pickles as a call of any function."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> tuple[Any, ...]:
        return self.call


def test_an_artifact_comes_back_as_it_was_sealed(tmp_path: Path) -> None:
    """Scorer, signature and manifest survive the round trip."""
    sealed = seal(tmp_path)
    loaded = load(str(tmp_path / "toy"))
    assert loaded.manifest == sealed
    assert loaded.manifest.signature == TOY
    assert loaded.scorer.predict(INSTANCE) == TOY_SCORER.predict(INSTANCE)
    assert sealed.pickle.imports == ("challenge_neuralworks.scorers.additive:AdditiveScorer",)


def test_a_flipped_byte_is_refused_naming_both_digests(tmp_path: Path) -> None:
    """A pickle of another digest is not unpickled; the error has the sealed digest and the found one."""
    sealed = seal(tmp_path)
    path = tmp_path / "toy" / sealed.pickle.file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(DigestMismatch) as refused:
        load(str(tmp_path / "toy"))
    assert refused.value.sealed == sealed.pickle.sha256
    assert refused.value.found == digest(bytes(content))
    assert refused.value.sealed in str(refused.value)
    assert refused.value.found in str(refused.value)


@pytest.mark.parametrize("change", [b"", b"more"])
def test_a_truncated_or_lengthened_pickle_is_refused(tmp_path: Path, change: bytes) -> None:
    """Any other length is another digest."""
    path = tmp_path / "toy" / seal(tmp_path).pickle.file
    path.write_bytes(path.read_bytes() + change if change else path.read_bytes()[:-1])
    with pytest.raises(DigestMismatch):
        load(str(tmp_path / "toy"))


@pytest.mark.parametrize("function", ["os:system", "posix:system", "builtins:eval", "builtins:getattr"])
@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("holds", ["scorer", "estimator"])
def test_code_in_a_pickle_is_never_run(tmp_path: Path, function: str, listed: bool, holds: str) -> None:
    """Even with a right digest, and even when the manifest itself allows it, a function is refused unexecuted."""
    seal(tmp_path)
    module, _, name = function.partition(":")
    proof = tmp_path / "executed"
    command = f"__import__('pathlib').Path({str(proof)!r}).touch()" if name == "eval" else f"touch {proof}"
    attack = pickle.dumps(Attack(getattr(__import__(module), name), command))
    # os.system pickles under its real module: ask for the wanted one.
    attack = attack.replace(b"posix", module.encode()) if module in ("os", "posix") and len(module) == 5 else attack
    asked = "posix:system" if name == "system" else function
    replace_pickle(tmp_path / "toy", attack, [asked] if listed else [])
    edit_manifest(tmp_path / "toy", pickle__holds=holds)
    with pytest.raises(ForbiddenImport) as refused:
        load(str(tmp_path / "toy"))
    assert f"{refused.value.module}:{refused.value.name}" == asked
    assert not proof.exists()


@pytest.mark.parametrize(
    "asked",
    [
        "challenge_neuralworks.scorers.links:exp",
        "challenge_neuralworks.scorers.links:sigmoid",
        "challenge_neuralworks.scorers.links:LINKS",
        "challenge_neuralworks.scorers.additive:LookupTerm",
        "challenge_neuralworks.scorers.additive:NamedTuple",
        "challenge_neuralworks.scorers.additive:AdditiveScorer.__init__",
        "challenge_neuralworks.scorers.additive:Scorer",
        "challenge_neuralworks.store.folder:FolderStore",
    ],
)
def test_only_scorer_classes_are_importable(tmp_path: Path, asked: str) -> None:
    """Of the scorers' own modules, a pickle may name the classes they define and nothing they merely use."""
    seal(tmp_path)
    module, _, name = asked.partition(":")
    content = b"\x80\x04" + b"\x8c" + bytes([len(module)]) + module.encode()
    content += b"\x8c" + bytes([len(name)]) + name.encode() + b"\x93."
    replace_pickle(tmp_path / "toy", content, [asked])
    with pytest.raises(ForbiddenImport):
        load(str(tmp_path / "toy"))


def test_dill_cannot_be_asked_for_the_types_that_functions_are_made_of(tmp_path: Path) -> None:
    """Dill names built-in types by a function of its own; CodeType is not among those it may return."""
    seal(tmp_path)
    content = b"\x80\x02cdill._dill\n_load_type\nX\x08\x00\x00\x00CodeType\x85R."
    replace_pickle(tmp_path / "toy", content, ["dill._dill:_load_type"])
    edit_manifest(tmp_path / "toy", pickle__holds="estimator")
    with pytest.raises(ForbiddenImport, match="CodeType"):
        load(str(tmp_path / "toy"))


def test_a_pickle_cannot_change_the_class_for_other_models(tmp_path: Path) -> None:
    """A BUILD opcode on the class itself would reach every model of the process: refused."""
    seal(tmp_path)
    before = AdditiveScorer.predict
    state = pickle.dumps((None, {"predict": 1}), protocol=2)[2:-1]
    content = b"\x80\x02cchallenge_neuralworks.scorers.additive\nAdditiveScorer\n" + state + b"b."
    replace_pickle(tmp_path / "toy", content, ["challenge_neuralworks.scorers.additive:AdditiveScorer"])
    with pytest.raises(PickleInvalid):
        load(str(tmp_path / "toy"))
    assert AdditiveScorer.predict is before


@pytest.mark.parametrize(
    "content", [b"", b".", b"garbage", pickle.dumps({"a": 1}), pickle.dumps(None), b"\x80\x04K\x01"]
)
def test_what_is_no_scorer_is_refused(tmp_path: Path, content: bytes) -> None:
    """Bytes of a right digest that hold something else are an artifact's fault, not a crash."""
    seal(tmp_path)
    replace_pickle(tmp_path / "toy", content, [])
    with pytest.raises(PickleInvalid):
        load(str(tmp_path / "toy"))


def test_a_missing_pickle_is_named(tmp_path: Path) -> None:
    """The error says which file could not be read."""
    path = tmp_path / "toy" / seal(tmp_path).pickle.file
    path.unlink()
    with pytest.raises(PickleInvalid, match=path.name):
        load(str(tmp_path / "toy"))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", 2),
        ("format", None),
        ("classes", ["one"]),
        ("classes", [None, 1]),
        ("threshold", 2),
        ("threshold", True),
        ("threshold", "0.5"),
        ("golden", []),
        ("golden", [{"instance": {}, "prediction": [1.0]}]),
        ("golden", [5]),
        ("signature", [{}]),
        ("signature", None),
        ("name", 5),
        ("pickle__file", "../other/model.pkl"),
        ("pickle__file", "model.txt"),
        ("pickle__holds", "anything"),
        ("pickle__bytes", "12"),
        ("pickle__imports", [5]),
    ],
)
def test_a_wrong_manifest_is_refused(tmp_path: Path, key: str, value: object) -> None:
    """A manifest that misstates an entry is refused before the pickle is touched."""
    seal(tmp_path)
    edit_manifest(tmp_path / "toy", **{key: value})
    with pytest.raises(ManifestInvalid, match=r"manifest\.json"):
        load(str(tmp_path / "toy"))


@pytest.mark.parametrize("entry", ["name", "version", "pickle", "signature", "classes", "golden", "metrics"])
def test_an_incomplete_manifest_names_what_is_missing(tmp_path: Path, entry: str) -> None:
    """A missing entry is named."""
    seal(tmp_path)
    path = tmp_path / "toy" / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    del content[entry]
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ManifestInvalid, match=entry):
        read_manifest(str(tmp_path / "toy"))


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "[" * 100_000, "\x00"])
def test_a_manifest_that_is_no_json_object_is_refused(tmp_path: Path, text: str) -> None:
    """Whatever the file holds, the error is about the manifest."""
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(ManifestInvalid):
        read_manifest(str(tmp_path))


@pytest.mark.parametrize("changes", [{"classes": (False, True)}, {"threshold": 1.5}, {"golden": ()}])
def test_what_no_reader_would_take_is_not_written(tmp_path: Path, changes: dict[str, Any]) -> None:
    """A draft is checked as its manifest will be when it is read, and nothing is left behind."""
    with pytest.raises(ManifestInvalid):
        seal(tmp_path, **changes)
    assert list(tmp_path.iterdir()) == []


def test_sealing_is_repeatable(tmp_path: Path) -> None:
    """Equal content has equal bytes and an equal version; another threshold is another version."""
    one, two = seal(tmp_path / "1"), seal(tmp_path / "2")
    other = seal(tmp_path / "3", threshold=0.25)
    assert (one.version, one.pickle) == (two.version, two.pickle)
    assert other.version != one.version


def test_sealing_again_leaves_one_pickle(tmp_path: Path) -> None:
    """A folder holds the newest artifact and nothing of the one before."""
    seal(tmp_path)
    newer = seal(tmp_path, threshold=0.25)
    assert sorted(path.name for path in (tmp_path / "toy").iterdir()) == ["manifest.json", newer.pickle.file]


def test_loading_imports_nothing_heavy(tmp_path: Path) -> None:
    """A fresh process loads a scorer with the standard library alone, and without dill or hashlib."""
    seal(tmp_path)
    code = (
        "import sys; from challenge_neuralworks.artifact import load; "
        f"load({str(tmp_path / 'toy')!r}); "
        "print([m for m in ('dill','numpy','pandas','sklearn','hashlib','dataclasses','pathlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
