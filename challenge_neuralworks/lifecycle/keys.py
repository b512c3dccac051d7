"""Keys that sign: made, kept where only their owner reads them, and read again."""

from __future__ import annotations

import json
import os
from base64 import b64encode
from pathlib import Path
from typing import Any

from challenge_neuralworks.artifact.openssl import ED25519_BYTES, OpenSsl
from challenge_neuralworks.errors import ConfigurationError, NeuralworksError
from challenge_neuralworks.serving.receipts import jwk, public_of, thumbprint
from challenge_neuralworks.settings import read_public_keys, read_seed


class KeyFileInvalid(NeuralworksError):
    """A file of a key cannot be made, or holds none that can be used; a private key is never repeated."""

    code = "invalid-key"

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.path = path
        self.detail = detail


def new_seal_key(path: Path) -> Path:
    """Write a new private key of P-256, PEM, and return the file of its public key beside it.

    Raises
    ------
    KeyFileInvalid : one of the two files is there already; neither was touched.
    """
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return _write(path, private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def new_receipt_key(path: Path) -> Path:
    """Write a new seed of Ed25519, base64, and return the file of its public key, a JSON Web Key, beside it.

    Raises
    ------
    KeyFileInvalid : as `new_seal_key`.
    """
    seed = os.urandom(ED25519_BYTES)
    public = json.dumps(jwk(OpenSsl().public_of(seed)), indent=1) + "\n"
    return _write(path, b64encode(seed) + b"\n", public.encode())


def seal_key_of(path: Path) -> bytes:
    """Return, as DER, the public key of a private key of P-256.

    Raises
    ------
    KeyFileInvalid : the file holds none, or holds it encrypted.
    """
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

    try:
        key = load_pem_private_key(_read(path), None)
    except TypeError as error:
        raise KeyFileInvalid(path, "the key is encrypted; model-signing 1.1 cannot use it so, decrypt it") from error
    except ValueError as error:
        raise KeyFileInvalid(path, "it holds no private key as PEM; neuralworks keygen makes one") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise KeyFileInvalid(path, "it is no key of the curve P-256; neuralworks keygen makes one")
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def seal_keys_in(path: Path) -> tuple[bytes, ...]:
    """Return, as DER, the public keys of P-256 in a file of PEM or base64.

    Raises
    ------
    KeyFileInvalid : it holds none.
    """
    try:
        return read_public_keys(_read(path).decode("ascii", "replace"))
    except ConfigurationError as error:
        raise KeyFileInvalid(path, f"expected {error.expected}") from error


def receipt_keys_in(path: Path) -> dict[str, bytes]:
    """Return thumbprint -> the 32 bytes of each public key in a file: a JSON Web Key, or a set of them.

    Raises
    ------
    KeyFileInvalid : it holds neither, or a key that is no public key of Ed25519.
    """
    try:
        content: Any = json.loads(_read(path))
        found = content.get("keys", [content])
        keys = [public_of(key) for key in found]
    except (ValueError, TypeError, AttributeError) as error:
        raise KeyFileInvalid(path, f"it is no JSON Web Key of Ed25519, nor a set of them: {error}") from error
    return {thumbprint(key): key for key in keys}


def receipt_key_of(text: str) -> bytes:
    """Return the public key, 32 bytes, of a seed as `NEURALWORKS_RECEIPT_KEY` states it.

    Raises
    ------
    ConfigurationError : it is no base64 of 32 bytes.
    """
    return OpenSsl().public_of(read_seed(text))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyFileInvalid(path, f"it cannot be read: {error.strerror}") from error


def _write(path: Path, private: bytes, public: bytes) -> Path:
    beside = path.with_name(path.name + ".pub")
    if beside.exists():
        raise KeyFileInvalid(beside, "it is there already; a key is never overwritten")
    try:
        # Nobody else may read it, not even before it is written.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(private)
        beside.write_bytes(public)
    except FileExistsError as error:
        raise KeyFileInvalid(path, "it is there already; a key is never overwritten") from error
    except OSError as error:
        raise KeyFileInvalid(path, f"it cannot be written: {error.strerror}") from error
    return beside
