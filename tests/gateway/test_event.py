"""The event a request becomes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from challenge_neuralworks.gateway.access import ApiKey
from challenge_neuralworks.gateway.event import EventWriter
from challenge_neuralworks.gateway.identity import Stamp
from challenge_neuralworks.gateway.messages import HttpRequest
from challenge_neuralworks.gateway.options import BINARY_TYPES, Options
from tests.making import EVENTS

STAMP = Stamp("request", "extended", "invocation", "Root=1-5e5ffe45-0", "04/Mar/2020:19:15:17 +0000", 1583349317135)
DEFAULTS = Options()
KEY = ApiKey.of("secret")
PLAIN = HttpRequest("GET", "/models", "", [("host", "localhost:8000")], b"", "127.0.0.1")


def write(key: ApiKey | None = None, options: Options = DEFAULTS, **changes: Any) -> dict[str, Any]:
    """Return the event of a request that differs from a plain one."""
    request = PLAIN._replace(**changes)
    return EventWriter(8000, options).write(request, dict(request.headers), key, STAMP)


def test_whole_event() -> None:
    """A POST with key, query and body becomes this event, entry by entry."""
    headers = [
        ("host", "localhost:8000"),
        ("user-agent", "curl/8.5.0"),
        ("content-type", "application/json"),
        ("x-api-key", "secret"),
    ]
    event = write(
        KEY, method="POST", path="/inference/delay", query="threshold=0.3", headers=headers, body='{"é":1}'.encode()
    )
    single = {
        **dict(headers),
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Port": "8000",
        "X-Forwarded-Proto": "http",
        "X-Amzn-Trace-Id": "Root=1-5e5ffe45-0",
    }
    assert event == {
        "resource": "/{proxy+}",
        "path": "/inference/delay",
        "httpMethod": "POST",
        "headers": single,
        "multiValueHeaders": {name: [value] for name, value in single.items()},
        "queryStringParameters": {"threshold": "0.3"},
        "multiValueQueryStringParameters": {"threshold": ["0.3"]},
        "pathParameters": {"proxy": "inference/delay"},
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "local",
            "deploymentId": "local",
            "domainName": "localhost:8000",
            "domainPrefix": "local",
            "extendedRequestId": "extended",
            "httpMethod": "POST",
            "identity": {
                "accessKey": None,
                "accountId": None,
                "apiKey": "secret",
                "apiKeyId": KEY.id,
                "caller": None,
                "cognitoAuthenticationProvider": None,
                "cognitoAuthenticationType": None,
                "cognitoIdentityId": None,
                "cognitoIdentityPoolId": None,
                "principalOrgId": None,
                "sourceIp": "127.0.0.1",
                "user": None,
                "userAgent": "curl/8.5.0",
                "userArn": None,
            },
            "path": "/inference/delay",
            "protocol": "HTTP/1.1",
            "requestId": "request",
            "requestTime": "04/Mar/2020:19:15:17 +0000",
            "requestTimeEpoch": 1583349317135,
            "resourceId": "local",
            "resourcePath": "/{proxy+}",
            "stage": "local",
        },
        "body": '{"é":1}',
        "isBase64Encoded": False,
    }


def test_event_has_the_entries_of_the_published_sample() -> None:
    """Every entry of a REST API's proxy event is there, and of the same JSON type where neither is null."""
    published = json.loads((EVENTS / "rest_v1.json").read_text(encoding="utf-8"))
    event = write(KEY, headers=[("x-api-key", "secret")], query="a=1", body=b"{}")
    for ours, theirs in (
        (event, published),
        (event["requestContext"], published["requestContext"]),
        (event["requestContext"]["identity"], published["requestContext"]["identity"]),
    ):
        assert set(theirs) - set(ours) == set()
        differing = {
            name
            for name, value in theirs.items()
            if value is not None and ours[name] is not None and type(value) is not type(ours[name])
        }
        assert differing == set()
    # Nothing but what JSON can hold: on AWS the event travels as text.
    assert json.loads(json.dumps(event)) == event


def test_root_is_a_resource_of_its_own() -> None:
    """A greedy path variable does not match the root."""
    event = write(path="/")
    assert (event["resource"], event["pathParameters"]) == ("/", None)
    assert (event["requestContext"]["resourcePath"], event["requestContext"]["path"]) == ("/", "/")


def test_path_stays_encoded_and_its_variable_does_not() -> None:
    """A REST API hands the path over as sent and the path variable decoded."""
    event = write(path="/models/a%20b%2Fc")
    assert (event["path"], event["pathParameters"]) == ("/models/a%20b%2Fc", {"proxy": "models/a b/c"})


@pytest.mark.parametrize(
    ("query", "single", "multiple"),
    [
        ("", None, None),
        ("&", None, None),
        ("a=1", {"a": "1"}, {"a": ["1"]}),
        ("a=1&b=2&a=3", {"a": "3", "b": "2"}, {"a": ["1", "3"], "b": ["2"]}),
        ("a=x+y%26z&%C3%A9=%C3%BC", {"a": "x y&z", "é": "ü"}, {"a": ["x y&z"], "é": ["ü"]}),
        ("a&b=", {"a": "", "b": ""}, {"a": [""], "b": [""]}),
        ("a=1;b=2", {"a": "1;b=2"}, {"a": ["1;b=2"]}),
        ("a=%ff", {"a": "\ufffd"}, {"a": ["\ufffd"]}),
    ],
)
def test_query_is_decoded(query: str, single: dict[str, str] | None, multiple: dict[str, list[str]] | None) -> None:
    """Names and values are URL-decoded; of a repeated name the last value is the single one."""
    event = write(query=query)
    assert (event["queryStringParameters"], event["multiValueQueryStringParameters"]) == (single, multiple)


def test_repeated_headers() -> None:
    """The last of a name is the single one, and all are in the lists, in order."""
    event = write(headers=[("x-a", "1"), ("x-b", "2"), ("x-a", "3")])
    assert (event["headers"]["x-a"], event["headers"]["x-b"]) == ("3", "2")
    assert (event["multiValueHeaders"]["x-a"], event["multiValueHeaders"]["x-b"]) == (["1", "3"], ["2"])


def test_forwarding_headers_of_a_client_are_completed_or_replaced() -> None:
    """The address in the event is the connection's; what a client claims to be is only passed on before it."""
    sent = [
        ("x-forwarded-for", "203.0.113.7"),
        ("x-forwarded-port", "1"),
        ("x-forwarded-proto", "ftp"),
        ("x-amzn-trace-id", "Root=1-67891233-abcdef012345678912345678"),
    ]
    event = write(headers=sent, source_ip="192.0.2.1")
    expected = {
        "X-Forwarded-For": "203.0.113.7, 192.0.2.1",
        "X-Forwarded-Port": "8000",
        "X-Forwarded-Proto": "http",
        "X-Amzn-Trace-Id": "Root=1-67891233-abcdef012345678912345678",
    }
    assert event["headers"] == expected
    assert event["multiValueHeaders"] == {name: [value] for name, value in expected.items()}
    assert event["requestContext"]["identity"]["sourceIp"] == "192.0.2.1"


@pytest.mark.parametrize("trace", ["", "a b", "é", "x" * 501])
def test_trace_header_that_cannot_be_one_is_replaced(trace: str) -> None:
    """The trace is sent back in a header, so it must be fit for one."""
    assert write(headers=[("x-amzn-trace-id", trace)])["headers"]["X-Amzn-Trace-Id"] == "Root=1-5e5ffe45-0"


def test_key_is_told_only_where_it_was_checked() -> None:
    """A route without a key has no key in its identity, even if one was sent."""
    identity = write(None, headers=[("x-api-key", "secret")])["requestContext"]["identity"]
    assert (identity["apiKey"], identity["apiKeyId"]) == (None, None)


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("application/json", b"", (None, False)),
        ("application/json", b'{"a": 1}', ('{"a": 1}', False)),
        ("", "é\u0000\U0001f600".encode(), ("é\u0000\U0001f600", False)),
        ("application/json", b"a\xff\xfeb", ("a\ufffd\ufffdb", False)),
        ("application/octet-stream", b"text", ("dGV4dA==", True)),
        ("Image/PNG; a=b", b"\xff", ("/w==", True)),
        ("image", b"text", ("text", False)),
    ],
)
def test_body(content_type: str, body: bytes, expected: tuple[str | None, bool]) -> None:
    """A binary media type's body is base64; any other is text, its bytes that are none replaced; nothing is null."""
    event = write(headers=[("content-type", content_type)], body=body)
    assert (event["body"], event["isBase64Encoded"]) == expected


@pytest.mark.parametrize(
    ("binary_types", "content_type", "expected"),
    [
        (("*/*",), "application/json", True),
        (("*/*",), "", True),
        (("image/*",), "image/png", True),
        (("image/*",), "imagery/png", False),
        (("image/png",), "image/png;q=1", True),
        (("image/png",), "image/jpeg", False),
        (BINARY_TYPES, "application/zip", True),
        (BINARY_TYPES, "application/zip+json", False),
        (BINARY_TYPES, "", False),
    ],
)
def test_binary_media_types(binary_types: tuple[str, ...], content_type: str, expected: bool) -> None:
    """A type matches by its name without parameters, in any case, or by a star."""
    headers = [("content-type", content_type)] if content_type else []
    event = write(options=Options(binary_types=binary_types), headers=headers, body=b"{}")
    assert (event["isBase64Encoded"], event["body"]) == ((True, "e30=") if expected else (False, "{}"))


def test_headers_of_the_connection_are_left_out() -> None:
    """What belongs to the connection, and the length, are not the function's business."""
    sent = ["connection", "keep-alive", "content-length", "transfer-encoding", "te", "upgrade", "expect", "x-kept"]
    event = write(headers=[*((name, "1") for name in sent), ("te", "2")])
    added = {"X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Amzn-Trace-Id"}
    assert set(event["headers"]) == set(event["multiValueHeaders"]) == {"x-kept"} | added


@pytest.mark.parametrize(
    ("sent", "path", "proxy"),
    [("/dev", "/", None), ("/dev/", "/", None), ("/dev/models/a%2Fb", "/models/a%2Fb", {"proxy": "models/a/b"})],
)
def test_stage_is_in_the_context_s_path_alone(sent: str, path: str, proxy: dict[str, str] | None) -> None:
    """The function's path is the one within the stage; the context tells the whole, and the stage's name."""
    event = write(options=Options(stage="dev"), path=sent)
    assert (event["path"], event["pathParameters"]) == (path, proxy)
    context = event["requestContext"]
    resource = "/{proxy+}" if proxy else "/"
    assert (context["path"], context["stage"], context["resourcePath"]) == (sent, "dev", resource)


def test_events_share_nothing() -> None:
    """A function that changes its event changes no other."""
    writer = EventWriter(8000)
    first = writer.write(PLAIN, dict(PLAIN.headers), None, STAMP)
    kept = json.dumps(first)
    second = writer.write(PLAIN, dict(PLAIN.headers), None, STAMP)
    second["requestContext"]["identity"].clear()
    second["headers"].clear()
    second["multiValueHeaders"]["host"].append("x")
    assert json.dumps(first) == kept
    assert json.dumps(writer.write(PLAIN, dict(PLAIN.headers), None, STAMP)) == kept
