"""No event, whatever it holds, makes the handler raise or answer 5xx."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from challenge_neuralworks.errors import NeuralworksError
from challenge_neuralworks.scorers.explaining import ExplainedScorer
from challenge_neuralworks.scorers.explaining.additive import AdditiveExplainer
from challenge_neuralworks.serving import Application, build
from challenge_neuralworks.serving.events import reading
from challenge_neuralworks.settings import Settings
from tests.making import INSTANCE, TOY_SCORER, Context, event, rest_event, seal

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "400"))
"""Events a test; FUZZ_EXAMPLES=12500 sends 100,000 in all."""

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4)
)
TEXTS = st.text(max_size=60) | st.sampled_from(["", "{}", "[]", "null", "NaN", '{"instances":[{}]}', "e30=", "/", "//"])
INSTANCES = st.fixed_dictionaries({}, optional={key: st.just(value) | JSON for key, value in INSTANCE.items()})
BODIES = (
    TEXTS
    | JSON.map(json.dumps)
    | INSTANCES.map(json.dumps)
    | st.lists(INSTANCES, max_size=3).map(lambda many: json.dumps({"instances": many}))
)
PATHS = TEXTS | st.sampled_from(
    [
        *("/inference/toy", "/dev/inference/toy", "/models/toy", "/health", "/inference/x", "/docs", "/"),
        *("/openapi.json", "/v2", "/v2/models/toy", "/v2/models/toy/infer", "/v2/models/toy/versions/1/infer"),
    ]
)
METHODS = st.sampled_from(["POST", "post", "GET", "HEAD", "OPTIONS", "PUT"]) | TEXTS
QUERIES = st.none() | st.dictionaries(
    st.sampled_from(["threshold", "explain", "x"]) | TEXTS, st.sampled_from(["true", "0.5"]) | TEXTS | JSON, max_size=2
)
HEADERS = st.none() | st.dictionaries(
    st.sampled_from(["content-type", "Content-Type", "x"]) | TEXTS, TEXTS | JSON, max_size=3
)

READABLE = st.fixed_dictionaries(
    {
        "colour": st.sampled_from(["red", "RED", "dark  green", "malaga"]),
        "place": st.sampled_from(["here", "nowhere"]),
        "age": st.integers(0, 9) | st.just(10),
        "weight": st.floats(-10, 10),
    }
)
"""Nearly always faultless, and often with warnings."""

READ = [
    *("headers", "multiValueHeaders", "queryStringParameters", "multiValueQueryStringParameters"),
    *("body", "isBase64Encoded", "httpMethod"),
]
"""Entries that say what is asked, beside the path."""


@pytest.fixture
def handler(tmp_path: Path) -> Application:
    """Return a handler whose model has explanations, so that they are asked for too."""
    seal(tmp_path, scorer=ExplainedScorer(TOY_SCORER, AdditiveExplainer(TOY_SCORER, {"age": 0.5})))
    return build(Settings(models_dir=str(tmp_path), log_level="OFF", metrics=False))


def answers_well(handler: Application, content: Any) -> None:
    """Fail where the handler raises, answers 5xx, or answers what is no JSON."""
    answer = handler(content, Context())
    json.dumps(answer, allow_nan=False)
    status = answer.get("statusCode", answer.get("status", 200))
    assert 200 <= status < 500, answer


MANY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@MANY
@given(content=JSON | st.binary() | st.tuples(JSON))
def test_anything_at_all(handler: Application, content: object) -> None:
    """Values that are no event of any kind."""
    answers_well(handler, content)


@pytest.mark.parametrize("name", ["rest_v1", "http_v2", "alb"])
@MANY
@given(data=st.data())
def test_events_with_strange_entries(handler: Application, name: str, data: st.DataObject) -> None:
    """Real events, some of whose entries hold something else."""
    content = event(name)
    for key in data.draw(st.lists(st.sampled_from(sorted(content)), max_size=3)):
        content[key] = data.draw(JSON)
    answers_well(handler, content)


@pytest.mark.parametrize("name", ["rest_v1", "http_v2", "alb"])
@MANY
@given(method=METHODS, path=PATHS, body=BODIES | st.none(), query=QUERIES, headers=HEADERS, encoded=st.booleans())
def test_requests_of_every_kind(
    handler: Application, name: str, method: str, path: str, body: str | None, query: Any, headers: Any, encoded: bool
) -> None:
    """Well-formed events with any method, path, body, query and headers."""
    content = event(name)
    if name == "http_v2":
        content["requestContext"]["http"]["method"], content["rawPath"] = method, path
    else:
        content["httpMethod"], content["path"] = method, path
    content |= {"body": body, "queryStringParameters": query, "headers": headers, "isBase64Encoded": encoded}
    answers_well(handler, content)


@MANY
@given(
    model=st.just("toy") | TEXTS,
    instances=JSON | st.lists(INSTANCES, max_size=3),
    threshold=JSON,
    explain=st.booleans() | JSON,
)
def test_direct_invocations(
    handler: Application, model: str, instances: object, threshold: object, explain: object
) -> None:
    """Direct events with any instances and parameters."""
    answers_well(handler, {"model": model, "instances": instances, "threshold": threshold, "explain": explain})


@MANY
@given(instances=st.lists(READABLE, max_size=3), threshold=st.none() | st.sampled_from([0.0, 0.5, 0.999]))
def test_a_direct_answer_is_the_document_of_the_others(
    handler: Application, instances: list[dict[str, Any]], threshold: float | None
) -> None:
    """Nobody writes it as text in between, and it is the same: predictions, labels, warnings and problems."""
    query = {} if threshold is None else {"threshold": threshold}
    body = json.dumps({"instances": instances})
    asked = {name: str(value) for name, value in query.items()} or None
    posted = handler(rest_event("POST", "/inference/toy", body, queryStringParameters=asked), Context())
    assert handler({"model": "toy", "instances": instances, **query}, Context()) == json.loads(posted["body"])


@MANY
@given(changes=st.dictionaries(st.sampled_from(READ), JSON | QUERIES | st.just({}), max_size=4), body=TEXTS | st.none())
def test_an_ordinary_event_is_read_as_any_other(changes: dict[str, Any], body: str | None) -> None:
    """What is read without a call where it is as nearly always, is what the readers of any entry make of it."""
    content = {**event("rest_v1"), "body": body, **changes}

    def plainly() -> tuple[object, ...]:
        headers = reading.last_values(content, "headers", "multiValueHeaders")
        query = reading.last_values(content, "queryStringParameters", "multiValueQueryStringParameters")
        read = reading.body(content)
        return reading.text(content, "httpMethod").upper(), headers, query, read

    def quickly() -> tuple[object, ...]:
        asked = reading.request(content, "/")
        return asked.method, asked.headers, asked.query, asked.body

    assert _outcome(quickly) == _outcome(plainly)


def _outcome(read: Callable[[], object]) -> object:
    try:
        return repr(read())
    except NeuralworksError as error:
        return type(error), str(error)
