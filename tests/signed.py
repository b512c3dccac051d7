"""Toy artifacts with a seal, and keys to make one that nobody else would."""

from __future__ import annotations

import base64
import json
import shutil
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from challenge_neuralworks.artifact.digest import digest
from challenge_neuralworks.artifact.seals import BUNDLE, PAYLOAD, PREDICATE, STATEMENT, Seals
from challenge_neuralworks.lifecycle.keys import new_seal_key, seal_key_of
from challenge_neuralworks.lifecycle.signing import sign
from tests.making import seal


class Pair(NamedTuple):
    """A key pair: the file of the private key, that of the public one, and the public one as DER."""

    private: Path
    public: Path
    der: bytes


def new_pair(folder: Path, name: str) -> Pair:
    """Make a key pair of P-256."""
    private = folder / name
    return Pair(private, new_seal_key(private), seal_key_of(private))


def sealed_toy(models: Path, pair: Pair, name: str = "toy", **changes: Any) -> Path:
    """Write a toy artifact, sign it with OpenSSF's own library, and return its folder."""
    seal(models, name, **changes)
    sign(models / name, pair.private)
    return models / name


def copied(folder: Path, to: Path) -> Path:
    """Return a copy of a model's folder, under the same name, that a test may damage."""
    copy: Path = shutil.copytree(folder, to / folder.name)
    return copy


def seals(*pairs: Pair, policy: str = "refuse") -> Seals:
    """Return what looks at seals and trusts these keys; a warning is an error."""

    def warn(sentence: str) -> None:
        raise AssertionError(sentence)

    return Seals([pair.der for pair in pairs], policy, warn)


def statement(folder: Path, **changes: Any) -> dict[str, Any]:
    """Return what is signed of a folder; ``changes`` are of its entries, or of those of its predicate."""
    resources = [
        {"name": path.name, "algorithm": "sha256", "digest": digest(path.read_bytes())}
        for path in sorted(folder.iterdir())
        if path.name != "seal.json"
    ]
    serialization = {"method": "files", "hash_type": "sha256", "allow_symlinks": False}
    made: dict[str, Any] = {
        "_type": STATEMENT,
        "subject": [{"name": folder.name, "digest": {"sha256": "0" * 64}}],
        "predicateType": PREDICATE,
        "predicate": {"serialization": serialization, "resources": resources},
    }
    for key, value in changes.items():
        place = made if key in made else made["predicate"]
        place[key] = value
    return made


def signed_by_hand(pair: Pair, content: Any, kind: str = PAYLOAD, **changes: Any) -> dict[str, Any]:
    """Return a bundle with a good signature of any content, made without OpenSSF's library."""
    payload = content if isinstance(content, bytes) else json.dumps(content).encode()
    key = load_pem_private_key(pair.private.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    encoded = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
    signature = key.sign(encoded, ec.ECDSA(hashes.SHA256()))
    return {
        "mediaType": BUNDLE,
        "verificationMaterial": {"publicKey": {"hint": digest(pair.public.read_bytes())}, "tlogEntries": []},
        "dsseEnvelope": {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": kind,
            "signatures": [{"sig": base64.b64encode(signature).decode(), "keyid": ""}],
        },
        **changes,
    }
