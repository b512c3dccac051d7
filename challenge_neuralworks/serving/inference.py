"""POST /inference/{model}: instances in, predictions and labels out."""

from __future__ import annotations

import json

from challenge_neuralworks.errors import Fault, InvalidInstances, TooManyInstances
from challenge_neuralworks.records import TYPE_CHECKING, NamedTuple
from challenge_neuralworks.serving.body import read_json
from challenge_neuralworks.serving.request import Origin, Response, predicted, without
from challenge_neuralworks.wording import show

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.serving.explanations import ExplanationWriter
    from challenge_neuralworks.serving.parameters import ParameterReader
    from challenge_neuralworks.serving.receipts import Receipts
    from challenge_neuralworks.serving.request import Request
    from challenge_neuralworks.store import FolderStore

ROUTE = "POST /inference/{model}"

MAX_INSTANCES = 10_000
"""Instances of one call: the batch that still answers far within API Gateway's 29 s, whatever the model."""

MAX_EXPLAINED = 1_000
"""Instances of one call with explanations: a tenth, because each is ten times as long; Lambda answers 6 MB."""

MAX_NUMBERS = 100_000
"""Probabilities of one answer, for models of many classes, for the same reason."""


class _Face(NamedTuple):
    """The parts of a model's answers that never change; a regression has no labels."""

    model: Model
    origin: Origin
    head: str
    labels: dict[int | str, str]


class Inference:
    """Answers predictions of a store's models.

    Parameters
    ----------
    receipt_key : see `Settings.receipt_key`.
    """

    def __init__(self, store: FolderStore, receipt_key: bytes = b"") -> None:
        self._store = store
        self._receipt_key = receipt_key
        self._receipts: Receipts | None = None
        self._faces: dict[str, _Face] = {}
        self._writers: dict[str, ExplanationWriter] = {}
        self._parameters: ParameterReader | None = None

    def answer(self, request: Request, name: str) -> Response:
        """Return the predictions of a request's instances.

        Raises
        ------
        RequestError : the request cannot be answered; the subclass says why.
        ModelUnavailable : the model's artifact fails its checks.
        """
        model = self._store.get(name)
        face = self._faces.get(name)
        if face is None or face.model is not model:
            face = self._faces[name] = _face_of(model)
        threshold, writer = None, None
        if request.query:
            threshold, writer, receipt = self._asked(request.query, model)
            if receipt:
                return self._receipted(request, name, threshold)
        document = read_json(request)
        if model.signature.is_exact(document):
            return _single(face, document, threshold, writer)
        if type(document) is dict and "instances" in document and "instances" not in model.signature.names:
            limit = most(model, explain=writer is not None)
            instances = _instances_of(document, limit)
            if request.document is not None and writer is None:
                return _direct(face, instances, threshold)
            return _many(face, instances, threshold, writer)
        checked = model.check([document])
        return _single(face, checked.rows[0], threshold, writer, checked.warnings)

    def _asked(self, query: Mapping[str, Any], model: Model) -> tuple[float | None, ExplanationWriter | None, bool]:
        if self._parameters is None:
            from challenge_neuralworks.serving.parameters import ParameterReader  # Most calls have none.

            self._parameters = ParameterReader()
        threshold, explain, receipt = self._parameters.read(query, model)
        return threshold, self._writer(model) if explain else None, receipt

    def _receipted(self, request: Request, name: str, threshold: float | None) -> Response:
        if self._receipts is None:
            from challenge_neuralworks.serving.receipts import Receipts  # Most calls ask for none.

            self._receipts = Receipts(self._receipt_key)
        plain = without(request, "receipt")
        while True:
            response, model = self.answer(plain, name), self._store.get(name)
            # An alias may have moved in between: a receipt names the version that answered.
            if response.origin.version == model.version:
                return self._receipts.add(response, request, model, threshold)

    def _writer(self, model: Model) -> ExplanationWriter:
        writer = self._writers.get(model.name)
        if writer is None or writer.model is not model:
            from challenge_neuralworks.serving.explanations import ExplanationWriter  # Most calls ask for none.

            writer = self._writers[model.name] = ExplanationWriter(model)
        return writer


def most(model: Model, *, explain: bool) -> int:
    """Return how many instances one call may hold."""
    by_size = MAX_NUMBERS // max(1, len(model.classes))
    return max(1, min(MAX_INSTANCES, by_size, MAX_EXPLAINED if explain else MAX_INSTANCES))


def _face_of(model: Model) -> _Face:
    head = f'{{"model":{json.dumps(model.name)},"version":{json.dumps(model.version)}'
    return _Face(
        model, Origin(ROUTE, model.name, model.version), head, {label: json.dumps(label) for label in model.classes}
    )


def _single(
    face: _Face,
    row: Mapping[str, Any],
    threshold: float | None,
    writer: ExplanationWriter | None,
    warnings: Sequence[Fault] = (),
) -> Response:
    model, origin, head, labels = face
    prediction = model.predict(row)
    more = f',"explanation":{writer.write(row, prediction)}' if writer is not None else ""
    if warnings:
        more += _warnings(warnings)
    if labels:
        label = labels[model.label(prediction, threshold)]
        body = f'{head},"prediction":{_numbers(prediction)},"label":{label}{more}}}'
    else:
        body = f'{head},"prediction":{prediction[0]!r}{more}}}'
    return predicted(body, origin, 1)


def _many(face: _Face, instances: Sequence[Any], threshold: float | None, writer: ExplanationWriter | None) -> Response:
    model, origin, head, labels = face
    checked = model.check(instances, "#/instances")
    predictions = model.predict_many(checked.rows)
    if labels:
        named = ",".join([labels[model.label(prediction, threshold)] for prediction in predictions])
        answer = f'[{",".join(map(_numbers, predictions))}],"labels":[{named}]'
    else:
        answer = _numbers([value for (value,) in predictions])
    if writer is not None:
        answer += f',"explanations":[{",".join(map(writer.write, checked.rows, predictions))}]'
    body = f'{head},"predictions":{answer}{_warnings(checked.warnings) if checked.warnings else ""}}}'
    return predicted(body, origin, len(predictions))


def _direct(face: _Face, instances: Sequence[Any], threshold: float | None) -> Response:
    # What `_many` writes, for a caller that would have to read it again; a test holds both equal.
    model = face.model
    checked = model.check(instances, "#/instances")
    predictions = model.predict_many(checked.rows)
    document: dict[str, Any] = {"model": model.name, "version": model.version}
    if face.labels:
        document["predictions"] = list(map(list, predictions))
        document["labels"] = [model.label(prediction, threshold) for prediction in predictions]
    else:
        document["predictions"] = [value for (value,) in predictions]
    if checked.warnings:
        document["warnings"] = [warning._asdict() for warning in checked.warnings]
    return Response(200, "", face.origin, len(predictions), document=document)


def _instances_of(document: dict[str, Any], limit: int) -> list[Any]:
    instances = document["instances"]
    faults = [
        Fault("#", "unknown-field", f"a batch holds instances and nothing else, but there is {show(name)}")
        for name in document
        if name != "instances"
    ]
    if not isinstance(instances, list) or not instances:
        faults.append(Fault("#/instances", "not-an-array", "instances must be an array of one or more objects"))
    if faults:
        raise InvalidInstances(tuple(faults[:10]), truncated=len(faults) > 10)
    if len(instances) > limit:
        raise TooManyInstances(len(instances), limit)
    return list(instances)


def _numbers(prediction: Sequence[float]) -> str:
    if len(prediction) == 2:
        return f"[{prediction[0]!r},{prediction[1]!r}]"
    return f"[{','.join(map(repr, prediction))}]"


def _warnings(warnings: Sequence[Fault]) -> str:
    return ',"warnings":' + json.dumps([warning._asdict() for warning in warnings])
