"""A request written as the event that a REST API's Lambda proxy integration sends.

Source: AWS, "Input format of a Lambda function for proxy integration".
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from challenge_neuralworks.gateway.options import Options

if TYPE_CHECKING:
    from collections.abc import Iterable

    from challenge_neuralworks.gateway.access import ApiKey
    from challenge_neuralworks.gateway.identity import Stamp
    from challenge_neuralworks.gateway.messages import HttpRequest, Pairs

ACCOUNT_ID = "123456789012"
API_ID = "local"
GREEDY = "/{proxy+}"
"""The resource of every path but the root."""

DEFAULTS = Options()
STAGE = "local"
"""Name of the stage where none is set; like a custom domain's, it is in the event and not in the URL."""

TRACE = re.compile(r"[!-~]{1,500}")
"""What a client's trace header must be made of to be passed on, and sent back."""

REPLACED = frozenset({"x-forwarded-for", "x-forwarded-proto", "x-forwarded-port", "x-amzn-trace-id"})
HOP_BY_HOP = frozenset(
    {
        "connection",
        "content-length",
        "expect",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
LEFT_OUT = REPLACED | HOP_BY_HOP
"""Headers of a request that its event does not carry as they were sent."""

IDENTITY: dict[str, str | None] = dict.fromkeys(
    (
        "accessKey",
        "accountId",
        "apiKey",
        "apiKeyId",
        "caller",
        "cognitoAuthenticationProvider",
        "cognitoAuthenticationType",
        "cognitoIdentityId",
        "cognitoIdentityPoolId",
        "principalOrgId",
        "sourceIp",
        "user",
        "userAgent",
        "userArn",
    )
)
"""Who calls, of whom nothing is known yet."""

Lists = dict[str, list[str]]


class EventWriter:
    """Writes events.

    Parameters
    ----------
    port : TCP port that clients reach, for X-Forwarded-Port.
    options : which stage is in front of every path, and which bodies are binary.
    """

    def __init__(self, port: int, options: Options = DEFAULTS) -> None:
        self._port = str(port)
        self._stage = options.stage or STAGE
        self._prefix = len(f"/{options.stage}") if options.stage else 0
        # A client may invent media types without end.
        self._is_binary = lru_cache(maxsize=256)(partial(is_binary, options.binary_types))

    def write(self, request: HttpRequest, headers: dict[str, str], key: ApiKey | None, stamp: Stamp) -> dict[str, Any]:
        """Return the event of a request.

        Parameters
        ----------
        headers : those of the request, the last of each name; completed here and put into the event.
        key : the one the request was admitted with, None where its route needs none.
        """
        method, full_path, query, pairs, body, source_ip, protocol = request
        path = full_path[self._prefix :] or "/"
        # A greedy path variable matches everything but the root, which is a resource of its own.
        is_root = path == "/"
        resource = "/" if is_root else GREEDY
        # Half the time of a literal.
        identity = IDENTITY.copy()
        identity["sourceIp"] = source_ip
        identity["userAgent"] = headers.get("user-agent")
        if key:
            identity["apiKey"] = headers["x-api-key"]
            identity["apiKeyId"] = key.id
        host = headers.get("host", "localhost")
        many = self._forward(headers, pairs, source_ip, stamp.trace_id)
        single, multiple = _query(query) if query else (None, None)
        text, encoded = self._body(body, headers.get("content-type", "")) if body else (None, False)
        return {
            "resource": resource,
            "path": path,
            "httpMethod": method,
            "headers": headers,
            "multiValueHeaders": many,
            "queryStringParameters": single,
            "multiValueQueryStringParameters": multiple,
            "pathParameters": None if is_root else {"proxy": unquote(path[1:]) if "%" in path else path[1:]},
            "stageVariables": None,
            "requestContext": {
                "accountId": ACCOUNT_ID,
                "apiId": API_ID,
                "deploymentId": API_ID,
                "domainName": host,
                "domainPrefix": API_ID,
                "extendedRequestId": stamp.extended_id,
                "httpMethod": method,
                "identity": identity,
                "path": full_path,
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

    def _forward(self, headers: dict[str, str], pairs: Pairs, source_ip: str, trace_id: str) -> Lists:
        # Completes the single headers and returns the multiple ones.
        many: Lists = {name: [value] for name, value in pairs if name not in LEFT_OUT}
        if len(headers) != len(pairs):
            many = _lists((name, value) for name, value in pairs if name not in LEFT_OUT)
        chain, trace = headers.get("x-forwarded-for"), headers.get("x-amzn-trace-id")
        for name in LEFT_OUT.intersection(headers):
            del headers[name]
        # As on AWS: what the client claims stays, and the address that is known to be true comes last.
        forwarded = f"{chain}, {source_ip}" if chain else source_ip
        if trace and TRACE.fullmatch(trace):
            trace_id = trace
        # One by one: a loop over them takes twice as long.
        headers["X-Forwarded-For"] = forwarded
        headers["X-Forwarded-Port"] = self._port
        headers["X-Forwarded-Proto"] = "http"
        headers["X-Amzn-Trace-Id"] = trace_id
        many["X-Forwarded-For"] = [forwarded]
        many["X-Forwarded-Port"] = [self._port]
        many["X-Forwarded-Proto"] = ["http"]
        many["X-Amzn-Trace-Id"] = [trace_id]
        return many

    def _body(self, body: bytes, content_type: str) -> tuple[str, bool]:
        if self._is_binary(content_type):
            return b64encode(body).decode("ascii"), True
        # As on AWS, bytes that are no text are damaged: only a binary media type brings them through.
        return body.decode("utf-8", "replace"), False


def is_binary(binary_types: tuple[str, ...], content_type: str) -> bool:
    """Return whether a request with this Content-Type, "" where it has none, is one of the binary media types."""
    media_type = content_type.partition(";")[0].strip().lower()
    kind, slash, _ = media_type.partition("/")
    return not {"*/*", media_type, f"{kind}{slash}*"}.isdisjoint(binary_types)


def _lists(pairs: Iterable[tuple[str, str]]) -> Lists:
    lists: Lists = {}
    for name, value in pairs:
        lists.setdefault(name, []).append(value)
    return lists


def _query(query: str) -> tuple[dict[str, str] | None, Lists | None]:
    pairs = parse_qsl(query, keep_blank_values=True)
    return (dict(pairs), _lists(pairs)) if pairs else (None, None)
