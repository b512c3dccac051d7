"""The one error tree: each error knows its stable code and carries its evidence; none knows HTTP."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import ClassVar


class Fault(NamedTuple):
    """One thing wrong with (or, as a warning, noted about) an input.

    pointer : JSON pointer as a URI fragment (RFC 6901, section 6), e.g. ``#/instances/3/OPERA``.
    code : stable and machine-readable, e.g. ``unknown-category``.
    detail : for people: the value, what was expected and, where known, the remedy.
    """

    pointer: str
    code: str
    detail: str


class NeuralworksError(Exception):
    """Base of every error this package raises on purpose; ``code`` is part of the public contract."""

    code: ClassVar[str] = "internal-error"


class ConfigurationError(NeuralworksError):
    """A setting holds a value that cannot be used."""

    code = "invalid-configuration"

    def __init__(self, variable: str, value: str, expected: str) -> None:
        super().__init__(f"{variable}={value!r} cannot be used: expected {expected}")
        self.variable = variable
        self.value = value
        self.expected = expected


class SignatureError(NeuralworksError):
    """A signature contradicts itself or the model that declares it."""

    code = "invalid-signature"


class ShapeError(NeuralworksError):
    """Sequences that must have equal, non-zero lengths do not."""

    code = "invalid-shape"


class RequestError(NeuralworksError):
    """Base of what a caller did wrong; the message is safe to send back."""

    code = "bad-request"


class InvalidJson(RequestError):
    """The body is no JSON text of the accepted kind."""

    code = "invalid-json"


class InvalidInstances(RequestError):
    """Instances break their signature; ``faults`` lists how, up to a cap."""

    code = "invalid-instances"

    def __init__(self, faults: tuple[Fault, ...], *, truncated: bool = False) -> None:
        shown = "at least " if truncated else ""
        plural = "" if len(faults) == 1 else "s"
        super().__init__(f"the input has {shown}{len(faults)} fault{plural}, listed under errors")
        self.faults = faults
        self.truncated = truncated


class InvalidParameter(RequestError):
    """A query parameter (or its twin in a direct invocation) holds an unusable value."""

    code = "invalid-parameter"

    def __init__(self, name: str, value: str, expected: str) -> None:
        super().__init__(f"{name}={value!r}: expected {expected}")
        self.name = name
        self.value = value
        self.expected = expected


class NotExplainable(RequestError):
    """A model's score is no one number, or nothing says what adds up to it."""

    code = "not-explainable"

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"{what} cannot be explained: {reason}")
        self.what = what
        self.reason = reason


class NoReceipts(RequestError):
    """A receipt was asked for where there is no key to sign it with."""

    code = "no-receipts"

    def __init__(self) -> None:
        super().__init__("there are no receipts here: leave out receipt, or have the operator set a key for them")


class UnknownRoute(RequestError):
    """No route has this path."""

    code = "unknown-route"

    def __init__(self, path: str, *, listed: bool = True) -> None:
        hint = "; GET /openapi.json lists every route" if listed else ""
        super().__init__(f"there is nothing at {path[:200]!r}{hint}")
        self.path = path


class MethodNotAllowed(RequestError):
    """The path exists, but not for this method."""

    code = "method-not-allowed"

    def __init__(self, method: str, allowed: tuple[str, ...]) -> None:
        super().__init__(f"{method[:20]!r} is not possible here; use {' or '.join(allowed)}")
        self.method = method
        self.allowed = allowed


class UnsupportedMediaType(RequestError):
    """The body's declared type is not JSON in UTF-8."""

    code = "unsupported-media-type"

    def __init__(self, declared: str) -> None:
        super().__init__(f"Content-Type {declared[:100]!r} is not understood; send application/json in UTF-8")
        self.declared = declared


class NestedTooDeeply(RequestError):
    """The JSON text has arrays and objects within each other beyond what is read."""

    code = "nested-too-deeply"


class TooLarge(RequestError):
    """Base of what a request has too much of."""

    code = "too-large"

    def __init__(self, what: str, actual: int, limit: int) -> None:
        super().__init__(f"{what}: {actual:,} is over the limit of {limit:,}; split the request")
        self.what = what
        self.actual = actual
        self.limit = limit


class BodyTooLarge(TooLarge):
    """The body has too many bytes."""

    code = "body-too-large"

    def __init__(self, actual: int, limit: int) -> None:
        super().__init__("bytes in the body", actual, limit)


class TooManyInstances(TooLarge):
    """The body has too many instances for one call."""

    code = "too-many-instances"

    def __init__(self, actual: int, limit: int) -> None:
        super().__init__("instances", actual, limit)


class KeyRequired(RequestError):
    """The pages are locked, and no API key was checked on the way here."""

    code = "key-required"

    def __init__(self, path: str) -> None:
        super().__init__(f"{path[:200]!r} is locked: it needs an API key, checked by API Gateway")
        self.path = path


class UnrecognisedEvent(RequestError):
    """The Lambda event has none of the shapes the handler reads."""

    code = "unrecognised-event"


class UnknownModel(RequestError):
    """No model of this name is served."""

    code = "unknown-model"

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        there_are = ", ".join(known) if known else "none at all"
        super().__init__(f"there is no model {name[:100]!r}; served here: {there_are}")
        self.name = name
        self.known = known


class UnknownVersion(RequestError):
    """The model is there, but in another version: served, or in the store."""

    code = "unknown-version"

    def __init__(self, name: str, version: str, served: str, where: str = "served here") -> None:
        super().__init__(f"there is no version {version[:100]!r} of model {name!r}; {where}: {served}")
        self.name = name
        self.version = version
        self.served = served


class ModelUnavailable(NeuralworksError):
    """A model exists but its artifact failed its checks; ``cause`` says which."""

    code = "model-unavailable"

    def __init__(self, name: str, cause: NeuralworksError) -> None:
        super().__init__(f"model {name!r} is not available: its artifact failed a check ({cause.code})")
        self.name = name
        self.cause = cause


class ArtifactError(NeuralworksError):
    """Base of everything that keeps an artifact from being served."""

    code = "invalid-artifact"


class ManifestInvalid(ArtifactError):
    """A manifest is missing, unreadable, or lacks what it must state."""

    code = "invalid-manifest"

    def __init__(self, path: str, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.path = path
        self.detail = detail


class DigestMismatch(ArtifactError):
    """The pickle's bytes are not those that were sealed."""

    code = "digest-mismatch"

    def __init__(self, path: str, sealed: str, found: str) -> None:
        super().__init__(f"{path}: the manifest seals SHA-256 {sealed}, the file has {found}; seal the artifact again")
        self.path = path
        self.sealed = sealed
        self.found = found


class ForbiddenImport(ArtifactError):
    """A pickle names a global that its allow-list, or the server's, does not hold."""

    code = "forbidden-import"

    def __init__(self, module: str, name: str, reason: str) -> None:
        super().__init__(f"the pickle asks for {module}.{name}, which is refused: {reason}")
        self.module = module
        self.name = name
        self.reason = reason


class PickleInvalid(ArtifactError):
    """A pickle of the right digest cannot be turned into a scorer."""

    code = "invalid-pickle"


class GoldenMismatch(ArtifactError):
    """A loaded model does not reproduce a prediction its manifest promises."""

    code = "golden-mismatch"

    def __init__(self, index: int, promised: object, computed: object) -> None:
        super().__init__(f"golden instance {index}: the manifest promises {promised}, the model answers {computed}")
        self.index = index
        self.promised = promised
        self.computed = computed


class PackageMismatch(ArtifactError):
    """A package the estimator was fitted with is missing here or has another version."""

    code = "package-mismatch"

    def __init__(self, package: str, fitted: str, installed: str | None) -> None:
        here = f"{installed} is installed" if installed else "it is not installed"
        super().__init__(f"the estimator was fitted with {package} {fitted}, but {here}; install {package}=={fitted}")
        self.package = package
        self.fitted = fitted
        self.installed = installed


class Unsupported(NeuralworksError):
    """The exporter cannot express a step; the original estimator can still be served."""

    code = "unsupported-export"

    def __init__(self, step: str, what: str, remedy: str) -> None:
        super().__init__(f"step {step!r}: {what} cannot be exported; {remedy}")
        self.step = step
        self.what = what
        self.remedy = remedy


class NotEqual(NeuralworksError):
    """A scorer does not give its estimator's predictions; the export is thrown away."""

    code = "export-not-equal"

    def __init__(self, difference: float, tolerance: float, row: object) -> None:
        super().__init__(f"scorer and estimator differ by {difference:.3g} (allowed: {tolerance:.3g}) on {row}")
        self.difference = difference
        self.tolerance = tolerance
        self.row = row


class DataError(NeuralworksError):
    """A data file is absent, of another digest, or lacks what it must have."""

    code = "invalid-data"
