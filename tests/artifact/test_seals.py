"""Seals: what is refused, and that nothing is believed before."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from challenge_neuralworks.artifact import load, openssl, read_manifest
from challenge_neuralworks.artifact.digest import digest
from challenge_neuralworks.artifact.seals import MAX_SEAL_BYTES, SealInvalid, SealMissing, Seals
from challenge_neuralworks.errors import ArtifactError, DigestMismatch
from challenge_neuralworks.serving import build
from challenge_neuralworks.settings import Settings, read_settings
from challenge_neuralworks.store.folder import LoadFailed, load_model, seals_of
from tests.making import INSTANCE, ROOT, Context, edit_manifest, rest_event
from tests.signed import Pair, copied, new_pair, sealed_toy, seals, signed_by_hand, statement


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Pair, Pair]:
    """Return the key that is trusted, and somebody else's."""
    folder = tmp_path_factory.mktemp("keys")
    return new_pair(folder, "ours"), new_pair(folder, "theirs")


@pytest.fixture(scope="module")
def ours(keys: tuple[Pair, Pair]) -> Pair:
    """Return the key that is trusted."""
    return keys[0]


@pytest.fixture(scope="module")
def theirs(keys: tuple[Pair, Pair]) -> Pair:
    """Return the key of somebody else."""
    return keys[1]


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory, ours: Pair) -> Path:
    """Return the folder of a sealed toy, not to be changed."""
    return sealed_toy(tmp_path_factory.mktemp("signed"), ours)


@pytest.fixture
def toy(signed: Path, tmp_path: Path) -> Path:
    """Return a copy of it that a test may damage."""
    return copied(signed, tmp_path / "models")


def forge(folder: Path, bundle: Any) -> None:
    """Put another bundle where the seal was."""
    (folder / "seal.json").write_text(json.dumps(bundle), encoding="utf-8")


def test_a_sealed_artifact_loads_and_says_by_which_key(toy: Path, ours: Pair) -> None:
    """The key is named as `sha256sum` of its public file names it."""
    model = load_model("toy", str(toy), (), seals(ours))
    assert model.describe()["seal"] == {"status": "verified", "key": digest(ours.public.read_bytes())[:12]}


def test_without_a_key_nobody_looks(toy: Path) -> None:
    """Also where a seal is there: what it says is not known."""
    assert seals_of(Settings(), print) is None
    (toy / "seal.json").write_bytes(b"garbage")
    assert load_model("toy", str(toy)).describe()["seal"] == {"status": "unchecked", "key": None}


def test_without_a_key_nothing_is_imported_for_it(signed: Path) -> None:
    """A cold start without keys, an ordinary answer included, knows neither seals nor receipts nor ctypes."""
    code = """
import json, sys
from challenge_neuralworks.lambda_handler import lambda_handler
answer = lambda_handler(json.loads(sys.argv[1]), None)
print(answer["statusCode"], sorted({"ctypes", "hashlib", *sys.argv[2:]} & set(sys.modules)))
"""
    event = json.dumps(rest_event("POST", "/inference/toy", INSTANCE))
    modules = [f"challenge_neuralworks.{name}" for name in ("artifact.seals", "artifact.openssl", "serving.receipts")]
    environ = {
        "NEURALWORKS_MODELS_DIR": str(signed.parent),
        "NEURALWORKS_LOG_LEVEL": "OFF",
        "NEURALWORKS_METRICS": "off",
    }
    done = subprocess.run(
        [sys.executable, "-c", code, event, *modules], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout == "200 []\n"


def test_a_stripped_seal_is_refused(toy: Path, ours: Pair) -> None:
    """Whoever can write to the bucket can remove the file; the policy is not in the bucket."""
    (toy / "seal.json").unlink()
    with pytest.raises(SealMissing, match=r"seal\.json"):
        load(str(toy), (), seals(ours))


def test_an_unsigned_artifact_is_accepted_or_warned_of_where_the_policy_says_so(toy: Path, ours: Pair) -> None:
    """`warn` is for the time in which old versions have no seal yet; it names the folder."""
    (toy / "seal.json").unlink()
    assert load(str(toy), (), seals(ours, policy="accept")).seal == ("", {})
    said: list[str] = []
    model = load_model("toy", str(toy), (), Seals([ours.der], "warn", said.append))
    assert model.describe()["seal"] == {"status": "unsigned", "key": None}
    assert len(said) == 1
    assert str(toy) in said[0]


@pytest.mark.parametrize("policy", ["accept", "warn", "refuse"])
def test_a_seal_by_another_key_is_refused_whatever_the_policy(toy: Path, ours: Pair, theirs: Pair, policy: str) -> None:
    """A seal that is there must hold; the message names the key that it is by."""
    forge(toy, signed_by_hand(theirs, statement(toy)))
    with pytest.raises(SealInvalid, match=digest(theirs.public.read_bytes())):
        load(str(toy), (), seals(ours, policy=policy))


def test_another_key_that_calls_itself_ours_is_refused(toy: Path, ours: Pair, theirs: Pair) -> None:
    """What names the key is not signed, and not believed."""
    bundle = signed_by_hand(theirs, statement(toy))
    bundle["verificationMaterial"]["publicKey"]["hint"] = digest(ours.public.read_bytes())
    forge(toy, bundle)
    with pytest.raises(SealInvalid, match="other bytes"):
        load(str(toy), (), seals(ours))


def test_keys_rotate(toy: Path, ours: Pair, theirs: Pair) -> None:
    """While two keys are trusted, versions sealed by either are served."""
    both = seals(ours, theirs)
    assert load(str(toy), (), both).seal is not None
    forge(toy, signed_by_hand(theirs, statement(toy)))
    found = load(str(toy), (), both).seal
    assert found is not None
    assert found.key == digest(theirs.public.read_bytes())


def test_a_swapped_pickle_is_refused_though_the_manifest_has_its_digest(toy: Path, ours: Pair, tmp_path: Path) -> None:
    """Digests stop accidents: whoever swaps the pickle writes the digest, too. The seal stops him; nothing ran."""
    planted = tmp_path / "planted"

    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(planted),)

    content = pickle.dumps(Bomb())
    (toy / read_manifest(str(toy)).pickle.file).write_bytes(content)
    with pytest.raises(DigestMismatch):
        load(str(toy), (), seals(ours))
    edit_manifest(toy, pickle__sha256=digest(content), pickle__bytes=len(content), pickle__imports=["posix:mkdir"])
    with pytest.raises(SealInvalid, match=r"not over 'manifest\.json'"):
        load(str(toy), (digest(content),), seals(ours))
    assert not planted.exists()


def test_a_manifest_is_not_even_parsed_before_its_seal_is_verified(toy: Path, ours: Pair) -> None:
    """One changed byte, and it is the seal that refuses it, not the reader of JSON."""
    (toy / "manifest.json").write_bytes(b"{")
    with pytest.raises(SealInvalid):
        load(str(toy), (), seals(ours))


def test_the_seal_of_another_model_does_not_fit(toy: Path, ours: Pair, tmp_path: Path) -> None:
    """Neither its seal alone nor its whole folder under this name: the signed manifest names the model."""
    other = sealed_toy(tmp_path / "others", ours, "other")
    whole = copied(other, tmp_path / "moved")
    whole.rename(whole.with_name("toy"))
    with pytest.raises(LoadFailed, match="'other'"):
        load_model("toy", str(whole.with_name("toy")), (), seals(ours))
    (toy / "seal.json").write_bytes((other / "seal.json").read_bytes())
    with pytest.raises(SealInvalid):
        load(str(toy), (), seals(ours))


def test_an_older_version_with_its_seal_is_accepted(ours: Pair, tmp_path: Path) -> None:
    """What a seal does not stop: it says who made a version, not that it is the one to serve."""
    older, newer = sealed_toy(tmp_path / "1", ours), sealed_toy(tmp_path / "2", ours, threshold=0.25)
    versions = [load(str(folder), (), seals(ours)).manifest.version for folder in (older, newer)]
    assert len(set(versions)) == 2


def test_no_flipped_bit_of_a_seal_goes_unseen(signed: Path, ours: Pair, tmp_path: Path) -> None:
    """Each byte of the file, one bit of it: what could be another spelling of the same is refused as well."""
    toy = copied(signed, tmp_path)
    manifest = (toy / "manifest.json").read_bytes()
    content = (toy / "seal.json").read_bytes()
    looks = seals(ours)
    assert looks.check(str(toy), manifest).files.keys() == {"manifest.json", read_manifest(str(toy)).pickle.file}
    taken = []
    for at in range(len(content)):
        changed = bytearray(content)
        changed[at] ^= 1 << at % 8
        (toy / "seal.json").write_bytes(changed)
        try:
            looks.check(str(toy), manifest)
        except SealInvalid:
            continue
        taken.append(at)
    assert taken == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b"\xff\xfe{}",
        b"[" * 60_000,
        b'{"mediaType":' * 4_000,
        b" " * (MAX_SEAL_BYTES + 1),
        b'{"mediaType": 1, "verificationMaterial": {}, "dsseEnvelope": {"payload": 1, "payloadType": 2}}',
    ],
    ids=["empty", "array", "null", "no utf-8", "deep", "deep objects", "huge", "numbers"],
)
@pytest.mark.parametrize("policy", ["accept", "refuse"])
def test_what_is_no_bundle_is_refused(toy: Path, ours: Pair, content: bytes, policy: str) -> None:
    """Whatever is in the file, and however large it is: an error that names the file, nothing else."""
    (toy / "seal.json").write_bytes(content)
    with pytest.raises(SealInvalid, match=r"seal\.json"):
        load(str(toy), (), seals(ours, policy=policy))


def resources(folder: Path, *more: dict[str, Any], drop: str = "") -> list[dict[str, Any]]:
    """Return what a statement names of a folder, with more, or without one of them."""
    found: list[dict[str, Any]] = statement(folder)["predicate"]["resources"]
    return [one for one in found if not drop or not one["name"].endswith(drop)] + list(more)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"name": "extra.bin", "algorithm": "sha256", "digest": "0" * 64}, r"'extra\.bin'.*not there"),
        ({"name": "../toy/manifest.json", "algorithm": "sha256", "digest": "0" * 64}, "not the name of one file"),
        ({"name": "manifest.json", "algorithm": "sha256", "digest": "0" * 64}, "not the name of one file"),
        ({"name": "..", "algorithm": "sha256", "digest": "0" * 64}, "not the name of one file"),
        ({"name": "other", "algorithm": "blake2b", "digest": "0" * 64}, "no SHA-256"),
        ({"name": "other", "algorithm": "sha256", "digest": "0" * 63}, "no SHA-256"),
        ({"name": 1, "algorithm": "sha256", "digest": "0" * 64}, "not the name of one file"),
        ({"name": "other"}, "algorithm"),
    ],
)
def test_a_statement_that_names_what_is_not_there_is_refused(
    toy: Path, ours: Pair, more: dict[str, Any], told: str
) -> None:
    """Also where the trusted key signed it: names stay in the folder, stand once, and have a SHA-256."""
    forge(toy, signed_by_hand(ours, statement(toy, resources=resources(toy, more))))
    with pytest.raises(SealInvalid, match=told):
        load(str(toy), (), seals(ours))


@pytest.mark.parametrize("missing", ["manifest.json", ".pkl"])
def test_nothing_is_loaded_that_the_seal_does_not_name(toy: Path, ours: Pair, missing: str) -> None:
    """A seal over the manifest alone, or over the pickle alone, is none."""
    forge(toy, signed_by_hand(ours, statement(toy, resources=resources(toy, drop=missing))))
    with pytest.raises(SealInvalid, match="not over"):
        load(str(toy), (), seals(ours))


@pytest.mark.parametrize(
    "changes",
    [
        {"_type": "https://in-toto.io/Statement/v0.1"},
        {"predicateType": "https://slsa.dev/provenance/v1"},
        {"serialization": {"method": "shards", "hash_type": "sha256"}},
        {"serialization": {"method": "files", "hash_type": "blake3"}},
        {"resources": {}},
        {"predicate": []},
    ],
)
def test_another_kind_of_statement_is_refused(toy: Path, ours: Pair, changes: dict[str, Any]) -> None:
    """The same key may sign provenance and much else: none of it is a seal."""
    forge(toy, signed_by_hand(ours, statement(toy, **changes)))
    with pytest.raises(SealInvalid):
        load(str(toy), (), seals(ours))


def test_another_payload_type_is_refused(toy: Path, ours: Pair) -> None:
    """The type is part of what is signed: neither another one nor this one over it passes."""
    bundle = signed_by_hand(ours, statement(toy), kind="text/plain")
    forge(toy, bundle)
    with pytest.raises(SealInvalid, match="text/plain"):
        load(str(toy), (), seals(ours))
    bundle["dsseEnvelope"]["payloadType"] = "application/vnd.in-toto+json"
    forge(toy, bundle)
    with pytest.raises(SealInvalid, match="other bytes"):
        load(str(toy), (), seals(ours))


def test_an_evaluation_may_stay_away_but_not_differ(ours: Pair, tmp_path: Path) -> None:
    """It is signed for those who promote; the function downloads what it serves and no more."""
    toy = sealed_toy(tmp_path, ours)
    (toy / "evaluation.json").write_text("{}", encoding="utf-8")
    forge(toy, signed_by_hand(ours, statement(toy)))
    assert load(str(toy), (), seals(ours)).manifest.name == "toy"
    (toy / "evaluation.json").write_text("{ }", encoding="utf-8")
    with pytest.raises(SealInvalid, match=r"evaluation\.json"):
        load(str(toy), (), seals(ours))
    (toy / "evaluation.json").unlink()
    assert load(str(toy), (), seals(ours)).manifest.name == "toy"


def test_where_there_is_no_openssl_only_refuse_refuses(toy: Path, ours: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python without libcrypto verifies nothing: that is said, and never taken for a good seal."""
    monkeypatch.setattr(openssl, "_candidates", lambda: iter(["libnothing.so.9"]))
    with pytest.raises(SealInvalid, match=r"no OpenSSL.*libnothing\.so\.9"):
        load(str(toy), (), seals(ours))
    said: list[str] = []
    artifact = load(str(toy), (), Seals([ours.der], "warn", said.append))
    assert artifact.seal == ("", {})
    assert "no OpenSSL" in said[0]


def test_the_handler_answers_503_and_tells_the_log_why(
    toy: Path, ours: Pair, capsys: pytest.CaptureFixture[str]
) -> None:
    """The caller learns the check's code; which file and key is for the log. The other models go on."""
    environ = {"NEURALWORKS_PUBLIC_KEYS": ours.public.read_text(), "NEURALWORKS_MODELS_DIR": str(toy.parent)}
    (toy / "seal.json").unlink()
    handler = build(read_settings(environ))
    answer = handler(rest_event("GET", "/models/toy"), Context())
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (503, "model-unavailable")
    assert '"error":"seal-missing"' in capsys.readouterr().out
    health = handler(rest_event("GET", "/health"), Context())
    assert json.loads(health["body"])["models"]["toy"] == {"status": "down", "code": "seal-missing"}


def test_a_warning_is_a_line_of_the_log(toy: Path, ours: Pair, capsys: pytest.CaptureFixture[str]) -> None:
    """One JSON line, once a load, and none where the level leaves warnings out."""
    (toy / "seal.json").unlink()
    environ = {
        "NEURALWORKS_PUBLIC_KEYS": ours.public.read_text(),
        "NEURALWORKS_UNSIGNED": "warn",
        "NEURALWORKS_MODELS_DIR": str(toy.parent),
        "NEURALWORKS_PRELOAD": "on",
    }
    build(read_settings(environ))
    line = json.loads(capsys.readouterr().out)
    assert (line["level"], line["message"]) == ("WARNING", "unsealed")
    assert str(toy) in line["evidence"]
    build(read_settings({**environ, "NEURALWORKS_LOG_LEVEL": "ERROR"}))
    assert capsys.readouterr().out == ""


def test_a_mended_seal_is_seen_without_a_restart(toy: Path, ours: Pair) -> None:
    """As any file of a model that was down."""
    content = (toy / "seal.json").read_bytes()
    (toy / "seal.json").unlink()
    environ = {"NEURALWORKS_PUBLIC_KEYS": ours.public.read_text(), "NEURALWORKS_MODELS_DIR": str(toy.parent)}
    handler = build(read_settings({**environ, "NEURALWORKS_LOG_LEVEL": "OFF", "NEURALWORKS_METRICS": "off"}))
    assert handler(rest_event("GET", "/models/toy"), Context())["statusCode"] == 503
    (toy / "seal.json").write_bytes(content)
    assert handler(rest_event("GET", "/models/toy"), Context())["statusCode"] == 200


def test_a_seal_that_cannot_be_read_is_refused(toy: Path, ours: Pair) -> None:
    """A folder in its place, for instance; an error of this package, not of the system."""
    (toy / "seal.json").unlink()
    (toy / "seal.json").mkdir()
    with pytest.raises(ArtifactError, match="cannot be read"):
        load(str(toy), (), seals(ours, policy="accept"))
