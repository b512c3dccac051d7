"""API Gateway's part between a server and the handler: admit, invoke, answer."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from challenge_neuralworks.gateway.access import KeyRing, needs_key
from challenge_neuralworks.gateway.answers import MalformedAnswer, read_answer
from challenge_neuralworks.gateway.context import LambdaContext
from challenge_neuralworks.gateway.event import EventWriter
from challenge_neuralworks.gateway.identity import Stamper
from challenge_neuralworks.gateway.limits import BODY_BYTES, PAYLOAD_BYTES
from challenge_neuralworks.gateway.messages import HttpResponse
from challenge_neuralworks.gateway.refusals import BAD_GATEWAY, FORBIDDEN, TOO_LONG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from challenge_neuralworks.gateway.identity import Stamp
    from challenge_neuralworks.gateway.messages import HttpRequest

    Handler = Callable[[Any, Any], dict[str, Any]]

LOG = logging.getLogger(__name__)

MEASURED_BYTES = 512 * 1024
"""Bodies up to this cannot make an event of more than `PAYLOAD_BYTES`, even if JSON escapes each byte as six."""

BODYLESS = frozenset({204, 304})


class Gateway:
    """A REST API in front of one Lambda function.

    Parameters
    ----------
    handler : the function; called with an event and a context.
    keys : API keys that are accepted.
    stage, port : see `EventWriter`.
    """

    def __init__(self, handler: Handler, keys: Iterable[str], stage: str = "local", port: int = 8000) -> None:
        self._handler = handler
        self._keys = KeyRing(keys)
        self._events = EventWriter(stage, port)
        self._stamper = Stamper()

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Return the response to a request; never raises."""
        stamp = self._stamper.stamp()
        headers = dict(request.headers)
        key = None
        if needs_key(request.method, request.path):
            key = self._keys.find(headers.get("x-api-key"))
            if key is None:
                return _sent(request, FORBIDDEN.response(stamp))
        if len(request.body) > BODY_BYTES:
            return TOO_LONG.response(stamp)
        event = self._events.write(request, headers, key, stamp)
        if len(request.body) > MEASURED_BYTES and _size(event) > PAYLOAD_BYTES:
            return TOO_LONG.response(stamp)
        return _sent(request, self._invoke(event, stamp, headers["X-Amzn-Trace-Id"]))

    def too_long(self) -> HttpResponse:
        """Return the answer to a request whose body is known to be over `BODY_BYTES` before it was read."""
        return TOO_LONG.response(self._stamper.stamp())

    def _invoke(self, event: dict[str, Any], stamp: Stamp, trace_id: str) -> HttpResponse:
        try:
            response = read_answer(self._handler(event, LambdaContext(stamp.invocation_id)))
        except MalformedAnswer as error:
            # Where it was noticed helps nobody: what the function answered is what is wrong.
            LOG.error("invocation %s: malformed proxy response: %s", stamp.invocation_id, error)  # noqa: TRY400
            return BAD_GATEWAY.response(stamp)
        # The edge: a function that fails must not take the gateway with it.
        except Exception:
            LOG.exception("invocation %s failed", stamp.invocation_id)
            return BAD_GATEWAY.response(stamp)
        response.headers.append(("x-amzn-RequestId", stamp.request_id))
        response.headers.append(("x-amz-apigw-id", stamp.extended_id))
        response.headers.append(("X-Amzn-Trace-Id", trace_id))
        return response


def _sent(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if response.status in BODYLESS:
        return response._replace(body=b"")
    if request.method == "HEAD":
        length = ("Content-Length", str(len(response.body)))
        return HttpResponse(response.status, [*response.headers, length], b"")
    return response


def _size(event: dict[str, Any]) -> int:
    # A header may hold what is no valid UTF-8.
    return len(json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))
