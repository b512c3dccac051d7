"""API Gateway's part between a server and the handler: admit, invoke, finish."""

from __future__ import annotations

import json
import logging
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.gateway.access import OPEN_METHODS, ApiKey, KeyRing, needs_key
from challenge_neuralworks.gateway.answers import MalformedAnswer, read_answer
from challenge_neuralworks.gateway.context import LambdaContext
from challenge_neuralworks.gateway.event import EventWriter
from challenge_neuralworks.gateway.identity import Stamp, Stamper
from challenge_neuralworks.gateway.limits import BODY_BYTES, PAYLOAD_BYTES
from challenge_neuralworks.gateway.messages import HttpRequest, HttpResponse
from challenge_neuralworks.gateway.options import Options
from challenge_neuralworks.gateway.refusals import BAD_GATEWAY, FORBIDDEN, TOO_LONG, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from challenge_neuralworks.gateway.accesslog import AccessLog
    from challenge_neuralworks.gateway.metering import Meter

    Handler = Callable[[Any, Any], dict[str, Any]]

LOG = logging.getLogger(__name__)

MEASURED_BYTES = 512 * 1024
"""Bodies up to this cannot make an event of more than `PAYLOAD_BYTES`, even if JSON escapes each byte as six."""

BODYLESS = frozenset({204, 304})
ASSETS = "/docs/assets/"
DEFAULTS = Options()
UNTIMED = (0, 0)


class Admitted(NamedTuple):
    """A request that the function is to answer.

    event : what the function is called with.
    key : the one the request was admitted with, None where its route needs none.
    times_ns : when it arrived and when it was ready, of `perf_counter_ns`; `UNTIMED` where nobody logs them.
    """

    request: HttpRequest
    event: dict[str, Any]
    stamp: Stamp
    trace_id: str
    key: ApiKey | None
    times_ns: tuple[int, int] = UNTIMED


class Gateway:
    """A REST API in front of one Lambda function.

    Parameters
    ----------
    handler : the function; called with an event and a context.
    keys : API keys that are accepted, beside those of the usage plans.
    port : see `EventWriter`.
    options : the gateway's own.
    pages : see `Settings`: ``locked`` ones take a key as well, and ``hidden`` ones need no files.

    Raises
    ------
    ConfigurationError : the usage plans cannot be used, or the access log cannot be written.
    """

    def __init__(
        self,
        handler: Handler,
        keys: Iterable[str],
        port: int = 8000,
        *,
        options: Options = DEFAULTS,
        pages: str = "open",
    ) -> None:
        self._handler = handler
        self._timeout_s = options.timeout_s
        self._locked = pages == "locked"
        self._assets = (ASSETS,) if pages != "hidden" else ()
        self._stage = f"/{options.stage}" if options.stage else None
        self._events = EventWriter(port, options)
        self._stamper = Stamper()
        self._keys, self._meter = _access(keys, options)
        self._log = _log(options)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Return the response to a request, the function called here and now; never raises."""
        admitted = self.admit(request)
        if isinstance(admitted, HttpResponse):
            return admitted
        context = LambdaContext(admitted.stamp.invocation_id, self._timeout_s)
        return self.finish(admitted, invoke(self._handler, admitted, context))

    def admit(self, request: HttpRequest) -> Admitted | HttpResponse:
        """Return a request made ready for the function, or the whole response to one that it shall not see."""
        stamp = self._stamper.stamp()
        arrived_ns = perf_counter_ns() if self._log is not None else 0
        headers = dict(request.headers)
        key = None
        try:
            path = request.path if self._stage is None else self._inside(request.path)
            if request.method != "POST" and path.startswith(self._assets):
                response = _asset(request.method, path)
                if response is not None:
                    return self._sent(request, stamp, response, (arrived_ns, 0))
            key = self._key(request.method, path, headers.get("x-api-key"))
            event = self._events.write(request, headers, key, stamp)
            if len(request.body) > MEASURED_BYTES:
                _check_size(len(request.body), event)
        except Refused as refused:
            return self._sent(request, stamp, refused.refusal, (arrived_ns, 0), refused.key or key)
        times_ns = (arrived_ns, perf_counter_ns()) if arrived_ns else UNTIMED
        return Admitted(request, event, stamp, headers["X-Amzn-Trace-Id"], key, times_ns)

    def finish(self, admitted: Admitted, outcome: HttpResponse | Refusal) -> HttpResponse:
        """Return the response to send: what the function answered, or why there is none of its; in any thread."""
        request, _, stamp, trace_id, key, times_ns = admitted
        if isinstance(outcome, HttpResponse):
            outcome.headers.append(("x-amzn-RequestId", stamp.request_id))
            outcome.headers.append(("x-amz-apigw-id", stamp.extended_id))
            outcome.headers.append(("X-Amzn-Trace-Id", trace_id))
            # Nearly every response may leave as it is.
            if self._log is None and request.method != "HEAD" and outcome.status not in BODYLESS:
                return outcome
        return self._sent(request, stamp, outcome, times_ns, key)

    def too_long(self, request: HttpRequest | None = None) -> HttpResponse:
        """Return the answer to a request whose body is known to be over `BODY_BYTES` before it was read.

        Parameters
        ----------
        request : what is known of it, for the access log.
        """
        stamp = self._stamper.stamp()
        if request is None:
            return TOO_LONG.response(stamp)
        return self._sent(request, stamp, TOO_LONG, (perf_counter_ns(), 0))

    def _inside(self, path: str) -> str:
        # The path within the stage; any other stage is none that anybody may see.
        stage = str(self._stage)
        if not f"{path}/".startswith(f"{stage}/"):
            raise Refused(FORBIDDEN)
        return path[len(stage) :] or "/"

    def _key(self, method: str, path: str, given: str | None) -> ApiKey | None:
        # The key that a request is admitted with; None where its route takes none.
        key = None
        if needs_key(method, path, locked=self._locked):
            key = self._keys.find(given)
            if key is None:
                raise Refused(FORBIDDEN)
        if self._meter is not None:
            refusal = self._meter.refusal(key)
            if refusal is not None:
                raise Refused(refusal, key)
        return key

    def _sent(
        self,
        request: HttpRequest,
        stamp: Stamp,
        outcome: HttpResponse | Refusal,
        times_ns: tuple[int, int],
        key: ApiKey | None = None,
    ) -> HttpResponse:
        # Every response but those to requests that were not even read leaves here.
        response = outcome if isinstance(outcome, HttpResponse) else outcome.response(stamp)
        if response.status in BODYLESS or request.method == "HEAD":
            response = _bodyless(response)
        if self._log is not None:
            error = outcome.message if isinstance(outcome, Refusal) else None
            self._log.write(request, stamp, response, times_ns, key, error)
        return response


class Refused(Exception):
    """A request that the function shall not see: no error, but an answer that is known early.

    key : the one it came with, where that was checked.
    """

    def __init__(self, refusal: Refusal, key: ApiKey | None = None) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal
        self.key = key


def invoke(handler: Handler, admitted: Admitted, context: Any) -> HttpResponse | Refusal:
    """Return what a function makes of a request, for `Gateway.finish`; never raises."""
    try:
        return read_answer(handler(admitted.event, context))
    except MalformedAnswer as error:
        # Where it was noticed helps nobody: what the function answered is what is wrong.
        LOG.error("invocation %s: malformed proxy response: %s", admitted.stamp.invocation_id, error)  # noqa: TRY400
    # The edge: a function that fails must not take the gateway with it.
    except Exception:
        LOG.exception("invocation %s failed", admitted.stamp.invocation_id)
    return BAD_GATEWAY


def _access(keys: Iterable[str], options: Options) -> tuple[KeyRing, Meter | None]:
    if not options.usage_plans:
        return KeyRing(keys), None
    from challenge_neuralworks.gateway.metering import Meter
    from challenge_neuralworks.gateway.plans import read_plans

    plans = read_plans(options.usage_plans)
    return KeyRing(keys, plans.keys.values()), Meter(plans)


def _log(options: Options) -> AccessLog | None:
    if not options.access_log:
        return None
    from challenge_neuralworks.gateway.accesslog import AccessLog

    return AccessLog(options.access_log, options.stage)


def _asset(method: str, path: str) -> HttpResponse | None:
    if method not in OPEN_METHODS:
        return None
    from challenge_neuralworks.gateway.docs_assets import asset

    return asset(path)


def _bodyless(response: HttpResponse) -> HttpResponse:
    if response.status in BODYLESS:
        return response._replace(body=b"")
    length = ("Content-Length", str(len(response.body)))
    return HttpResponse(response.status, [*response.headers, length], b"")


def _check_size(length: int, event: dict[str, Any]) -> None:
    if length > BODY_BYTES:
        raise Refused(TOO_LONG)
    # A header may hold what is no valid UTF-8.
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    if len(text) > PAYLOAD_BYTES:
        raise Refused(TOO_LONG)
