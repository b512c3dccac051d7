"""Receipts: which version answered what to which input, signed, so that anybody can have it proven later.

A receipt is a compact JWS (RFC 7515) by Ed25519 (RFC 8037). Imported only where one is asked for.
"""

from __future__ import annotations

import json
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from time import time

from challenge_neuralworks.artifact.digest import digest
from challenge_neuralworks.artifact.openssl import ED25519_BYTES, OpenSsl
from challenge_neuralworks.errors import NoReceipts
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.body import read_json
from challenge_neuralworks.serving.canonical import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.serving.request import Request, Response

ALGORITHM = "EdDSA"
TYPE = "neuralworks-receipt+jwt"
"""Says what the signature is for: another token by the same key is no receipt (RFC 8725, section 3.11)."""


class Receipts:
    """Adds receipts to answers.

    Parameters
    ----------
    seed : of the Ed25519 key, 32 bytes.

    Raises
    ------
    NoReceipts : there is none.
    NoCrypto : there is nothing to sign with.
    """

    def __init__(self, seed: bytes) -> None:
        if not seed:
            raise NoReceipts
        self._seed = seed
        self._openssl = OpenSsl()
        kid = thumbprint(self._openssl.public_of(seed))
        self._head = encode(compact({"alg": ALGORITHM, "kid": kid, "typ": TYPE})) + "."

    def add(self, response: Response, request: Request, model: Model, threshold: float | None) -> Response:
        """Return an answer with the receipt for it.

        Parameters
        ----------
        response : what the model answered to the request.
        threshold : what the request asked for, if anything.
        """
        answer = response.document if response.document is not None else json.loads(response.body)
        claims: dict[str, Any] = {"iat": int(time())}
        # The id that the caller has, too: API Gateway sends it as x-amzn-RequestId.
        if isinstance(request.context.get("requestId"), str):
            claims["request_id"] = request.context["requestId"]
        claims |= claims_of(model, read_json(request), answer, threshold)
        receipt = self.sign(claims)
        if response.document is not None:
            return response._replace(document={**response.document, "receipt": receipt})
        return response._replace(body=f'{response.body[:-1]},"receipt":"{receipt}"}}')

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return the receipt that states these claims."""
        signed = self._head + encode(compact(claims))
        return f"{signed}.{encode(self._openssl.sign_ed25519(self._seed, signed.encode()))}"


def claims_of(model: Model, document: Any, answer: Mapping[str, Any], threshold: float | None) -> dict[str, Any]:
    """Return what a receipt says of an answer, but for its time and id.

    Parameters
    ----------
    document : the body that was asked, one instance or ``{"instances": [...]}``.
    answer : the one to it; its numbers are repeated as they stand.
    """
    many = "predictions" in answer
    rows = model.check(document["instances"] if many else [document]).rows
    names = ("predictions", "labels") if many else ("prediction", "label")
    return {
        "model": model.name,
        "version": model.version,
        "digest": f"sha256:{model.artifact.manifest.pickle.sha256}",
        "input": hashed(list(rows) if many else rows[0]),
        "output": {
            **{name: answer[name] for name in names if name in answer},
            "threshold": model.threshold if threshold is None else threshold,
        },
    }


def hashed(rows: Any) -> str:
    """Return the hash of one checked row, or of a list of them: SHA-256 of its canonical JSON."""
    return f"sha256:{digest(canonical(rows).encode('utf-8', 'surrogatepass'))}"


def jwk(public: bytes) -> dict[str, str]:
    """Return a public key, 32 bytes, as a JSON Web Key (RFC 8037), with its thumbprint as its id."""
    made = {"crv": "Ed25519", "kty": "OKP", "x": encode(public)}
    return {**made, "kid": thumbprint(public), "alg": ALGORITHM, "use": "sig"}


def thumbprint(public: bytes) -> str:
    """Return what names a public key: the SHA-256 of its required members (RFC 7638)."""
    members = compact({"crv": "Ed25519", "kty": "OKP", "x": encode(public)})
    return encode(bytes.fromhex(digest(members)))


def public_of(key: Mapping[str, Any]) -> bytes:
    """Return the 32 bytes of a JSON Web Key.

    Raises
    ------
    ValueError : it is no public key of Ed25519.
    """
    if (key.get("kty"), key.get("crv")) != ("OKP", "Ed25519") or not isinstance(key.get("x"), str):
        raise ValueError(f"a key of kty {key.get('kty')!r:.20} and crv {key.get('crv')!r:.20} is none of Ed25519")
    public = decode(key["x"])
    if len(public) != ED25519_BYTES:
        raise ValueError(f"a key of Ed25519 has {ED25519_BYTES} bytes, not {len(public)}")
    return public


def compact(value: Mapping[str, Any]) -> bytes:
    """Return JSON without a space; numbers as the answer has them."""
    return json.dumps(value, separators=(",", ":")).encode()


def encode(content: bytes) -> str:
    """Return base64url without padding."""
    return b2a_base64(content, newline=False).rstrip(b"=").translate(_TO_URL).decode()


def decode(text: str) -> bytes:
    """Return what base64url without padding holds.

    Raises
    ------
    ValueError : it is none, or another spelling of the same bytes.
    """
    try:
        content = a2b_base64(text.encode("ascii").translate(_FROM_URL) + b"=" * (-len(text) % 4), strict_mode=True)
    except (Base64Error, UnicodeEncodeError) as error:
        raise ValueError(f"{text!r:.60} is no base64url: {error}") from error
    if encode(content) != text:
        raise ValueError(f"{text!r:.60} is no canonical base64url")
    return content


_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")
