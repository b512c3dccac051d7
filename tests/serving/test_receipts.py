"""Receipts: what they state, that others can verify them, and that nothing else changes."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
import rfc8785
from joserfc.jwk import OKPKey

from challenge_neuralworks.artifact import Golden
from challenge_neuralworks.artifact.openssl import OpenSsl
from challenge_neuralworks.model import Model
from challenge_neuralworks.scorers.additive import AdditiveScorer
from challenge_neuralworks.serving import Application, build
from challenge_neuralworks.serving.inference import Inference
from challenge_neuralworks.serving.receipts import TYPE, decode, encode, jwk, public_of
from challenge_neuralworks.serving.request import Request
from challenge_neuralworks.settings import Settings
from challenge_neuralworks.store.folder import load_model
from tests.making import INSTANCE, Context, event, rest_event, seal

SEED = bytes(range(32))
PUBLIC = jwk(OpenSsl().public_of(SEED))


@pytest.fixture
def handler(tmp_path: Path) -> Application:
    """Return a handler that serves the model ``toy`` and has a key for receipts."""
    seal(tmp_path)
    return build(Settings(models_dir=str(tmp_path), log_level="OFF", metrics=False, receipt_key=SEED))


def ask(handler: Application, body: Any, **query: str) -> tuple[int, dict[str, Any]]:
    """Return status and document of the answer to a REST API's event."""
    answer = handler(rest_event("POST", "/inference/toy", body, queryStringParameters=query or None), Context())
    return answer["statusCode"], json.loads(answer["body"])


def claims_of(receipt: str) -> dict[str, Any]:
    """Return what a receipt states, verified by a library that is not ours."""
    claims: dict[str, Any] = jwt.decode(receipt, jwt.PyJWK(PUBLIC), algorithms=["EdDSA"])
    return claims


def hashed(value: Any) -> str:
    """Return the hash of an input as anybody would compute it."""
    return f"sha256:{hashlib.sha256(rfc8785.dumps(value)).hexdigest()}"


def test_a_receipt_states_version_digest_input_and_output(handler: Application) -> None:
    """All that is needed to have the answer proven later; the id is the one that the caller got."""
    before = int(time.time())
    status, answer = ask(handler, INSTANCE, receipt="true")
    receipt = answer.pop("receipt")
    assert (status, answer) == ask(handler, INSTANCE)
    claims = claims_of(receipt)
    assert before <= claims.pop("iat") <= time.time()
    manifest = handler.store.get("toy").artifact.manifest
    assert claims == {
        "request_id": event("rest_v1")["requestContext"]["requestId"],
        "model": "toy",
        "version": manifest.version,
        "digest": f"sha256:{manifest.pickle.sha256}",
        "input": hashed(INSTANCE),
        "output": {"prediction": answer["prediction"], "label": answer["label"], "threshold": 0.5},
    }


def test_a_batch_has_one_receipt(handler: Application) -> None:
    """Over all rows, in their order, and all outputs; the threshold is the one that was used."""
    rows = [{**INSTANCE, "age": age} for age in range(10)]
    status, answer = ask(handler, {"instances": rows}, receipt="true", threshold="0.25")
    claims = claims_of(answer.pop("receipt"))
    assert (status, answer) == ask(handler, {"instances": rows}, threshold="0.25")
    assert claims["input"] == hashed(rows)
    expected = {"predictions": answer["predictions"], "labels": answer["labels"], "threshold": 0.25}
    assert claims["output"] == expected


def test_a_batch_of_one_is_not_a_single_instance(handler: Application) -> None:
    """The input is hashed as it was asked: an array of one row, not the row."""
    (_, single), (_, batch) = (ask(handler, body, receipt="true") for body in (INSTANCE, {"instances": [INSTANCE]}))
    inputs = [claims_of(answer["receipt"])["input"] for answer in (single, batch)]
    assert inputs == [hashed(INSTANCE), hashed([INSTANCE])]


def test_the_input_is_what_was_read(handler: Application) -> None:
    """Another spelling, another order or 1.50 for 1.5 is the same input; the answer's warnings say how it was read."""
    spelled = '{"weight": 1.50, "age": 3, "place": "here", "colour": "MALAGA"}'
    _, answer = ask(handler, spelled, receipt="true")
    assert [warning["pointer"] for warning in answer["warnings"]] == ["#/colour"]
    assert claims_of(answer["receipt"])["input"] == hashed({**INSTANCE, "colour": "Málaga"})


def test_explanations_come_beside_a_receipt(tmp_path: Path) -> None:
    """Whatever else was asked for is answered as without one."""
    from tests.making import ROOT

    settings = Settings(models_dir=str(ROOT / "models"), log_level="OFF", metrics=False, receipt_key=SEED)
    handler = build(settings)
    example = handler.store.get("delay").signature.example()
    answers = [
        handler(rest_event("POST", "/inference/delay", example, queryStringParameters=query), Context())
        for query in ({"explain": "true"}, {"explain": "true", "receipt": "true"})
    ]
    plain, receipted = (json.loads(answer["body"]) for answer in answers)
    claims = claims_of(receipted.pop("receipt"))
    assert plain == receipted
    assert claims["output"]["prediction"] == plain["prediction"]


def test_a_direct_invocation_gets_one_too(handler: Application) -> None:
    """It has no request context, so no id."""
    asked = {"model": "toy", "instances": [INSTANCE]}
    answer = handler({**asked, "receipt": True}, Context())
    claims = claims_of(answer.pop("receipt"))
    assert answer == handler(asked, Context())
    assert "request_id" not in claims
    assert claims["input"] == hashed([INSTANCE])


def test_a_regression_has_neither_label_nor_threshold(tmp_path: Path) -> None:
    """The output holds what the answer holds."""
    scorer = AdditiveScorer(1.5, (), (), "identity")
    seal(tmp_path, scorer=scorer, classes=(), threshold=None, golden=(Golden(dict(INSTANCE), (1.5,)),))
    handler = build(Settings(models_dir=str(tmp_path), log_level="OFF", metrics=False, receipt_key=SEED))
    status, answer = ask(handler, INSTANCE, receipt="true")
    assert status == 200
    assert claims_of(answer["receipt"])["output"] == {"prediction": answer["prediction"], "threshold": None}


@pytest.mark.parametrize("word", ["false", None])
def test_who_asks_for_none_gets_none(handler: Application, word: str | None) -> None:
    """`receipt=false` is the same as nothing."""
    _, answer = ask(handler, INSTANCE, **({"receipt": word} if word else {}))
    assert "receipt" not in answer


@pytest.mark.parametrize("word", ["1", "yes", "True", ""])
def test_another_word_is_refused(handler: Application, word: str) -> None:
    """As of every switch."""
    status, answer = ask(handler, INSTANCE, receipt=word)
    assert (status, answer["code"]) == (400, "invalid-parameter")
    assert "receipt" in answer["detail"]


def test_without_a_key_it_is_said_that_there_are_none(tmp_path: Path) -> None:
    """Never an answer without the receipt that was asked for; whoever does not ask is answered."""
    seal(tmp_path)
    handler = build(Settings(models_dir=str(tmp_path), log_level="OFF", metrics=False))
    status, answer = ask(handler, INSTANCE, receipt="true")
    assert (status, answer["code"]) == (400, "no-receipts")
    assert ask(handler, INSTANCE)[0] == 200


def test_a_faulty_input_is_refused_as_ever(handler: Application) -> None:
    """What is refused has no receipt."""
    status, answer = ask(handler, {**INSTANCE, "age": 99}, receipt="true")
    assert (status, answer["code"], "receipt" in answer) == (400, "invalid-instances", False)


def test_a_receipt_names_the_version_that_answered(tmp_path: Path) -> None:
    """Also where an alias moves between the answer and its receipt."""
    seal(tmp_path / "1")
    seal(tmp_path / "2", threshold=0.25)
    models = [load_model("toy", str(tmp_path / place / "toy")) for place in ("1", "2")]

    class Moving:
        looks = 0

        def get(self, _name: str) -> Model:
            self.looks += 1
            return models[self.looks > 1]

    store = Moving()
    inference = Inference(store, SEED)  # type: ignore[arg-type]
    request = Request("POST", "/inference/toy", {}, {"receipt": "true"}, json.dumps(INSTANCE))
    answer = json.loads(inference.answer(request, "toy").body)
    claims = claims_of(answer["receipt"])
    assert claims["version"] == answer["version"] == models[1].version


def test_the_header_says_which_key_and_what_for(handler: Application) -> None:
    """The key's id is its thumbprint (RFC 7638), as another library computes it."""
    _, answer = ask(handler, INSTANCE, receipt="true")
    header = jwt.get_unverified_header(answer["receipt"])
    assert header == {"alg": "EdDSA", "kid": OKPKey.import_key(dict(PUBLIC)).thumbprint(), "typ": TYPE}


def test_a_changed_receipt_is_none(handler: Application) -> None:
    """Any letter of it: another library refuses it."""
    _, answer = ask(handler, INSTANCE, receipt="true")
    head, body, signature = answer["receipt"].split(".")
    claims = json.loads(decode(body))
    claims["output"]["label"] = "no"
    changed = encode(json.dumps(claims).encode())
    for forged in (f"{head}.{changed}.{signature}", f"{head}.{body}.{signature[:-4]}AAAA"):
        with pytest.raises(jwt.InvalidSignatureError):
            claims_of(forged)


def test_base64url_has_one_spelling() -> None:
    """Decoding refuses padding, other letters, and bits that are of no byte."""
    assert decode(encode(b"\xfb\xff\x00")) == b"\xfb\xff\x00"
    assert encode(b"\xfb\xff") == base64.urlsafe_b64encode(b"\xfb\xff").decode().rstrip("=")
    for text in ("+_8", "-_8=", "-_9", "é", "a"):
        with pytest.raises(ValueError, match="base64url"):
            decode(text)


@pytest.mark.parametrize("change", [{"kty": "EC"}, {"crv": "X25519"}, {"x": "AA"}, {"x": 1}])
def test_a_key_of_another_kind_is_refused(change: dict[str, Any]) -> None:
    """A verifier must not take a key of one algorithm for that of another."""
    assert public_of(PUBLIC) == OpenSsl().public_of(SEED)
    with pytest.raises(ValueError, match="Ed25519"):
        public_of({**PUBLIC, **change})
