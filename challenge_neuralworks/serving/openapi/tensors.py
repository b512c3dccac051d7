"""What the Open Inference Protocol's requests, answers and errors are made of."""

from __future__ import annotations

import json

from challenge_neuralworks.errors import InvalidJson, InvalidParameter
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.openapi.faults import REQUEST_ID, answered
from challenge_neuralworks.serving.openapi.shapes import INTEGER, PROBABILITY, STRING, array, content, exact, ref
from challenge_neuralworks.serving.problems import internal
from challenge_neuralworks.serving.protocol.datatypes import BYTES, FP64, INT64, LETTERS, OWN
from challenge_neuralworks.serving.protocol.inference import TensorInference
from challenge_neuralworks.serving.protocol.outputs import BASE, CONTRIBUTIONS, LABEL, PREDICTION
from challenge_neuralworks.serving.protocol.refusals import InvalidTensors, in_protocol
from challenge_neuralworks.serving.request import JSON, NOWHERE, Request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from challenge_neuralworks.errors import NeuralworksError
    from challenge_neuralworks.model import Model
    from challenge_neuralworks.serving.openapi.shapes import Schema
    from challenge_neuralworks.store import FolderStore

FAULTS = (
    InvalidTensors(["input 'OPERA' is missing: expected BYTES"]),
    InvalidJson("Expecting value at line 1, column 1"),
    InvalidParameter("threshold", "2", "a number from 0 to 1, for a model of two classes"),
)

VALUE = {"type": ["string", "number", "null"]}


def schemas() -> Schema:
    """Return the components."""
    metadata = exact({"name": STRING, "datatype": _datatypes(), "shape": array(INTEGER, description="-1: any size")})
    return {
        "ProtocolError": exact({"error": STRING}),
        "ProtocolServer": exact({"name": STRING, "version": STRING, "extensions": array(STRING)}),
        "ProtocolModel": exact(
            {
                "name": STRING,
                "versions": array(STRING, minItems=1),
                "platform": STRING,
                "inputs": array(metadata, description="One a field"),
                "outputs": array(metadata),
            }
        ),
        "InferRequest": _request(),
        "InferResponse": _response(),
    }


def request(model: Model) -> Any:
    """Return a body that is answered: one row, each field a tensor of its own."""
    inputs = [
        {"name": field.name, "shape": [1], "datatype": OWN[field.kind], "data": [field.example]}
        for field in model.signature.fields
    ]
    return {"id": "1", "inputs": inputs}


def answers(store: FolderStore, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is really answered to bodies, by the name of their model."""
    inference = TensorInference(store)
    return {
        name: json.loads(inference.answer(Request("POST", "", {}, {}, json.dumps(body)), name).body)
        for name, body in asked.items()
    }


def refusal(errors: Sequence[NeuralworksError]) -> Schema:
    """Return the body of errors in the protocol's shape."""
    said = {error.code: json.loads(in_protocol(answered(error)).body) for error in errors}
    return content(JSON, ref("schemas", "ProtocolError"), said)


def internal_error() -> Schema:
    """Return the body of a defect here."""
    said = in_protocol(internal(REQUEST_ID, NOWHERE, "internal-error", ""))
    return content(JSON, ref("schemas", "ProtocolError"), {"internal": json.loads(said.body)})


def _datatypes() -> Schema:
    return {"enum": [BYTES, *LETTERS]}


def _shape() -> Schema:
    return array({**INTEGER, "minimum": 1}, minItems=1, maxItems=2, description="[n], or [n, 1]")


def _request() -> Schema:
    binary = exact({"binary_data_size": INTEGER, "content_type": STRING}, ("binary_data_size", "content_type"))
    tensor = exact(
        {
            "name": {**STRING, "description": "A field of the model"},
            "shape": _shape(),
            "datatype": _datatypes(),
            "data": array({"anyOf": [VALUE, array(VALUE, minItems=1, maxItems=1)]}, minItems=1),
            "parameters": binary,
        },
        ("data", "parameters"),
    )
    output = exact({"name": {"enum": [PREDICTION, LABEL, CONTRIBUTIONS, BASE]}, "parameters": {"type": "object"}})
    output["required"] = ["name"]
    properties = {
        "id": {**STRING, "description": "Comes back in the answer"},
        "inputs": array(tensor, minItems=1, description="One a field, in any order"),
        "outputs": array(output, description="Which to answer; all where absent"),
        "parameters": _parameters(),
        "model_name": {**STRING, "description": "That of the URL"},
        "model_version": {**STRING, "description": "That of the URL"},
    }
    return exact(properties, [name for name in properties if name != "inputs"])


def _parameters() -> Schema:
    known = {
        "threshold": {**PROBABILITY, "description": "Least probability of the second of two classes for its label"},
        "explain": {"type": "boolean", "description": "Answer contributions and base, too"},
        "binary_data_output": {"type": "boolean", "description": "Ignored: answers are JSON"},
        "content_type": {**STRING, "description": "Ignored"},
        "priority": {**INTEGER, "description": "Ignored"},
        "timeout": {**INTEGER, "description": "Ignored"},
    }
    return exact(known, list(known))


def _response() -> Schema:
    output = exact(
        {
            "name": {"enum": [PREDICTION, LABEL, CONTRIBUTIONS, BASE]},
            "shape": array({**INTEGER, "minimum": 1}, minItems=1, maxItems=2),
            "datatype": {"enum": [FP64, INT64, BYTES]},
            "data": array({"type": ["number", "string"]}, description="Row after row"),
        }
    )
    told = exact({"warnings": array(STRING, description="How values that are not exact were read")})
    properties = {
        "model_name": STRING,
        "model_version": STRING,
        "id": {**STRING, "description": "The request's"},
        "parameters": told,
        "outputs": array(output, minItems=1),
    }
    return exact(properties, ("id", "parameters"))
