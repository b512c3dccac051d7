"""Admit, invoke, answer."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from challenge_neuralworks.gateway.core import Gateway
from challenge_neuralworks.gateway.messages import HttpRequest, HttpResponse
from tests.gateway.echo import KEY, OTHER_KEY, echo

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
