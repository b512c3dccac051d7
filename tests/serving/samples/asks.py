"""Requests that every sender can pass on: the same ones in each shape, with the same answers."""

from __future__ import annotations

import gzip
import json
from math import exp
from typing import Any

import pytest

from challenge_neuralworks.model import Model
from tests.making import INSTANCE
from tests.serving.samples.asking import Ask, Wanted, batch, predicted

OTHER = {"colour": "Málaga", "place": "there", "age": 9, "weight": -2.5}
ONE = json.dumps(INSTANCE).encode()
MANY = json.dumps({"instances": [INSTANCE, OTHER]}).encode()
ALLOW = (("Allow", "OPTIONS, POST"),)
PREFLIGHT = (
    *ALLOW,
    ("Access-Control-Allow-Methods", "OPTIONS, POST"),
    ("Access-Control-Allow-Headers", "content-type, x-api-key, inference-header-content-length"),
    ("Access-Control-Max-Age", "86400"),
)


def explained(model: Model) -> Any:
    """Return a prediction with the explainer's own contributions, in log-odds and in shares of the probability."""
    base, contributions, score = model.explain(INSTANCE)
    answer = predicted()(model)
    start = 1 / (1 + exp(-base))
    share = (answer["prediction"][1] - start) / (score - base)
    shares = {name: value * share for name, value in contributions.items()}
    probability = {"base": pytest.approx(start, abs=1e-12), "contributions": pytest.approx(shares, abs=1e-12)}
    explanation = {"scale": "log-odds", "base": base, "score": score, "contributions": contributions}
    return {**answer, "explanation": {**explanation, "probability": probability}}


def read_as(model: Model) -> Any:
    """Return the prediction of the category that was meant, and the warning that says so."""
    warning = {"pointer": "#/colour", "code": "read-as", "detail": "'malaga' was read as 'Málaga'"}
    return {**predicted(instance={**INSTANCE, "colour": "Málaga"})(model), "warnings": [warning]}


ASKS: dict[str, tuple[Ask, Wanted]] = {
    "one instance": (Ask(), Wanted(document=predicted())),
    "many instances": (Ask(body=MANY), Wanted(document=batch([INSTANCE, OTHER]))),
    "UTF-8 in the body": (
        Ask(body=json.dumps(OTHER, ensure_ascii=False).encode()),
        Wanted(document=predicted(instance=OTHER)),
    ),
    "UTF-8 in base64": (
        Ask(body=json.dumps(OTHER, ensure_ascii=False).encode(), headers=(), binary=True),
        Wanted(document=predicted(instance=OTHER)),
    ),
    "a byte order mark in base64": (
        Ask(body=b"\xef\xbb\xbf" + ONE, headers=(), binary=True),
        Wanted(document=predicted()),
    ),
    "a byte order mark": (Ask(body=b"\xef\xbb\xbf" + ONE), Wanted(document=predicted())),
    "no content type": (Ask(headers=()), Wanted(document=predicted())),
    "no content type, base64": (Ask(headers=(), binary=True), Wanted(document=predicted())),
    "content type with a charset": (
        Ask(headers=(("content-type", "application/json; charset=UTF-8"),)),
        Wanted(document=predicted()),
    ),
    "content type of another JSON": (
        Ask(headers=(("CONTENT-TYPE", "application/vnd.api+json"),), binary=True),
        Wanted(document=predicted()),
    ),
    "content type of a text": (
        Ask(headers=(("Content-Type", "text/plain"),)),
        Wanted(415, "unsupported-media-type"),
    ),
    "a form, as curl -d sends it": (
        Ask(headers=(("Content-Type", "application/x-www-form-urlencoded"),), binary=True),
        Wanted(415, "unsupported-media-type"),
    ),
    "a compressed body": (
        Ask(
            headers=(("Content-Type", "application/json"), ("Content-Encoding", "gzip")),
            body=gzip.compress(ONE, mtime=0),
            binary=True,
        ),
        Wanted(400, "invalid-json"),
    ),
    "no body": (Ask(body=b""), Wanted(400, "invalid-json")),
    "a cut body": (Ask(body=ONE[:-1]), Wanted(400, "invalid-json")),
    "a faulty instance": (Ask(body=ONE.replace(b"red", b"green")), Wanted(400, "invalid-instances")),
    "a category in another spelling": (
        Ask(body=ONE.replace(b'"red"', b'"malaga"')),
        Wanted(document=read_as),
    ),
    "a threshold": (Ask(query="threshold=0.99"), Wanted(document=predicted(0.99))),
    "a threshold, percent-encoded": (Ask(query="%74hreshold=0%2E99"), Wanted(document=predicted(0.99))),
    "two thresholds, the last counts": (
        Ask(query="threshold=0.1&threshold=0.99"),
        Wanted(document=predicted(0.99)),
    ),
    "a threshold with a comma": (Ask(query="threshold=0,99"), Wanted(400, "invalid-parameter")),
    "an unknown parameter": (Ask(query="treshold=0.99"), Wanted(400, "invalid-parameter")),
    "an explanation": (Ask(query="explain=true"), Wanted(document=explained)),
    "an unknown model": (Ask(path="/inference/none"), Wanted(404, "unknown-model")),
    "an unknown route": (Ask(path="/predict"), Wanted(404, "unknown-route")),
    "a slash at the end": (Ask(path="/inference/toy/"), Wanted(document=predicted())),
    "the model's page": (
        Ask("GET", "/models/toy", headers=(), body=b""),
        Wanted(document=lambda model: model.describe()),
    ),
    "a ping": (Ask("GET", "/ping", headers=(), body=b""), Wanted(document=lambda _: {"status": "alive"})),
    "HEAD": (Ask("HEAD", "/ping", headers=(), body=b""), Wanted(empty=True)),
    "a preflight": (
        Ask("OPTIONS", headers=(("Origin", "https://example.com"),), body=b""),
        Wanted(204, headers=PREFLIGHT, empty=True),
    ),
    "a method that is not": (Ask("DELETE", body=b""), Wanted(405, "method-not-allowed", headers=ALLOW)),
}
