"""Errors in the protocol's shape, ``{"error": "..."}``."""

from __future__ import annotations

import json

from challenge_neuralworks.errors import RequestError
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.request import JSON

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.serving.request import Response

MAX_LISTED = 10
"""Faults told of one request: the protocol has one string for all of them."""


class InvalidTensors(RequestError):
    """The tensors break the protocol or the model's signature; ``faults`` says how, a line each."""

    code = "invalid-tensors"

    def __init__(self, faults: Sequence[str], *, truncated: bool = False) -> None:
        lines = list(faults[:MAX_LISTED])
        more = len(faults) - len(lines)
        if more or truncated:
            lines.append(f"and {'at least ' if truncated else ''}{more} more")
        super().__init__("\n".join(lines))
        self.faults = tuple(faults)
        self.truncated = truncated


def in_protocol(problem: Response) -> Response:
    """Return a problem as the protocol's error: same status, headers and log, other body."""
    document = json.loads(problem.body)
    error = document.get("detail", f"internal error; request id {document['request_id']}")
    return problem._replace(body=json.dumps({"error": error}), content_type=JSON)
