"""Sealing: an artifact's folder signed with OpenSSF model-signing, and a seal looked at as the function looks at it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.artifact.digest import digest
from challenge_neuralworks.artifact.loading import read_sealed
from challenge_neuralworks.artifact.manifest import FILE_NAME as MANIFEST
from challenge_neuralworks.artifact.manifest import parse, read_content, read_manifest
from challenge_neuralworks.artifact.openssl import OpenSsl
from challenge_neuralworks.artifact.seals import (
    EVALUATION,
    FILE_NAME,
    SealMissing,
    Seals,
    files_of,
    fingerprint,
    open_bundle,
)
from challenge_neuralworks.errors import ArtifactError, NeuralworksError
from challenge_neuralworks.lifecycle.keys import seal_key_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.artifact.manifest import Manifest


class NotSealable(NeuralworksError):
    """A folder cannot be sealed as it is; nothing was written."""

    code = "not-sealable"


class Signed(NamedTuple):
    """A sealed artifact.

    key : fingerprint of the key.
    kept : the seal was there already and holds; it was left as it is.
    """

    manifest: Manifest
    key: str
    kept: bool


class Looked(NamedTuple):
    """One file of a sealed folder.

    sha256 : of what is there; "" where nothing is.
    verdict : ``sealed``, ``differs``, ``missing``, or ``not sealed`` where the seal does not name it.
    """

    file: str
    sha256: str
    verdict: str


def sign(folder: Path, key: Path) -> Signed:
    """Sign the artifact in a folder and write its seal beside it; one that holds already is kept.

    The signature is of every file's SHA-256. It differs from one signing to the next, so whoever signs a published
    version anew would change it.

    Parameters
    ----------
    key : file of the private key, PEM, of P-256.

    Raises
    ------
    ArtifactError : the folder holds no sound artifact.
    NotSealable : it holds files that are no part of one, or model-signing is not installed.
    KeyFileInvalid : the key cannot be used.
    """
    manifest = read_manifest(str(folder))
    read_sealed(str(folder / manifest.pickle.file), manifest)
    parts = {MANIFEST, manifest.pickle.file, EVALUATION, FILE_NAME}
    strangers = sorted(path.name for path in folder.iterdir() if path.name not in parts or not path.is_file())
    if strangers:
        raise NotSealable(f"{folder} holds {', '.join(strangers)}, which is no part of an artifact; remove it")
    public = seal_key_of(key)
    kept = _holds(folder, public)
    if not kept:
        _sign(folder, key)
        verify(folder, [public])
    return Signed(manifest, fingerprint(public), kept)


def verify(folder: Path, keys: Sequence[bytes]) -> Manifest:
    """Return the manifest of a folder whose seal holds, by the very code that the function uses.

    Parameters
    ----------
    keys : public keys, DER of P-256; any of them will do.

    Raises
    ------
    SealMissing, SealInvalid, ArtifactError : what each says.
    """
    text = read_content(str(folder))
    seal = Seals(keys, "refuse", str).check(str(folder), text)
    manifest = parse(text, str(folder / MANIFEST))
    read_sealed(str(folder / manifest.pickle.file), manifest)
    seal.confirm(str(folder), manifest.pickle.file, manifest.pickle.sha256)
    return manifest


def look(folder: Path, keys: Sequence[bytes]) -> tuple[str, list[Looked]]:
    """Return the fingerprint of the key that signed a folder, and what is to be said of each file.

    Raises
    ------
    SealMissing : there is no seal.
    SealInvalid : its signature does not hold, so that nothing it says counts.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        raise SealMissing(str(path))
    trusted = {fingerprint(key): key for key in keys}
    key, payload = open_bundle(path.read_bytes(), str(path), trusted, OpenSsl().verifies_p256)
    sealed = files_of(payload, str(path))
    here = {entry.name: digest(entry.read_bytes()) for entry in folder.iterdir() if entry.is_file()}
    here.pop(FILE_NAME)
    return key, [Looked(name, here.get(name, ""), _verdict(name, sealed, here)) for name in sorted({*sealed, *here})]


def _holds(folder: Path, public: bytes) -> bool:
    try:
        verify(folder, [public])
        return all(looked.verdict == "sealed" for looked in look(folder, [public])[1])
    except ArtifactError:
        return False


def _verdict(name: str, sealed: dict[str, str], here: dict[str, str]) -> str:
    if name not in sealed:
        return "not sealed"
    if name not in here:
        return "missing"
    return "sealed" if here[name] == sealed[name] else "differs"


def _sign(folder: Path, key: Path) -> None:
    try:
        from model_signing import hashing, signing
    except ImportError as error:
        raise NotSealable(f"signing needs the extra sign: pip install challenge-neuralworks[sign] ({error})") from error
    files = hashing.Config().set_ignored_paths(  # type: ignore[no-untyped-call]
        paths=[FILE_NAME], ignore_git_paths=False
    )
    with TemporaryDirectory() as scratch:
        made = Path(scratch) / FILE_NAME
        config = signing.Config()  # type: ignore[no-untyped-call]
        config.set_hashing_config(files).use_elliptic_key_signer(private_key=key).sign(folder, made)
        bundle = made.read_bytes()
    # Beside the folder: within it, it would be one more file to sign.
    temporary = folder.with_name(f".{folder.name}.{FILE_NAME}.tmp")
    try:
        temporary.write_bytes(bundle)
        temporary.replace(folder / FILE_NAME)
    finally:
        temporary.unlink(missing_ok=True)
