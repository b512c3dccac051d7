"""The handler: an event in, the answer to it out, whatever the event holds."""

from __future__ import annotations

from time import perf_counter

from challenge_neuralworks.errors import KeyRequired, NeuralworksError
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.events import shape_of
from challenge_neuralworks.serving.inference import Inference
from challenge_neuralworks.serving.request import HTML, NOWHERE, Origin, Response
from challenge_neuralworks.serving.routing import Route, Router
from challenge_neuralworks.serving.telemetry import Telemetry

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.serving.catalogue import Catalogue
    from challenge_neuralworks.serving.protocol.inference import TensorInference
    from challenge_neuralworks.serving.protocol.metadata import Metadata
    from challenge_neuralworks.serving.request import Request
    from challenge_neuralworks.settings import Settings
    from challenge_neuralworks.store import FolderStore


class Application:
    """Answers Lambda events from a store's models; call it, or its `answer`, as a Lambda handler.

    Parameters
    ----------
    store : where the models come from.
    telemetry : where one record a request goes.
    pages, docs_assets, receipt_key : see `Settings`.
    """

    def __init__(
        self,
        store: FolderStore,
        telemetry: Telemetry,
        pages: str = "open",
        docs_assets: str = "",
        receipt_key: bytes = b"",
    ) -> None:
        self.store = store
        self._receipt_key = receipt_key
        self._telemetry = telemetry
        self._pages = pages
        self._docs_assets = docs_assets
        self.router = Router(self._routes())
        self._tensor_inference: TensorInference | None = None
        self._contract: tuple[list[Model], str] | None = None
        self._cold = True

    def answer(self, event: Any, context: Any) -> dict[str, Any]:
        """Return the answer in the event's own shape; never raises."""
        started = perf_counter()
        request_id = str(getattr(context, "aws_request_id", ""))
        shape = shape_of(event)
        request, route = None, None
        try:
            request = shape.read(event)
            route, segments = self.router.find(request.method, request.path)
            response = route.endpoint(request, *segments)
        # The edge: whatever is raised, the caller gets an answer.
        except Exception as error:  # noqa: BLE001
            path = _path_of(event) if request is None else request.path
            response = _refused(error, path, NOWHERE if route is None else route.origin, request_id)
        latency_ms = (perf_counter() - started) * 1000
        cold, self._cold = self._cold, False
        self._telemetry.record(request_id, response, latency_ms, cold_start=cold)
        return shape.write(event, response)

    def __call__(self, event: Any, context: Any) -> dict[str, Any]:
        """As `answer`."""
        return self.answer(event, context)

    def preload(self) -> None:
        """Load every model now; one that fails answers 503 when it is asked."""
        for name in self.store.names():
            try:
                self.store.get(name)
            except NeuralworksError:
                continue

    def _routes(self) -> tuple[Route, ...]:
        inference = Inference(self.store, self._receipt_key)
        routes = (
            Route("POST", "/inference/{model}", inference.answer),
            Route("GET", "/models", lambda _request: self._catalogue().models()),
            Route("GET", "/models/{model}", lambda _request, name: self._catalogue().model(name)),
            Route("GET", "/health", lambda _request: self._catalogue().health()),
            Route("GET", "/ping", lambda _request: self._catalogue().ping()),
            *self._protocol_routes(),
        )
        if self._pages == "hidden":
            return routes
        return (
            *routes,
            Route("GET", "/openapi.json", self._openapi),
            Route("GET", "/docs", self._docs),
            Route("GET", "/", self._home),
        )

    def _protocol_routes(self) -> tuple[Route, ...]:
        model, version = "/v2/models/{model}", "/v2/models/{model}/versions/{version}"
        return (
            Route("GET", "/v2", lambda _request: self._metadata().server()),
            Route("GET", "/v2/health/live", lambda _request: self._metadata().live()),
            Route("GET", "/v2/health/ready", lambda _request: self._metadata().ready()),
            Route("GET", model, lambda _request, name: self._metadata().model(name)),
            Route("GET", f"{model}/ready", lambda _request, name: self._metadata().model_ready(name)),
            Route("POST", f"{model}/infer", lambda request, name: self._tensors().answer(request, name)),
            Route("GET", version, lambda _request, *named: self._metadata().model(*named)),
            Route("GET", f"{version}/ready", lambda _request, *named: self._metadata().model_ready(*named)),
            Route("POST", f"{version}/infer", lambda request, *named: self._tensors().answer(request, *named)),
        )

    def _admit(self, request: Request) -> None:
        # API Gateway checks keys; what came another way, a function URL's event for instance, shows none.
        identity = request.context.get("identity")
        if self._pages == "locked" and not (isinstance(identity, dict) and identity.get("apiKeyId")):
            raise KeyRequired(request.path)

    # What follows is imported when somebody asks for it: an inference never pays for it.
    def _catalogue(self) -> Catalogue:
        from challenge_neuralworks.serving.catalogue import Catalogue

        return Catalogue(self.store)

    def _metadata(self) -> Metadata:
        from challenge_neuralworks.serving.protocol.metadata import Metadata

        return Metadata(self.store)

    def _tensors(self) -> TensorInference:
        if self._tensor_inference is None:
            from challenge_neuralworks.serving.protocol.inference import TensorInference

            self._tensor_inference = TensorInference(self.store)
        return self._tensor_inference

    def _openapi(self, request: Request) -> Response:
        self._admit(request)
        from json import dumps

        from challenge_neuralworks.serving.openapi import document, ready_models

        # Anybody may ask, and making it takes a thousand times as long as a prediction.
        models = ready_models(self.store)
        if not self._contract or self._contract[0] != models:
            self._contract = models, dumps(document(self.store))
        return Response(200, self._contract[1], Origin("GET /openapi.json"))

    def _docs(self, request: Request) -> Response:
        self._admit(request)
        from challenge_neuralworks.serving.reference import policy, reference, root_of

        page = reference(self.store, root_of(request.path), self._docs_assets)
        headers = (("Content-Security-Policy", policy(self._docs_assets)),)
        return Response(200, page, Origin("GET /docs"), content_type=HTML, headers=headers)

    def _home(self, request: Request) -> Response:
        self._admit(request)
        from challenge_neuralworks.serving.playground import page, policy

        html = page(self.store)
        headers = (("Content-Security-Policy", policy(html)), ("Referrer-Policy", "no-referrer"))
        return Response(200, html, Origin("GET /"), content_type=HTML, headers=headers)


def _refused(error: Exception, path: str, origin: Origin, request_id: str) -> Response:
    from challenge_neuralworks.serving.problems import internal, problem  # Most processes never refuse anything.

    if isinstance(error, NeuralworksError):
        response = problem(error, request_id, origin)
    else:
        # Not raised on purpose: a defect of ours.
        response = internal(request_id, origin, "internal-error", _where(error))
    if path.strip("/").partition("/")[0] != "v2":
        return response
    from challenge_neuralworks.serving.protocol.refusals import in_protocol

    return in_protocol(response)


def _path_of(event: Any) -> str:
    # Of an event that could not be read as a whole; a stage in front of the path is not known then.
    path = (event.get("path") or event.get("rawPath")) if isinstance(event, dict) else ""
    return path if isinstance(path, str) else ""


def _where(error: Exception) -> str:
    # Type and place only: the message of an exception may repeat what the caller sent.
    from traceback import extract_tb

    frames = extract_tb(error.__traceback__)[-8:]
    places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    return f"{type(error).__name__} at {' > '.join(places)}"


def build(settings: Settings) -> Application:
    """Return the handler that settings describe."""
    from challenge_neuralworks.store import FolderStore
    from challenge_neuralworks.store.folder import seals_of

    telemetry = Telemetry(settings.log_level, metrics=settings.metrics, namespace=settings.metrics_namespace)
    store = FolderStore(settings.models_dir, settings.trusted_digests, seals_of(settings, telemetry.warn))
    if settings.store:
        from challenge_neuralworks.serving.following import follow

        store = follow(settings, store, "candidate" if settings.shadow_share else "")
    made: Callable[..., Application] = Application
    if settings.shadow_share:
        from challenge_neuralworks.serving.shadow import shadowed

        made = shadowed(settings)
    application = made(
        store,
        telemetry,
        settings.pages,
        settings.docs_assets,
        settings.receipt_key,
    )
    if settings.preload:
        application.preload()
    return application
