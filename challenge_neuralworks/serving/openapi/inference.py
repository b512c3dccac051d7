"""POST /inference/{model}, once for each model: exact schemas, and examples with their real answers."""

from __future__ import annotations

import json

from challenge_neuralworks.errors import NotExplainable
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.explanations import LOG_ODDS, ExplanationWriter
from challenge_neuralworks.serving.inference import Inference, most
from challenge_neuralworks.serving.openapi import tensors
from challenge_neuralworks.serving.openapi.faults import bad_request, faults
from challenge_neuralworks.serving.openapi.shapes import (
    NUMBER,
    PROBABILITY,
    STRING,
    array,
    content,
    exact,
    ref,
    response,
)
from challenge_neuralworks.serving.request import JSON, Request

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.serving.openapi.shapes import Schema
    from challenge_neuralworks.store import FolderStore

KEY: list[dict[str, list[str]]] = [{"api_key": []}]

SINGLE, BATCH, EXPLAINED = "single", "batch", "explained"
"""Names of the examples, of requests and of their answers; the last is sent with ``?explain=true``."""


def path(model: Model, store: FolderStore) -> Schema:
    """Return the path item of a model's predictions."""
    name = component(model)
    examples = requests(model)
    answers = {key: _answer_to(store, model, key, example) for key, example in examples.items()}
    answered = [ref("schemas", f"{name}Answer"), *([ref("schemas", f"{name}Answers")] if _takes_many(model) else [])]
    taken = [ref("schemas", f"{name}Instance"), *([ref("schemas", f"{name}Batch")] if _takes_many(model) else [])]
    body = content(JSON, {"oneOf": taken}, examples)
    for key, summary in SUMMARIES.items():
        if key in examples:
            body[JSON]["examples"][key] = {"summary": summary, **body[JSON]["examples"][key]}
    operation = {
        "operationId": predict_id(model),
        "summary": f"Predict with {model.name}",
        "description": model.artifact.manifest.description,
        "tags": ["predictions"],
        "security": KEY,
        "parameters": _parameters(model),
        "requestBody": {"required": True, "content": body},
        "responses": {
            "200": response(
                "Predictions, in the order of the instances",
                content(JSON, {"oneOf": answered}, answers),
                links=_links(model),
            ),
            "400": bad_request(model),
            **faults(403, 413, 415, 503),
        },
    }
    return {"post": operation}


SUMMARIES = {
    SINGLE: "One instance",
    BATCH: "Many instances",
    EXPLAINED: "With ?explain=true: what each field adds to the score",
}


def predict_id(model: Model) -> str:
    """Return the operationId of a model's predictions."""
    return f"predict_{model.name}"


def component(model: Model) -> str:
    """Return what the names of a model's schemas begin with, e.g. ``Delay``."""
    return "".join(part.title() for part in model.name.split("_"))


def requests(model: Model) -> dict[str, Any]:
    """Return bodies that are answered without a warning."""
    example = model.signature.example()
    golden = [dict(row) for row, _ in model.artifact.manifest.golden if model.signature.is_exact(dict(row))]
    other = next((row for row in golden if row != example), example)
    return {
        SINGLE: example,
        **({BATCH: {"instances": [example, other]}} if _takes_many(model) else {}),
        **({EXPLAINED: other} if _writer(model) else {}),
    }


def schemas(models: Sequence[Model]) -> Schema:
    """Return every model's instance, batch, answers and explanation."""
    found: Schema = {}
    for model in models:
        name = component(model)
        found[f"{name}Instance"] = model.signature.json_schema()
        found[f"{name}Answer"] = _answer(model, many=False)
        if _takes_many(model):
            found[f"{name}Batch"] = _batch(model)
            found[f"{name}Answers"] = _answer(model, many=True)
        writer = _writer(model)
        if writer:
            found[f"{name}Explanation"] = _explanation(model, writer.scale)
    return found


def parameters(models: Sequence[Model]) -> Schema:
    """Return the parameters that models share."""
    explain = {
        "name": "explain",
        "in": "query",
        "description": "Add what each field adds to the score; at most 1,000 instances",
        "schema": {"type": "boolean", "default": False},
    }
    receipt = {
        "name": "receipt",
        "in": "query",
        "description": "Add a signed record of the answer, where the operator has set a key for it",
        "schema": {"type": "boolean", "default": False},
    }
    return {**({"Explain": explain} if any(map(_writer, models)) else {}), "Receipt": receipt}


def _links(model: Model) -> Schema:
    return {
        "describe": {"operationId": "describe_model", "parameters": {"model": "$response.body#/model"}},
        "protocol": {
            "operationId": "protocol_infer",
            "parameters": {"model": model.name},
            "requestBody": tensors.request(model),
        },
    }


def _takes_many(model: Model) -> bool:
    # A model with a field of that name would read a batch as one instance.
    return "instances" not in model.signature.names


def _writer(model: Model) -> ExplanationWriter | None:
    try:
        return ExplanationWriter(model)
    except NotExplainable:
        return None


def _parameters(model: Model) -> list[Schema]:
    threshold = {
        "name": "threshold",
        "in": "query",
        "description": f"Least probability of {json.dumps(model.classes[-1:])[1:-1]} for that label; "
        f"{model.threshold} where absent",
        "schema": PROBABILITY,
    }
    given = [threshold] if len(model.classes) == 2 else []
    return [*given, *([ref("parameters", "Explain")] if _writer(model) else []), ref("parameters", "Receipt")]


def _batch(model: Model) -> Schema:
    instances = array(ref("schemas", f"{component(model)}Instance"), minItems=1, maxItems=most(model, explain=False))
    return exact({"instances": instances}, description="Many instances; with explanations at most 1,000")


def _answer(model: Model, *, many: bool) -> Schema:
    name = component(model)
    values: Schema = {"prediction": _prediction(model)}
    if model.classes:
        values["label"] = {"enum": list(model.classes)}
    if _writer(model):
        values["explanation"] = ref("schemas", f"{name}Explanation")
    if many:
        values = {f"{key}s": array(value) for key, value in values.items()}
    properties = {
        "model": {"const": model.name},
        "version": {**STRING, "description": "Of the model that answered"},
        **values,
        "warnings": array(ref("schemas", "Fault"), description="How values that are not exact were read"),
        "receipt": {**STRING, "description": "Compact JWS by Ed25519: version, digest, hash of the input, and output"},
    }
    return exact(properties, optional=("explanation", "explanations", "warnings", "receipt"))


def _prediction(model: Model) -> Schema:
    if not model.classes:
        return {**NUMBER, "description": "The predicted value"}
    size = len(model.classes)
    described = f"Probability of each class, in this order: {json.dumps(model.classes)}"
    return array(PROBABILITY, minItems=size, maxItems=size, description=described)


def _explanation(model: Model, scale: str) -> Schema:
    contributions = exact(dict.fromkeys(model.signature.names, NUMBER), description="What each field adds")
    properties = {
        "scale": {"const": scale},
        "base": {**NUMBER, "description": "The score of an instance of which nothing is known"},
        "score": {**NUMBER, "description": "The score of this one: base and all contributions"},
        "contributions": contributions,
    }
    if scale == LOG_ODDS:
        properties["probability"] = exact(
            {"base": PROBABILITY, "contributions": contributions}, description="The same shares, as probability"
        )
    return exact(properties)


def _answer_to(store: FolderStore, model: Model, key: str, example: Any) -> Any:
    query = {"explain": "true"} if key == EXPLAINED else {}
    request = Request("POST", f"/inference/{model.name}", {}, query, document=example)
    response = Inference(store).answer(request, model.name)
    return json.loads(response.body) if response.document is None else response.document
