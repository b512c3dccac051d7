"""Requests of the Open Inference Protocol, made of instances."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from challenge_neuralworks.serving import Application, build
from challenge_neuralworks.settings import Settings
from challenge_neuralworks.signature import Signature
from tests.making import TOY, Context, rest_event

DATATYPES = {"category": "BYTES", "integer": "INT64", "number": "FP64"}
INFER = "/v2/models/toy/infer"

Instances = Sequence[Mapping[str, Any]]


def serve(models_dir: Path) -> Application:
    """Return a handler over a folder of models that writes no lines."""
    return build(Settings(models_dir=str(models_dir), log_level="OFF", metrics=False))


def tensor(name: str, values: Sequence[Any], **changes: Any) -> dict[str, Any]:
    """Return the input tensor of a toy field."""
    (field,) = (field for field in TOY.fields if field.name == name)
    plain = {"name": name, "shape": [len(values)], "datatype": DATATYPES[field.kind], "data": list(values)}
    return {key: value for key, value in {**plain, **changes}.items() if value is not ...}


def inputs(instances: Instances, signature: Signature = TOY) -> list[dict[str, Any]]:
    """Return the input tensors of instances."""
    return [
        {
            "name": field.name,
            "shape": [len(instances)],
            "datatype": DATATYPES[field.kind],
            "data": [instance[field.name] for instance in instances],
        }
        for field in signature.fields
    ]


def with_tensor(instances: Instances, name: str, **changes: Any) -> dict[str, Any]:
    """Return the request of toy instances, one tensor of which is changed; ``...`` takes an entry away."""
    changed = [
        tensor(one["name"], one["data"], **(changes if one["name"] == name else {})) for one in inputs(instances)
    ]
    return {"inputs": changed}


def ask(handler: Application, body: Any, path: str = INFER, **changes: Any) -> tuple[int, dict[str, Any]]:
    """Return status and document of a POST; an error must have the protocol's shape."""
    return answered(handler(rest_event("POST", path, body, **changes), Context()))


def answered(response: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Return status and document of an answer; an error must have the protocol's shape."""
    document: dict[str, Any] = json.loads(response["body"])
    assert response["headers"]["Content-Type"] == "application/json"
    if response["statusCode"] != 200 and "ready" not in document:
        assert list(document) == ["error"]
        assert document["error"]
        assert isinstance(document["error"], str)
    return response["statusCode"], document


def outputs(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return output name -> its flat data."""
    return {output["name"]: output["data"] for output in document["outputs"]}
