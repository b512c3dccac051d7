"""Signing: keys that stay secret, seals that others verify, and the commands for both."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from challenge_neuralworks.artifact import load, read_manifest
from challenge_neuralworks.artifact.digest import digest
from challenge_neuralworks.artifact.openssl import OpenSsl
from challenge_neuralworks.cli import main
from challenge_neuralworks.errors import ArtifactError, DigestMismatch
from challenge_neuralworks.lifecycle.keys import KeyFileInvalid, receipt_keys_in, seal_key_of, seal_keys_in
from challenge_neuralworks.lifecycle.signing import NotSealable, sign, verify
from challenge_neuralworks.settings import read_seed
from tests.making import seal
from tests.signed import Pair, copied, new_pair, sealed_toy, seals

MODEL_SIGNING = Path(sys.executable).parent / "model_signing"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Return a key pair."""
    return new_pair(tmp_path_factory.mktemp("keys"), "key")


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory, pair: Pair) -> Path:
    """Return the folder of a sealed toy, not to be changed."""
    return sealed_toy(tmp_path_factory.mktemp("signed"), pair)


def run(*arguments: str | Path) -> Result:
    """Run a command within this process."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.mark.parametrize("kind", ["seal", "receipt"])
def test_a_private_key_is_its_owner_s_alone(tmp_path: Path, kind: str) -> None:
    """Its file has mode 0600 from the first moment, and nothing of it is printed."""
    done = run("keygen", kind, tmp_path / "key")
    assert done.exit_code == 0
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    lines = (tmp_path / "key").read_text(encoding="ascii").splitlines()
    secret = [line for line in lines if not line.startswith("-----")]
    assert all(secret)
    assert not any(line in done.output for line in secret)


@pytest.mark.parametrize("kind", ["seal", "receipt"])
@pytest.mark.parametrize("there", ["key", "key.pub"])
def test_a_key_is_never_overwritten(tmp_path: Path, kind: str, there: str) -> None:
    """Neither of the two files; what was sealed by a lost key could never be sealed again."""
    (tmp_path / there).write_text("precious", encoding="utf-8")
    done = run("keygen", kind, tmp_path / "key")
    assert (done.exit_code, "never overwritten" in done.output) == (1, True)
    assert [path.name for path in tmp_path.iterdir()] == [there]
    assert (tmp_path / there).read_text(encoding="utf-8") == "precious"


def test_a_receipt_key_is_a_seed_and_its_public_key(tmp_path: Path) -> None:
    """The file holds what NEURALWORKS_RECEIPT_KEY takes; the other one a JSON Web Key."""
    run("keygen", "receipt", tmp_path / "key")
    public = OpenSsl().public_of(read_seed((tmp_path / "key").read_text(encoding="ascii")))
    assert list(receipt_keys_in(tmp_path / "key.pub").values()) == [public]


def test_openssf_s_own_command_verifies_a_seal(signed: Path, pair: Pair) -> None:
    """Nobody depends on this package to verify what it sealed."""
    command: list[str | Path] = [
        MODEL_SIGNING,
        "verify",
        "key",
        "--public_key",
        pair.public,
        "--signature",
        signed / "seal.json",
        signed,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "Verification succeeded\n"), done.stderr


def test_a_seal_by_openssf_s_own_command_is_one(tmp_path: Path, pair: Pair) -> None:
    """Nor to seal: the function takes what `model_signing sign key` writes."""
    seal(tmp_path)
    folder = tmp_path / "toy"
    command: list[str | Path] = [
        MODEL_SIGNING,
        "sign",
        "key",
        "--private_key",
        pair.private,
        "--signature",
        folder / "seal.json",
        folder,
    ]
    subprocess.run(command, capture_output=True, check=True)
    assert load(str(folder), (), seals(pair)).manifest == read_manifest(str(folder))


def test_a_seal_that_holds_is_kept(signed: Path, pair: Pair, tmp_path: Path) -> None:
    """A signature differs each time: signing a published version again must not change its bytes."""
    folder = copied(signed, tmp_path)
    before = (folder / "seal.json").read_bytes()
    done = run("sign", folder, "--key", pair.private)
    assert "was sealed before" in done.output
    assert (folder / "seal.json").read_bytes() == before
    (folder / "evaluation.json").write_text("{}", encoding="utf-8")
    done = run("sign", folder, "--key", pair.private)
    assert (
        done.output
        == f"toy {read_manifest(str(folder)).version} is sealed: key {digest(pair.public.read_bytes())[:12]}\n"
    )
    assert (folder / "seal.json").read_bytes() != before
    assert verify(folder, [pair.der]).name == "toy"


def test_another_key_seals_anew(signed: Path, pair: Pair, tmp_path: Path) -> None:
    """As after a rotation, where a version must be served by the new key alone."""
    other = new_pair(tmp_path, "other")
    folder = copied(signed, tmp_path / "models")
    assert not sign(folder, other.private).kept
    assert verify(folder, [other.der]).name == "toy"
    with pytest.raises(ArtifactError):
        verify(folder, [pair.der])


def test_what_is_no_artifact_is_not_sealed(signed: Path, pair: Pair, tmp_path: Path) -> None:
    """A broken one, or a folder with a stranger in it, whose absence would refuse the version later."""
    broken = copied(signed, tmp_path / "1")
    (broken / read_manifest(str(broken)).pickle.file).write_bytes(b"other")
    with pytest.raises(DigestMismatch):
        sign(broken, pair.private)
    crowded = copied(signed, tmp_path / "2")
    (crowded / "notes.txt").write_text("x", encoding="utf-8")
    (crowded / "key").mkdir()
    before = (crowded / "seal.json").read_bytes()
    with pytest.raises(NotSealable, match=r"holds key, notes\.txt"):
        sign(crowded, pair.private)
    assert (crowded / "seal.json").read_bytes() == before


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, password: bytes = b"") -> bytes:
    """Return a private key as a file."""
    how = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)


def test_a_key_of_another_kind_is_refused(tmp_path: Path, pair: Pair) -> None:
    """Named by its file, never by what is in it; a public key is none either."""
    contents = {
        "P-256": pem(ec.generate_private_key(ec.SECP384R1())),
        "P-256 ": pem(rsa.generate_private_key(65537, 2048)),
        "encrypted": pem(ec.generate_private_key(ec.SECP256R1()), b"word"),
        "no private key": pair.public.read_bytes(),
        "no private key ": b"\xff",
    }
    for told, content in contents.items():
        (tmp_path / "key").write_bytes(content)
        with pytest.raises(KeyFileInvalid, match=told.strip()) as refused:
            seal_key_of(tmp_path / "key")
        assert str(tmp_path / "key") in str(refused.value)
    with pytest.raises(KeyFileInvalid, match="cannot be read"):
        seal_key_of(tmp_path / "none")


def test_a_private_key_is_not_taken_for_a_public_one(tmp_path: Path, pair: Pair) -> None:
    """Nor repeated: it may be pasted into the wrong place."""
    with pytest.raises(KeyFileInvalid, match="public keys of P-256") as refused:
        seal_keys_in(pair.private)
    assert pair.private.read_text(encoding="ascii").splitlines()[1][:20] not in str(refused.value)
    for content in (b"{}", b"[]", b'{"keys": 1}', b'{"kty": "EC"}', b"\xff"):
        (tmp_path / "jwk").write_bytes(content)
        with pytest.raises(KeyFileInvalid, match="JSON Web Key"):
            receipt_keys_in(tmp_path / "jwk")


def test_verify_shows_every_file(signed: Path, pair: Pair, tmp_path: Path) -> None:
    """What is there, its digest, and whether it is as it was signed."""
    manifest = read_manifest(str(signed))
    done = run("verify", signed, "--public-key", pair.public)
    rows = [line.split() for line in done.output.splitlines()]
    assert rows == [
        ["manifest.json", digest((signed / "manifest.json").read_bytes()), "sealed"],
        [manifest.pickle.file, manifest.pickle.sha256, "sealed"],
        f"toy {manifest.version} is sealed: key {digest(pair.public.read_bytes())[:12]}".split(),
    ]
    assert done.exit_code == 0
    folder = copied(signed, tmp_path)
    (folder / "manifest.json").write_bytes((folder / "manifest.json").read_bytes() + b" ")
    (folder / manifest.pickle.file).unlink()
    (folder / "more").write_bytes(b"")
    done = run("verify", folder, "--public-key", pair.public)
    found = {line.split()[0]: line.split(maxsplit=2)[2] for line in done.output.splitlines()[:3]}
    assert found == {"manifest.json": "differs", "more": "not sealed", manifest.pickle.file: "missing"}
    assert (done.exit_code, "error: " in done.output) == (1, True)


def test_verify_takes_several_keys_and_refuses_all_others(signed: Path, pair: Pair, tmp_path: Path) -> None:
    """As the function does while keys rotate; nothing is shown of a folder that nobody trusted signed."""
    other = new_pair(tmp_path, "other")
    assert run("verify", signed, "--public-key", other.public, "--public-key", pair.public).exit_code == 0
    done = run("verify", signed, "--public-key", other.public)
    assert (done.exit_code, done.output.count("\n")) == (1, 1)
    assert digest(pair.public.read_bytes()) in done.output


def test_check_heeds_the_environment_s_keys(signed: Path, pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """`neuralworks check` says before a deploy what the function will say after it."""
    monkeypatch.setenv("NEURALWORKS_PUBLIC_KEYS", pair.public.read_text(encoding="ascii"))
    assert run("check", signed.parent).exit_code == 0
    (signed / "seal.json").rename(signed.parent / "kept")
    try:
        done = run("check", signed.parent)
        assert (done.exit_code, "toy  fault  seal-missing" in done.output) == (1, True)
        monkeypatch.setenv("NEURALWORKS_UNSIGNED", "warn")
        done = run("check", signed.parent)
        assert (done.exit_code, done.stderr.startswith("warning: ")) == (0, True)
    finally:
        (signed.parent / "kept").rename(signed / "seal.json")


def test_the_public_key_of_receipts_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the environment that the function has; as one key, or as a set."""
    run("keygen", "receipt", tmp_path / "key")
    assert run("receipt-key").exit_code == 1
    monkeypatch.setenv("NEURALWORKS_RECEIPT_KEY", (tmp_path / "key").read_text(encoding="ascii"))
    public = json.loads((tmp_path / "key.pub").read_text(encoding="utf-8"))
    assert json.loads(run("receipt-key").output) == public
    assert json.loads(run("receipt-key", "--set").output) == {"keys": [public]}
