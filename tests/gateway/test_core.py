"""Admit, invoke, answer."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from challenge_neuralworks.gateway import docs_assets
from challenge_neuralworks.gateway.core import Admitted, Gateway
from challenge_neuralworks.gateway.messages import HttpRequest, HttpResponse
from challenge_neuralworks.gateway.options import Options
from challenge_neuralworks.gateway.refusals import BAD_GATEWAY as REFUSED_502
from challenge_neuralworks.gateway.refusals import CONCURRENCY, TIMED_OUT, Refusal
from tests.gateway.echo import KEY, OTHER_KEY, echo

if TYPE_CHECKING:
    from pathlib import Path

REQUEST = HttpRequest("POST", "/inference/delay", "", [("x-api-key", KEY)], b"{}", "127.0.0.1")
GATEWAY = Gateway(echo, [KEY, OTHER_KEY])
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def ask(handler: Any = echo, **changes: Any) -> HttpResponse:
    """Return the answer to a request that differs from a good one."""
    return Gateway(handler, [KEY, OTHER_KEY]).answer(REQUEST._replace(**changes))


def own(response: HttpResponse) -> tuple[int, dict[str, str], bytes]:
    """Return a response of the gateway's own, its identifiers checked and left out."""
    headers = dict(response.headers)
    assert len(headers) == len(response.headers)
    assert re.fullmatch(UUID, headers.pop("x-amzn-RequestId"))
    assert re.fullmatch(r"[A-Za-z0-9_-]{15}=", headers.pop("x-amz-apigw-id"))
    return response.status, headers, response.body


def refusal(status: int, error_type: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Return what `own` returns of a refusal."""
    return status, {"Content-Type": "application/json", "x-amzn-ErrorType": error_type}, body


FORBIDDEN = refusal(403, "ForbiddenException", b'{"message":"Forbidden"}')
TOO_LONG = refusal(413, "RequestTooLargeException", b'{"message":"Request Too Long"}')
BAD_GATEWAY = refusal(502, "InternalServerErrorException", b'{"message": "Internal server error"}')


def never(_event: Any, _context: Any) -> dict[str, Any]:
    """Stand for a function that must not be called."""
    raise AssertionError


@pytest.mark.parametrize("headers", [[], [("x-api-key", "")], [("x-api-key", "b" + KEY[1:])], [("authorization", KEY)]])
def test_without_its_key_a_request_gets_the_whole_answer_of_aws(headers: list[tuple[str, str]]) -> None:
    """No key, a wrong one of the same length, or one in another header: 403 in AWS's words, the function not called."""
    assert own(ask(never, headers=headers)) == FORBIDDEN


def test_unknown_routes_are_closed() -> None:
    """Without a key, nobody learns which routes there are."""
    assert own(ask(never, path="/nothing", headers=[])) == FORBIDDEN


@pytest.mark.parametrize("key", [KEY, OTHER_KEY])
def test_each_of_two_keys_admits(key: str) -> None:
    """Every key that is set is accepted, and the event says which it was."""
    response = ask(headers=[("x-api-key", key)])
    assert response.status == 200
    assert json.loads(response.body)["requestContext"]["identity"]["apiKey"] == key


def test_answer_carries_the_identifiers_of_its_event() -> None:
    """What the client is told and what the function was told are the same identifiers."""
    response = ask()
    event = json.loads(response.body)
    assert response.headers == [
        ("X-Twice", "a"),
        ("X-Twice", "b"),
        ("Content-Type", "application/json"),
        ("X-Once", "1"),
        ("x-amzn-RequestId", event["requestContext"]["requestId"]),
        ("x-amz-apigw-id", event["requestContext"]["extendedRequestId"]),
        ("X-Amzn-Trace-Id", event["headers"]["X-Amzn-Trace-Id"]),
    ]


def test_function_gets_a_context_like_lambdas() -> None:
    """The context has what Lambda's has, with an identifier of its own and the time that is left."""
    seen: dict[str, Any] = {}

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        seen["request"] = event["requestContext"]["requestId"]
        seen["invocation"] = context.aws_request_id
        seen["left_ms"] = context.get_remaining_time_in_millis()
        seen["function"] = (context.function_name, context.function_version, context.memory_limit_in_mb)
        seen["arn"] = context.invoked_function_arn
        return {"statusCode": 200}

    assert ask(handler).status == 200
    assert re.fullmatch(UUID, seen["invocation"])
    assert seen["invocation"] != seen["request"]
    assert 28_000 < seen["left_ms"] <= 29_000
    assert seen["function"] == ("challenge-neuralworks-local", "$LATEST", "512")
    assert seen["arn"] == "arn:aws:lambda:us-east-1:123456789012:function:challenge-neuralworks-local"


def test_options_needs_no_key() -> None:
    """A preflight reaches the function, which answers it."""
    response = ask(method="OPTIONS", headers=[])
    assert (response.status, json.loads(response.body)["httpMethod"]) == (200, "OPTIONS")


def test_head_has_the_length_and_not_the_body() -> None:
    """HEAD answers as GET does, with its Content-Length and nothing after it."""
    response = ask(lambda _event, _context: {"statusCode": 200, "body": "12345"}, method="HEAD")
    assert response.body == b""
    assert ("Content-Length", "5") in response.headers


@pytest.mark.parametrize("status", [204, 304])
def test_status_without_body(status: int) -> None:
    """A status that HTTP forbids a body has none, whatever the function answered."""
    assert ask(lambda _event, _context: {"statusCode": status, "body": "x"}).body == b""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"a" * (5 * 2**20), 200),
        (b"a" * (6 * 2**20), 413),
        (b"\xff" * (5 * 2**20), 413),
        (b'"' * (4 * 2**20), 413),
        (b"a" * (10 * 2**20 + 1), 413),
    ],
    ids=["5 MiB", "6 MiB and its event", "5 MiB in base64", "4 MiB that JSON escapes", "over 10 MiB"],
)
def test_limits(body: bytes, expected: int) -> None:
    """The event as a whole, as JSON, may have 6 MiB, and a body 10 MiB before that."""
    response = ask(lambda event, _context: {"statusCode": 200, "body": str(len(event["body"]))}, body=body)
    if expected == 200:
        assert (response.status, response.body) == (200, str(len(body)).encode())
    else:
        assert own(response) == TOO_LONG


def test_body_known_to_be_too_long() -> None:
    """A server that reads the length first gets the same answer for it."""
    assert own(GATEWAY.too_long()) == TOO_LONG


@pytest.mark.parametrize(
    "answer", [None, {}, {"statusCode": 200, "body": 1}, {"statusCode": 200, "headers": {"a b": ""}}]
)
def test_malformed_answer_is_a_bad_gateway(answer: Any, caplog: pytest.LogCaptureFixture) -> None:
    """The caller learns nothing, the log says what was wrong with the answer."""
    assert own(ask(lambda _event, _context: answer)) == BAD_GATEWAY
    assert [record.message.partition(": ")[2][:25] for record in caplog.records] == ["malformed proxy response:"]


def test_function_that_raises_is_a_bad_gateway(caplog: pytest.LogCaptureFixture) -> None:
    """An exception ends in AWS's 502, and its trace in the log."""
    assert own(ask(lambda _event, _context: 1 / 0)) == BAD_GATEWAY
    assert [record.exc_info and record.exc_info[0] for record in caplog.records] == [ZeroDivisionError]


@pytest.mark.parametrize(
    ("outcome", "status", "body"),
    [
        (CONCURRENCY, 500, b'{"message": "Internal server error"}'),
        (REFUSED_502, 502, b'{"message": "Internal server error"}'),
        (TIMED_OUT, 504, b'{"message": "Endpoint request timed out"}'),
    ],
)
@pytest.mark.parametrize("method", ["POST", "HEAD"])
def test_request_without_an_answer(method: str, outcome: Refusal, status: int, body: bytes) -> None:
    """Where the function has none in time, or no room, the whole answer is AWS's, under the request's own numbers."""
    admitted = GATEWAY.admit(REQUEST._replace(method=method))
    assert isinstance(admitted, Admitted)
    response = GATEWAY.finish(admitted, outcome)
    assert ("x-amzn-RequestId", admitted.event["requestContext"]["requestId"]) in response.headers
    expected = refusal(status, "InternalServerErrorException", b"" if method == "HEAD" else body)
    if method == "HEAD":
        expected[1]["Content-Length"] = str(len(body))
    assert own(response) == expected


def test_usage_plan_refuses_in_the_words_of_aws(tmp_path: Path) -> None:
    """Over the rate and over the quota are two 429 of different words; the function sees neither."""
    plans = tmp_path / "plans.toml"
    plans.write_text(
        "[plans.p]\nrate = 0.001\nburst = 2\n[plans.q]\nquota = {limit = 1, period = 'MONTH'}\n"
        f"[keys.a]\nplan = 'p'\nsha256 = '{sha256(KEY.encode()).hexdigest()}'\n"
        f"[keys.b]\nplan = 'q'\nsha256 = '{sha256(OTHER_KEY.encode()).hexdigest()}'\n",
        encoding="utf-8",
    )
    gateway = Gateway(echo, [], options=Options(usage_plans=str(plans)))
    assert [gateway.answer(REQUEST).status for _ in range(2)] == [200, 200]
    throttled = refusal(429, "TooManyRequestsException", b'{"message":"Too Many Requests"}')
    assert own(gateway.answer(REQUEST)) == throttled
    other = REQUEST._replace(headers=[("x-api-key", OTHER_KEY)])
    assert gateway.answer(other).status == 200
    exceeded = refusal(429, "LimitExceededException", b'{"message":"Limit Exceeded"}')
    assert own(gateway.answer(other)) == exceeded
    assert gateway.answer(REQUEST._replace(method="GET", path="/health", headers=[])).status == 200
    assert own(gateway.answer(REQUEST._replace(headers=[]))) == FORBIDDEN


@pytest.mark.parametrize(
    ("path", "seen"), [("/dev", "/"), ("/dev/", "/"), ("/dev/models", "/models"), ("/dev/dev", "/dev")]
)
def test_stage_is_in_front_of_every_path(path: str, seen: str) -> None:
    """The function sees the path behind the stage, and the stage in the context."""
    gateway = Gateway(echo, [KEY], options=Options(stage="dev"))
    event = json.loads(gateway.answer(REQUEST._replace(path=path)).body)
    assert (event["path"], event["requestContext"]["path"], event["requestContext"]["stage"]) == (seen, path, "dev")


@pytest.mark.parametrize("path", ["/", "/models", "/devil/models", "/DEV/models", "/%64ev/models", "//dev/models"])
def test_another_stage_is_forbidden(path: str) -> None:
    """Even to whoever has a key: to the outside there is no such API."""
    assert own(Gateway(never, [KEY], options=Options(stage="dev")).answer(REQUEST._replace(path=path))) == FORBIDDEN


def test_keys_are_asked_for_by_the_path_behind_the_stage() -> None:
    """A page is open and a model is not, stage or none."""
    gateway = Gateway(echo, [KEY], options=Options(stage="dev"))
    paths = ["/dev", "/dev/docs", "/dev/models", "/dev/dev/docs"]
    statuses = [gateway.answer(REQUEST._replace(method="GET", path=path, headers=[])).status for path in paths]
    assert statuses == [200, 200, 403, 403]


def test_locked_pages() -> None:
    """Then they take a key, and the event shows the function that it was checked."""
    gateway = Gateway(echo, [KEY], pages="locked")
    page = REQUEST._replace(method="GET", path="/docs", body=b"")
    assert own(gateway.answer(page._replace(headers=[]))) == FORBIDDEN
    assert json.loads(gateway.answer(page).body)["requestContext"]["identity"]["apiKey"] == KEY


def test_hidden_pages_need_no_files() -> None:
    """What a hidden page is made of is not handed out either."""
    page = REQUEST._replace(method="GET", path=f"/docs/assets/{docs_assets.SCRIPT}", headers=[], body=b"")
    assert own(Gateway(never, [KEY], pages="hidden").answer(page)) == FORBIDDEN


@pytest.mark.parametrize("stage", ["", "dev"])
def test_files_of_the_docs_page_come_without_function_or_key(stage: str) -> None:
    """They are the gateway's own, under the stage as well; every other path below goes the usual way."""
    gateway = Gateway(never, [KEY], options=Options(stage=stage), pages="locked")
    folder = f"/{stage}/docs/assets" if stage else "/docs/assets"
    script = docs_assets.asset(f"/docs/assets/{docs_assets.SCRIPT}")
    assert script is not None
    page = REQUEST._replace(method="GET", headers=[], body=b"")
    assert gateway.answer(page._replace(path=f"{folder}/{docs_assets.SCRIPT}")) == script
    head = gateway.answer(page._replace(method="HEAD", path=f"{folder}/{docs_assets.SCRIPT}"))
    assert (head.body, dict(head.headers)["Content-Length"]) == (b"", str(len(script.body)))
    for method, name in (("GET", "nothing.js"), ("POST", docs_assets.SCRIPT), ("DELETE", docs_assets.SCRIPT)):
        assert own(gateway.answer(page._replace(method=method, path=f"{folder}/{name}"))) == FORBIDDEN


TEXT = st.text(max_size=20)
HEADERS = st.lists(st.tuples(st.sampled_from(["host", "x-api-key", "content-type", "x-forwarded-for"]) | TEXT, TEXT))
METHODS = st.sampled_from(["GET", "POST", "HEAD", "OPTIONS"]) | TEXT
PATHS = st.sampled_from(["/", "/docs", "/inference/delay", "*", ""]) | TEXT
REQUESTS = st.builds(HttpRequest, METHODS, PATHS, TEXT, HEADERS, st.binary(max_size=50), TEXT, TEXT)


@settings(max_examples=500, deadline=None)
@given(REQUESTS, st.booleans())
def test_no_request_makes_the_gateway_raise(request: HttpRequest, with_key: bool) -> None:
    """Whatever arrives, there is an answer that can be sent."""
    if with_key:
        request.headers.append(("x-api-key", KEY))
    response = GATEWAY.answer(request)
    assert response.status in (200, 403, 502)
    assert all(name.isascii() and value.isprintable() for name, value in response.headers)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
ANSWERS = VALUES | st.fixed_dictionaries(
    {"statusCode": st.integers(100, 700) | VALUES},
    optional={"headers": VALUES, "multiValueHeaders": VALUES, "body": VALUES, "isBase64Encoded": VALUES},
)


@settings(max_examples=500, deadline=None)
@given(ANSWERS)
def test_no_answer_makes_the_gateway_raise(answer: Any) -> None:
    """Whatever the function answers, the client gets a response that can be sent."""
    response = ask(lambda _event, _context: answer)
    assert 200 <= response.status <= 599
    for name, value in response.headers:
        assert (name.isascii(), value.encode("latin-1").splitlines()) == (
            True,
            [value.encode("latin-1")] if value else [],
        )
