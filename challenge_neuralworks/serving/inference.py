"""POST /inference/{model}: instances in, predictions and labels out."""

from __future__ import annotations

import json

from challenge_neuralworks.errors import Fault, InvalidInstances, InvalidParameter, TooLarge
from challenge_neuralworks.records import TYPE_CHECKING, NamedTuple
from challenge_neuralworks.serving.body import read_json
from challenge_neuralworks.serving.request import Origin, Response
from challenge_neuralworks.wording import show

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.serving.request import Request
    from challenge_neuralworks.store import FolderStore

ROUTE = "POST /inference/{model}"

MAX_INSTANCES = 10_000
"""Instances of one call: the batch that still answers far within API Gateway's 29 s, whatever the model."""

MAX_THRESHOLDS = 100
"""Thresholds remembered."""

PARAMETERS = ("threshold",)


class _Face(NamedTuple):
    """The parts of a model's answers that never change; a regression has no labels."""

    model: Model
    origin: Origin
    head: str
    labels: dict[int | str, str]


class Inference:
    """Answers predictions of a store's models."""

    def __init__(self, store: FolderStore) -> None:
        self._store = store
        self._faces: dict[str, _Face] = {}
        # Parsed once: a caller that sends a threshold sends the same one each time.
        self._thresholds: dict[tuple[str, object], float] = {}

    def answer(self, name: str, request: Request) -> Response:
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
        threshold = self._threshold(request.query, model) if request.query else None
        document = read_json(request)
        if model.signature.is_exact(document):
            return _single(face, document, threshold, ())
        if type(document) is dict and "instances" in document and "instances" not in model.signature.names:
            return _many(face, _instances_of(document), threshold)
        checked = model.check([document])
        return _single(face, checked.rows[0], threshold, checked.warnings)

    def _threshold(self, query: Mapping[str, Any], model: Model) -> float | None:
        if len(query) == 1 and type(text := query.get("threshold")) is str:
            key = (model.version, text)
            if key not in self._thresholds:
                parsed = _threshold(query, model)
                if parsed is None or len(self._thresholds) >= MAX_THRESHOLDS:
                    return parsed
                self._thresholds[key] = parsed
            return self._thresholds[key]
        return _threshold(query, model)


def _face_of(model: Model) -> _Face:
    head = f'{{"model":{json.dumps(model.name)},"version":{json.dumps(model.version)}'
    return _Face(
        model, Origin(ROUTE, model.name, model.version), head, {label: json.dumps(label) for label in model.classes}
    )


def _single(face: _Face, row: Mapping[str, Any], threshold: float | None, warnings: Sequence[Fault]) -> Response:
    model, origin, head, labels = face
    prediction = model.predict(row)
    if labels:
        answer = f'{_numbers(prediction)},"label":{labels[model.label(prediction, threshold)]}'
    else:
        answer = repr(prediction[0])
    body = f'{head},"prediction":{answer}{_warnings(warnings) if warnings else ""}}}'
    return Response(200, body, origin, 1)


def _many(face: _Face, instances: Sequence[Any], threshold: float | None) -> Response:
    model, origin, head, labels = face
    checked = model.check(instances, "#/instances")
    predictions = model.predict_many(checked.rows)
    if labels:
        named = ",".join([labels[model.label(prediction, threshold)] for prediction in predictions])
        answer = f'[{",".join(map(_numbers, predictions))}],"labels":[{named}]'
    else:
        answer = _numbers([value for (value,) in predictions])
    body = f'{head},"predictions":{answer}{_warnings(checked.warnings) if checked.warnings else ""}}}'
    return Response(200, body, origin, len(predictions))


def _instances_of(document: dict[str, Any]) -> list[Any]:
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
    if len(instances) > MAX_INSTANCES:
        raise TooLarge("instances", len(instances), MAX_INSTANCES)
    return list(instances)


def _threshold(query: Mapping[str, Any], model: Model) -> float | None:
    for name in query:
        if name not in PARAMETERS:
            raise InvalidParameter(str(name)[:80], str(query[name])[:80], f"no parameters but {', '.join(PARAMETERS)}")
    value = query.get("threshold")
    if value is None:
        return None
    expected = "a number from 0 to 1, for a model of two classes"
    # float() would read "1_0", " 1" and "nan" too.
    text = str(value)
    if isinstance(value, bool) or len(model.classes) != 2 or "_" in text or text != text.strip():
        raise InvalidParameter("threshold", text[:80], expected)
    try:
        threshold = float(text)
    except ValueError:
        threshold = -1.0
    if not 0.0 <= threshold <= 1.0:
        raise InvalidParameter("threshold", text[:80], expected)
    return threshold


def _numbers(prediction: Sequence[float]) -> str:
    if len(prediction) == 2:
        return f"[{prediction[0]!r},{prediction[1]!r}]"
    return f"[{','.join(map(repr, prediction))}]"


def _warnings(warnings: Sequence[Fault]) -> str:
    return ',"warnings":' + json.dumps([warning._asdict() for warning in warnings])
