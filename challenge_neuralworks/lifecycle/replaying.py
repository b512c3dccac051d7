"""Replaying: whether a receipt's answer comes out again, from the same version and the same input."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.artifact.openssl import OpenSsl
from challenge_neuralworks.errors import NeuralworksError, RequestError
from challenge_neuralworks.serving.inference import Inference
from challenge_neuralworks.serving.receipts import ALGORITHM, TYPE, claims_of, decode
from challenge_neuralworks.serving.request import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from challenge_neuralworks.model import Model

    Find = Callable[[str, str], Model]

STATED = {"model", "version", "digest", "input", "output"}
"""Claims without which there is nothing to replay."""

SHOWN = 200
"""Letters of a value in a verdict."""


class ReceiptInvalid(NeuralworksError):
    """A text is no receipt, or its signature is by none of the keys: nothing that it says counts."""

    code = "receipt-invalid"


class Verdict(NamedTuple):
    """Whether one part of a receipt holds.

    what : ``signature``, ``version``, ``digest``, ``input`` or ``output``.
    detail : where it holds, what it is; else both values.
    """

    what: str
    holds: bool
    detail: str


def open_receipt(receipt: str, keys: Mapping[str, bytes]) -> tuple[str, dict[str, Any]]:
    """Return the thumbprint of the key that signed a receipt, and what it states.

    Parameters
    ----------
    receipt : compact JWS.
    keys : thumbprint -> public key, 32 bytes, of each key that may have signed it.

    Raises
    ------
    ReceiptInvalid : it is none, by another key, or was changed.
    """
    try:
        head, body, signature = receipt.split(".")
        header, claims, signed = json.loads(decode(head)), json.loads(decode(body)), decode(signature)
        # The verifier chooses the algorithm, never the receipt.
        if header.keys() != {"alg", "kid", "typ"} or (header["alg"], header["typ"]) != (ALGORITHM, TYPE):
            raise ValueError(f"its header is {header!r:.200}")  # noqa: TRY301 - one refusal for all that is malformed
    except (ValueError, AttributeError, RecursionError) as error:
        raise ReceiptInvalid(f"this is no receipt: {error}") from error
    if header["kid"] not in keys:
        raise ReceiptInvalid(f"it is by the key {header['kid']!r:.60}; given: {', '.join(keys) or 'none'}")
    if not OpenSsl().verifies_ed25519(keys[header["kid"]], f"{head}.{body}".encode(), signed):
        raise ReceiptInvalid("the signature is of other bytes: the receipt was changed")
    if not isinstance(claims, dict) or not claims.keys() >= STATED:
        raise ReceiptInvalid(f"it does not state {', '.join(sorted(STATED))}")
    return header["kid"], claims


def replay(claims: Mapping[str, Any], document: Any, find: Find) -> Iterator[Verdict]:
    """Yield what holds of a receipt's claims when its input is asked again.

    Parameters
    ----------
    claims : as `open_receipt` returned them.
    document : the body that was asked.
    find : returns a model by name and version, or raises what keeps it from being had.
    """
    name, version = claims["model"], claims["version"]
    try:
        model = find(name, version)
    except NeuralworksError as error:
        yield Verdict("version", holds=False, detail=str(error))
        return
    yield _same("version", f"{name} {version}", f"{model.name} {model.version}")
    try:
        again = _again(model, document, claims["output"]["threshold"])
    except RequestError as error:
        yield Verdict("input", holds=False, detail=f"the model does not take it: {error}")
        return
    for what in ("digest", "input", "output"):
        # As text: 0.0 and -0.0 differ, and 1 is not 1.0.
        yield _same(what, *(one if isinstance(one, str) else json.dumps(one) for one in (claims[what], again[what])))


def _again(model: Model, document: Any, threshold: float | None) -> dict[str, Any]:
    query = {} if threshold is None else {"threshold": threshold}
    request = Request("POST", f"/inference/{model.name}", {}, query, json.dumps(document))
    answer = json.loads(Inference(_One(model)).answer(request, model.name).body)  # type: ignore[arg-type]
    return claims_of(model, document, answer, threshold)


def _same(what: str, stated: str, found: str) -> Verdict:
    if stated == found:
        return Verdict(what, holds=True, detail=_short(stated))
    return Verdict(what, holds=False, detail=f"the receipt states {_short(stated)}, replayed it is {_short(found)}")


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}... ({len(text):,} letters)"


class _One:
    """A store of one model, which is the same at every look."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def get(self, _name: str) -> Model:
        return self._model
