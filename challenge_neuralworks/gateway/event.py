"""A request written as the event that a REST API's Lambda proxy integration sends.

Source: AWS, "Input format of a Lambda function for proxy integration".
"""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

if TYPE_CHECKING:
    from challenge_neuralworks.gateway.access import ApiKey
    from challenge_neuralworks.gateway.identity import Stamp
    from challenge_neuralworks.gateway.messages import HttpRequest, Pairs

ACCOUNT_ID = "123456789012"
API_ID = "local"
BINARY_TYPES = ("image/", "audio/", "video/", "font/", "application/octet-stream", "application/zip")
"""Beginnings of the media types whose bodies are base64 even where they happen to be valid UTF-8."""

TRACE = re.compile(r"[!-~]{1,500}")
"""What a client's trace header must be made of to be passed on, and sent back."""

FORWARDED = ("x-forwarded-for", "x-forwarded-proto", "x-forwarded-port", "x-amzn-trace-id")

Lists = dict[str, list[str]]


class EventWriter:
    """Writes events.

    Parameters
    ----------
    stage : name of the stage; it is in the event, not in the URL, as with a custom domain.
    port : TCP port that clients reach, for X-Forwarded-Port.
    """

    def __init__(self, stage: str, port: int) -> None:
        self._stage = stage
        self._port = str(port)

    def write(self, request: HttpRequest, headers: dict[str, str], key: ApiKey | None, stamp: Stamp) -> dict[str, Any]:
        """Return the event of a request.

        Parameters
        ----------
        headers : those of the request, the last of each name; completed here and put into the event.
        key : the one the request was admitted with, None where its route needs none.
        """
        method, path, query, pairs, body, source_ip, protocol = request
        resource, parameters = _resource(path)
        given = headers.get("x-api-key") if key else None
        agent = headers.get("user-agent")
        host = headers.get("host", "localhost")
        many: Lists = {name: [value] for name, value in pairs}
        if len(many) != len(pairs):
            many = _lists(pairs)
        self._forward(headers, many, source_ip, stamp.trace_id)
        single, multiple = _query(query) if query else (None, None)
        text, encoded = _body(body, headers.get("content-type", "")) if body else (None, False)
        return {
            "resource": resource,
            "path": path,
            "httpMethod": method,
            "headers": headers,
            "multiValueHeaders": many,
            "queryStringParameters": single,
            "multiValueQueryStringParameters": multiple,
            "pathParameters": parameters,
            "stageVariables": None,
            "requestContext": {
                "accountId": ACCOUNT_ID,
                "apiId": API_ID,
                "deploymentId": API_ID,
                "domainName": host,
                "domainPrefix": API_ID,
                "extendedRequestId": stamp.extended_id,
                "httpMethod": method,
                "identity": {
                    "accessKey": None,
                    "accountId": None,
                    "apiKey": given,
                    "apiKeyId": key.id if key else None,
                    "caller": None,
                    "cognitoAuthenticationProvider": None,
                    "cognitoAuthenticationType": None,
                    "cognitoIdentityId": None,
                    "cognitoIdentityPoolId": None,
                    "principalOrgId": None,
                    "sourceIp": source_ip,
                    "user": None,
                    "userAgent": agent,
                    "userArn": None,
                },
                "path": path,
                "protocol": protocol,
                "requestId": stamp.request_id,
                "requestTime": stamp.time,
                "requestTimeEpoch": stamp.epoch_ms,
                "resourceId": API_ID,
                "resourcePath": resource,
                "stage": self._stage,
            },
            "body": text,
            "isBase64Encoded": encoded,
        }

    def _forward(self, headers: dict[str, str], many: Lists, source_ip: str, trace_id: str) -> None:
        chain, trace = headers.get("x-forwarded-for"), headers.get("x-amzn-trace-id")
        for name in FORWARDED:
            if name in headers:
                del headers[name], many[name]
        # As on AWS: what the client claims stays, and the address that is known to be true comes last.
        added = {
            "X-Forwarded-For": f"{chain}, {source_ip}" if chain else source_ip,
            "X-Forwarded-Port": self._port,
            "X-Forwarded-Proto": "http",
            "X-Amzn-Trace-Id": trace if trace and TRACE.fullmatch(trace) else trace_id,
        }
        for name, value in added.items():
            headers[name] = value
            many[name] = [value]


def _resource(path: str) -> tuple[str, dict[str, str] | None]:
    # A greedy path variable matches everything but the root, which is a resource of its own.
    if path == "/":
        return "/", None
    return "/{proxy+}", {"proxy": unquote(path[1:]) if "%" in path else path[1:]}


def _lists(pairs: Pairs) -> Lists:
    lists: Lists = {}
    for name, value in pairs:
        lists.setdefault(name, []).append(value)
    return lists


def _query(query: str) -> tuple[dict[str, str] | None, Lists | None]:
    pairs = parse_qsl(query, keep_blank_values=True)
    return (dict(pairs), _lists(pairs)) if pairs else (None, None)


def _body(body: bytes, content_type: str) -> tuple[str, bool]:
    if not content_type.lower().startswith(BINARY_TYPES):
        try:
            return body.decode(), False
        except UnicodeDecodeError:
            pass
    return b64encode(body).decode("ascii"), True
