"""The response that a function's answer becomes."""

from __future__ import annotations

from typing import Any

import pytest

from challenge_neuralworks.gateway.answers import MalformedAnswer, read_answer
from challenge_neuralworks.gateway.limits import PAYLOAD_BYTES
from challenge_neuralworks.gateway.messages import HttpResponse

JSON = ("Content-Type", "application/json")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"statusCode": 204}, HttpResponse(204, [JSON], b"")),
        (
            {"statusCode": "201", "headers": None, "multiValueHeaders": None, "body": None},
            HttpResponse(201, [JSON], b""),
        ),
        ({"statusCode": 200, "body": "é"}, HttpResponse(200, [JSON], "é".encode())),
        ({"statusCode": 200, "body": "/wA=", "isBase64Encoded": True}, HttpResponse(200, [JSON], b"\xff\x00")),
        ({"statusCode": 200, "body": "", "isBase64Encoded": True}, HttpResponse(200, [JSON], b"")),
        (
            {"statusCode": 200, "headers": {"content-type": "text/html", "X-N": 3, "X-B": True, "X-F": 0.5}},
            HttpResponse(200, [("content-type", "text/html"), ("X-N", "3"), ("X-B", "true"), ("X-F", "0.5")], b""),
        ),
    ],
)
def test_answer_is_read(answer: dict[str, Any], expected: HttpResponse) -> None:
    """Each entry is taken over as AWS documents it; a missing Content-Type is JSON."""
    assert read_answer(answer) == expected


def test_both_kinds_of_headers_are_merged() -> None:
    """A pair that both mappings hold is sent once, other values of the same name are all sent."""
    answer = {
        "statusCode": 200,
        "headers": {"X-A": "1", "X-B": "9", "Content-Type": "text/plain"},
        "multiValueHeaders": {"X-A": ["1", "2"], "X-B": ["3"]},
    }
    expected = [("X-A", "1"), ("X-A", "2"), ("X-B", "3"), ("X-B", "9"), ("Content-Type", "text/plain")]
    assert read_answer(answer).headers == expected


def test_reserved_headers_are_renamed() -> None:
    """A function cannot set what belongs to the connection: its header is sent under another name."""
    headers = {"content-length": "5", "Connection": "close", "WWW-Authenticate": "Basic", "Server": "mine"}
    assert read_answer({"statusCode": 200, "headers": headers}).headers == [
        ("x-amzn-Remapped-Content-Length", "5"),
        ("x-amzn-Remapped-Connection", "close"),
        ("x-amzn-Remapped-WWW-Authenticate", "Basic"),
        ("x-amzn-Remapped-Server", "mine"),
        JSON,
    ]


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (None, "the answer is NoneType, not an object"),
        ("200", "the answer is str, not an object"),
        ([], "the answer is list, not an object"),
        ({}, "statusCode is None, not an integer from 200 to 599"),
        ({"statusCode": True}, "statusCode is True, not an integer from 200 to 599"),
        ({"statusCode": 200.0}, "statusCode is 200.0, not an integer from 200 to 599"),
        ({"statusCode": 99}, "statusCode is 99, not an integer from 200 to 599"),
        ({"statusCode": 600}, "statusCode is 600, not an integer from 200 to 599"),
        ({"statusCode": "2000"}, "statusCode is 2000, not an integer from 200 to 599"),
        ({"statusCode": 200, "headers": ["a"]}, "headers are list, not an object"),
        ({"statusCode": 200, "headers": {"X-A": None}}, "header 'X-A' has a value of type NoneType"),
        ({"statusCode": 200, "headers": {"X-A": ["1"]}}, "header 'X-A' has a value of type list"),
        ({"statusCode": 200, "headers": {1: "1"}}, "header 1 has a value of type str"),
        ({"statusCode": 200, "headers": {"X A": "1"}}, "header 'X A' has a name or a value that cannot be sent"),
        ({"statusCode": 200, "headers": {"": "1"}}, "header '' has a name or a value that cannot be sent"),
        ({"statusCode": 200, "headers": {"X": "a\r\nY: b"}}, "header 'X' has a name or a value that cannot be sent"),
        ({"statusCode": 200, "headers": {"X": "\u20ac"}}, "header 'X' has a name or a value that cannot be sent"),
        ({"statusCode": 200, "multiValueHeaders": {"X": "1"}}, "multiValueHeaders['X'] is str, not an array"),
        ({"statusCode": 200, "body": {"a": 1}}, "body is dict, not a string"),
        ({"statusCode": 200, "body": b"x"}, "body is bytes, not a string"),
        (
            {"statusCode": 200, "body": "x" * (PAYLOAD_BYTES + 1)},
            "body has 6,291,457 characters; Lambda answers at most 6,291,456 bytes",
        ),
    ],
)
def test_malformed_answer_is_named(answer: Any, complaint: str) -> None:
    """What is no proxy answer is refused with what is wrong with it."""
    with pytest.raises(MalformedAnswer) as caught:
        read_answer(answer)
    assert str(caught.value) == complaint


@pytest.mark.parametrize("answer", [{"body": "\ud800"}, {"body": "a", "isBase64Encoded": True}])
def test_body_that_is_no_text_or_no_base64(answer: dict[str, Any]) -> None:
    """A body that cannot be turned into bytes is a malformed answer."""
    with pytest.raises(MalformedAnswer, match="body cannot be sent: "):
        read_answer({"statusCode": 200, **answer})
