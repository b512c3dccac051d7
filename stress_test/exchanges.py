"""Requests, each with the right answer: what the model itself says, asked here without any of what serves it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.signature import Row

DATATYPES = {"category": "BYTES", "integer": "INT64", "number": "FP64"}
"""Kind of a field -> datatype of its tensor, see docs/open-inference-protocol.md."""

RIGHT_KEY, NO_KEY, WRONG_KEY = "right", "none", "wrong"


class Exchange(NamedTuple):
    """One request and its right answer.

    name : what it is counted under.
    body : of the request, a POST.
    key : ``right``, ``none`` or ``wrong``.
    status, expected : of the answer; the latter a JSON value.
    partial : the answer may hold more than is expected, as problems do.
    """

    name: str
    path: str
    body: str
    status: int
    expected: Any
    key: str = RIGHT_KEY
    partial: bool = False


def single(model: Model, row: Row, threshold: float | None = None) -> Exchange:
    """Return a request of one instance."""
    (checked,), warnings = model.check([row])
    prediction = model.predict(checked)
    query = "" if threshold is None else f"?threshold={threshold!r}"
    expected = _head(model) | {"prediction": _prediction(model, prediction)}
    if model.classes:
        expected["label"] = model.label(prediction, threshold)
    if warnings:
        expected["warnings"] = [warning._asdict() for warning in warnings]
    return Exchange(f"single {model.name}", f"/inference/{model.name}{query}", _text(row), 200, expected)


def batch(model: Model, rows: Sequence[Row]) -> Exchange:
    """Return a request of many instances; each is predicted by itself here, whatever is beside it there."""
    predictions = [model.predict(row) for row in rows]
    expected = _head(model) | {"predictions": [_prediction(model, one) for one in predictions]}
    if model.classes:
        expected["labels"] = [model.label(one) for one in predictions]
    body = _text({"instances": rows})
    return Exchange(f"batch {model.name}", f"/inference/{model.name}", body, 200, expected)


def explained(model: Model, row: Row) -> Exchange:
    """Return a request of one instance with its explanation, of which each number is known."""
    base, contributions, score = model.explain(row)
    shares = {name: contributions.get(name, 0.0) for name in model.signature.names}
    known = {"base": base, "score": score, "contributions": shares}
    plain = single(model, row)
    return plain._replace(
        name=f"explain {model.name}",
        path=f"{plain.path}?explain=true",
        expected=plain.expected | {"explanation": known},
        # The scale and the shares of the probability are not known here; their sums are checked.
        partial=True,
    )


def protocol(model: Model, rows: Sequence[Row]) -> Exchange:
    """Return a request of the Open Inference Protocol."""
    fields, n = model.signature.fields, len(rows)
    inputs = [_tensor(field.name, DATATYPES[field.kind], [n], [row[field.name] for row in rows]) for field in fields]
    predictions = [model.predict(row) for row in rows]
    values = [value for prediction in predictions for value in prediction]
    outputs = [_tensor("prediction", "FP64", [n, len(model.classes) or 1], values)]
    if model.classes:
        integers = all(isinstance(label, int) for label in model.classes)
        labels = [model.label(one) if integers else str(model.label(one)) for one in predictions]
        outputs.append(_tensor("label", "INT64" if integers else "BYTES", [n], labels))
    expected = {"model_name": model.name, "model_version": model.version, "outputs": outputs}
    path = f"/v2/models/{model.name}/infer"
    return Exchange(f"protocol {model.name}", path, _text({"inputs": inputs}), 200, expected)


def _head(model: Model) -> dict[str, Any]:
    return {"model": model.name, "version": model.version}


def _prediction(model: Model, prediction: Sequence[float]) -> Any:
    return list(prediction) if model.classes else prediction[0]


def _tensor(name: str, datatype: str, shape: list[int], data: list[Any]) -> dict[str, Any]:
    return {"name": name, "datatype": datatype, "shape": shape, "data": data}


def _text(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
