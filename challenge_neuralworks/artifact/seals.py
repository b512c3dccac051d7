"""Seals: OpenSSF model-signing's signature over an artifact's files, verified before anything of them is believed.

The file is a sigstore bundle with a DSSE envelope; what is signed is an in-toto statement that names every file with
its SHA-256. Imported only where a public key is set.

Source: OpenSSF Model Signing v1.0; DSSE protocol v1.0.2; in-toto attestation framework v1.
"""

from __future__ import annotations

import json
import os
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64

from challenge_neuralworks.artifact.digest import digest
from challenge_neuralworks.artifact.manifest import FILE_NAME as MANIFEST
from challenge_neuralworks.errors import ArtifactError
from challenge_neuralworks.records import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from challenge_neuralworks.artifact.openssl import OpenSsl

FILE_NAME = "seal.json"

MAX_SEAL_BYTES = 64 * 1024
"""A seal of four files has 2 KB."""

EVALUATION = "evaluation.json"
"""Signed with the rest for those who promote a version; nothing here reads it, so it need not be brought here."""

MAX_OTHER_BYTES = 16 * 2**20

BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
PAYLOAD = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://model_signing/signature/v1.0"

SHORT = 12
"""Letters of a key's fingerprint that are shown."""


class SealMissing(ArtifactError):
    """An artifact has no signature, where one is asked for."""

    code = "seal-missing"

    def __init__(self, path: str) -> None:
        super().__init__(f"{path}: there is no signature; publish the version with a key, or accept unsigned ones")
        self.path = path


class SealInvalid(ArtifactError):
    """An artifact's signature is not one by a trusted key over these very files."""

    code = "seal-invalid"

    def __init__(self, path: str, detail: str) -> None:
        super().__init__(f"{path}: the signature does not hold: {detail}")
        self.path = path
        self.detail = detail


class Seal(NamedTuple):
    """What was found of an artifact's signature.

    key : fingerprint of the key that signed, SHA-256 of its PEM file; "" where it has no signature and needs none.
    files : name -> SHA-256 of every signed file.
    """

    key: str
    files: Mapping[str, str]

    def describe(self) -> dict[str, str | None]:
        """Return, as JSON values, what GET /models/{name} says of it."""
        return {"status": "verified", "key": self.key[:SHORT]} if self.key else {"status": "unsigned", "key": None}

    def confirm(self, folder: str, file: str, sha256: str) -> None:
        """Raise unless the seal is over a file of that digest, and every other file it names is as it was signed.

        Raises
        ------
        SealInvalid : names the file.
        """
        if not self.key:
            return
        path = os.path.join(folder, FILE_NAME)
        if self.files.get(file) != sha256:
            raise SealInvalid(path, f"it is not over {file!r} of SHA-256 {sha256}")
        for name, sealed in self.files.items():
            if name not in (file, MANIFEST):
                _confirm_other(folder, name, sealed)


class Seals:
    """Looks at the signatures of artifacts.

    Parameters
    ----------
    keys : public keys, each DER of P-256; a signature by any of them will do.
    policy : of an artifact without signature: ``accept``, ``warn`` or ``refuse``. A signature that is there must hold,
        whatever the policy.
    warn : called with a sentence where the policy is to warn.
    """

    def __init__(self, keys: Sequence[bytes], policy: str, warn: Callable[[str], object]) -> None:
        self._keys = {fingerprint(key): key for key in keys}
        self._policy = policy
        self._warn = warn
        self._openssl: OpenSsl | None = None

    def check(self, folder: str, manifest: bytes) -> Seal:
        """Return the seal of a folder's artifact, after proving that it is over these very bytes of its manifest.

        What it says of the other files is for `Seal.confirm`, once the manifest has told which there are.

        Raises
        ------
        SealMissing : there is none, and the policy refuses that.
        SealInvalid : it is by another key, over other bytes, or not such a file.
        """
        path = os.path.join(folder, FILE_NAME)
        content = _read(path, MAX_SEAL_BYTES)
        if content is None:
            return self._unsigned(SealMissing(path))
        from challenge_neuralworks.artifact.openssl import NoCrypto, OpenSsl  # What has no seal needs none of it.

        try:
            self._openssl = self._openssl or OpenSsl()
        except NoCrypto as error:
            return self._unsigned(SealInvalid(path, str(error)))
        key, payload = open_bundle(content, path, self._keys, self._openssl.verifies_p256)
        seal = Seal(key, files_of(payload, path))
        if seal.files.get(MANIFEST) != digest(manifest):
            raise SealInvalid(path, f"it is not over {MANIFEST!r} of SHA-256 {digest(manifest)}")
        return seal

    def _unsigned(self, error: SealMissing | SealInvalid) -> Seal:
        if self._policy == "refuse":
            raise error
        if self._policy == "warn":
            self._warn(str(error))
        return Seal("", {})


def open_bundle(
    content: bytes, path: str, keys: Mapping[str, bytes], verifies: Callable[[bytes, bytes, bytes], bool]
) -> tuple[str, bytes]:
    """Return the fingerprint of the key that signed a bundle, and what it signed.

    Parameters
    ----------
    path : how errors name it.
    keys : fingerprint -> DER of each trusted public key.
    verifies : whether key, message and signature belong together.

    Raises
    ------
    SealInvalid : it is no such bundle, by none of the keys, or its signature is of other bytes.
    """
    try:
        bundle = _exact(json.loads(content), "mediaType", "verificationMaterial", "dsseEnvelope")
        material = _exact(bundle["verificationMaterial"], "publicKey", "tlogEntries")
        envelope = _exact(bundle["dsseEnvelope"], "payload", "payloadType", "signatures")
        signed = _exact(*envelope["signatures"], "sig", "keyid")
        found = bundle["mediaType"], material["tlogEntries"], envelope["payloadType"], signed["keyid"]
        _expect(found, (BUNDLE, [], PAYLOAD, ""))
        hint = _exact(material["publicKey"], "hint")["hint"]
        payload, signature = _base64(envelope["payload"]), _base64(signed["sig"])
    # TypeError and the like: the JSON is not of that shape.
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise SealInvalid(path, f"it is no bundle of OpenSSF model-signing with a key: {error}") from error
    if not isinstance(hint, str) or hint not in keys:
        raise SealInvalid(path, f"it is by the key {hint!r:.90}; trusted: {', '.join(keys) or 'none'}")
    if not verifies(keys[hint], _encoded(payload), signature):
        raise SealInvalid(path, "the signature is of other bytes")
    return hint, payload


def files_of(payload: bytes, path: str) -> dict[str, str]:
    """Return name -> SHA-256 of the files that a verified statement names.

    Raises
    ------
    SealInvalid : it is no statement of model-signing over files and SHA-256; ``path`` names it.
    """
    try:
        statement = json.loads(payload)
        predicate = statement["predicate"]
        how = predicate["serialization"]
        found = statement["_type"], statement["predicateType"], how["method"], how["hash_type"]
        _expect(found, (STATEMENT, PREDICATE, "files", "sha256"))
        files: dict[str, str] = {}
        for resource in predicate["resources"]:
            files[_name(resource["name"], files)] = _digest(resource["algorithm"], resource["digest"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise SealInvalid(path, f"what is signed is no statement about files: {error}") from error
    return files


def fingerprint(key: bytes) -> str:
    """Return the SHA-256 of a public key's PEM file, which is how model-signing names a key."""
    return digest(pem_of(key))


def pem_of(key: bytes) -> bytes:
    """Return a public key as the PEM file that OpenSSL writes."""
    text = b2a_base64(key, newline=False)
    lines = (text[start : start + 64] for start in range(0, len(text), 64))
    return b"\n".join((b"-----BEGIN PUBLIC KEY-----", *lines, b"-----END PUBLIC KEY-----", b""))


def _encoded(payload: bytes) -> bytes:
    # DSSE's pre-authentication encoding: the type is signed with the content.
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD), PAYLOAD.encode(), len(payload), payload)


def _exact(value: Any, *names: str) -> dict[str, Any]:
    # What nobody reads nobody signed: a bundle with anything more is refused.
    if not isinstance(value, dict) or value.keys() != set(names):
        raise ValueError(f"{value!r:.90} is not an object of {', '.join(names)}")
    return value


def _expect(found: tuple[Any, ...], expected: tuple[Any, ...]) -> None:
    if found != expected:
        raise ValueError(f"it is of {found!r:.200}, expected {expected!r}")


def _base64(text: Any) -> bytes:
    try:
        content = a2b_base64(text, strict_mode=True)
    except Base64Error as error:
        raise ValueError(f"{text!r:.90} is no base64: {error}") from error
    # The last letter may hold bits that are of no byte.
    if b2a_base64(content, newline=False) != text.encode():
        raise ValueError(f"{text!r:.90} is no canonical base64")
    return content


def _name(name: Any, taken: Mapping[str, str]) -> str:
    if not isinstance(name, str) or os.path.basename(name) != name or name in ("", ".", "..", *taken):
        raise ValueError(f"{name!r:.90} is not the name of one file beside the manifest")
    return name


def _digest(algorithm: Any, value: Any) -> str:
    if algorithm != "sha256" or not isinstance(value, str) or len(value) != 64:
        raise ValueError(f"{algorithm!r:.30} {value!r:.90} is no SHA-256")
    return value


def _confirm_other(folder: str, name: str, sealed: str) -> None:
    path = os.path.join(folder, name)
    content = _read(path, MAX_OTHER_BYTES)
    if content is None and name == EVALUATION:
        return
    if content is None or digest(content) != sealed:
        found = "is not there" if content is None else f"has {digest(content)}"
        raise SealInvalid(os.path.join(folder, FILE_NAME), f"it is over {name!r} of SHA-256 {sealed}; the file {found}")


def _read(path: str, limit: int) -> bytes | None:
    """Return a file's bytes, or None where there is none."""
    try:
        with open(path, "rb") as file:
            content = file.read(limit + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SealInvalid(path, f"it cannot be read: {error}") from error
    if len(content) > limit:
        raise SealInvalid(path, f"it has more than {limit:,} bytes")
    return content
