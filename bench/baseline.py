"""The least a handler can do with a body: parse it, and write the answer.

It checks nothing, predicts nothing and logs nothing; the answer is a constant, taken from ours beforehand.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from bench.answers import document_of, status_of

Handler = Callable[[Any, Any], dict[str, Any]]

HEADERS = {"Content-Type": "application/json"}


def baseline_of(event: dict[str, Any], answer: dict[str, Any]) -> Handler:
    """Return the handler that parses the body of an event like this one, and writes this answer."""
    status, document = status_of(answer), document_of(answer)
    if "model" in event:
        return _direct(json.dumps({"instances": event["instances"]}), document)

    def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
        body = event["body"]
        if body is not None:
            json.loads(body)
        return {"statusCode": status, "headers": HEADERS, "body": json.dumps(document), "isBase64Encoded": False}

    return handler


def _direct(text: str, document: dict[str, Any]) -> Handler:
    # The runtime client parses and writes a direct invocation's JSON. A handler that did nothing would make any
    # ratio endless, so the baseline is what the same instances cost as a body.
    def handler(_event: dict[str, Any], _context: Any) -> dict[str, Any]:
        json.loads(text)
        json.dumps(document)
        return document

    return handler
