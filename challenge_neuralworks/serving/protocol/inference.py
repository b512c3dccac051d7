"""POST /v2/models/{model}/infer: tensors in, tensors out, with the predictions of POST /inference."""

from __future__ import annotations

import json

from challenge_neuralworks.errors import InvalidInstances, InvalidParameter
from challenge_neuralworks.records import TYPE_CHECKING, NamedTuple
from challenge_neuralworks.serving.inference import most
from challenge_neuralworks.serving.parameters import NONE, ParameterReader
from challenge_neuralworks.serving.protocol.envelope import read_envelope
from challenge_neuralworks.serving.protocol.metadata import MODEL, VERSION, served
from challenge_neuralworks.serving.protocol.outputs import OutputWriter
from challenge_neuralworks.serving.protocol.refusals import InvalidTensors
from challenge_neuralworks.serving.protocol.tensors import read_rows
from challenge_neuralworks.serving.request import Origin, Response
from challenge_neuralworks.wording import escape, show

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from challenge_neuralworks.errors import Fault
    from challenge_neuralworks.model import Model
    from challenge_neuralworks.serving.parameters import Parameters
    from challenge_neuralworks.serving.request import Request
    from challenge_neuralworks.signature import Signature
    from challenge_neuralworks.store import FolderStore

ROOT = "#/rows"

IGNORED = ("binary_data_output", "content_type", "priority", "timeout")
"""Parameters that clients add of their own accord and that change no prediction."""


class _Face(NamedTuple):
    """The parts of a model's answers that never change."""

    model: Model
    origins: tuple[Origin, Origin]
    head: str
    outputs: OutputWriter


class TensorInference:
    """Answers the protocol's inferences of a store's models."""

    def __init__(self, store: FolderStore) -> None:
        self._store = store
        self._faces: dict[str, _Face] = {}
        self._parameters = ParameterReader()

    def answer(self, request: Request, name: str, version: str | None = None) -> Response:
        """Return the predictions of a request's tensors.

        Raises
        ------
        RequestError : the request cannot be answered; the subclass says why.
        ModelUnavailable : the model's artifact fails its checks.
        """
        model = served(self._store, name, version)
        face = self._faces.get(name)
        if face is None or face.model is not model:
            face = self._faces[name] = _face_of(model)
        if request.query:
            raise _misplaced(request.query)
        envelope = read_envelope(request)
        document = envelope.document
        head = face.head + _checked_head(document, model)
        parameters = self._read_parameters(document.get("parameters"), model)
        names = face.outputs.names(document.get("outputs"), parameters)
        rows, warnings = _check(model, read_rows(envelope, model.signature, most(model, explain=parameters.explain)))
        predictions = model.predict_many(rows)
        outputs = face.outputs.write(names, rows, predictions, parameters)
        told = f',"parameters":{{"warnings":{json.dumps(warnings)}}}' if warnings else ""
        body = f'{head}{told},"outputs":[{outputs}]}}'
        return Response(200, body, face.origins[version is not None], len(rows))

    def _read_parameters(self, stated: Any, model: Model) -> Parameters:
        if not stated and (stated is None or type(stated) is dict):
            return NONE
        if type(stated) is not dict:
            raise InvalidTensors([f"parameters are {show(stated)}: expected an object"])
        for name, value in stated.items():
            if type(value) is list or type(value) is dict:
                raise InvalidTensors([f"parameter {show(name)} is {show(value)}: expected a string, number or boolean"])
        meant = {name: value for name, value in stated.items() if name not in IGNORED}
        return self._parameters.read(meant, model) if meant else NONE


def _face_of(model: Model) -> _Face:
    origins = (
        Origin(f"POST {MODEL}/infer", model.name, model.version),
        Origin(f"POST {VERSION}/infer", model.name, model.version),
    )
    head = f'{{"model_name":{json.dumps(model.name)},"model_version":{json.dumps(model.version)}'
    return _Face(model, origins, head, OutputWriter(model))


def _misplaced(query: Mapping[str, Any]) -> InvalidParameter:
    name, value = next(iter(query.items()))
    return InvalidParameter(str(name)[:80], str(value)[:80], 'no parameters in the URL, but in the body: "parameters"')


def _checked_head(document: Mapping[str, Any], model: Model) -> str:
    # Who repeats the URL's model in the body must not contradict it.
    for entry, ours in (("model_name", model.name), ("model_version", model.version)):
        theirs = document.get(entry)
        if theirs is not None and theirs != ours:
            raise InvalidTensors([f"{entry} is {show(theirs)}, but the URL asks for {show(ours)}"])
    identifier = document.get("id")
    if identifier is None:
        return ""
    if type(identifier) is not str:
        raise InvalidTensors([f"the id is {show(identifier)}: expected a string"])
    return f',"id":{json.dumps(identifier)}'


def _check(model: Model, instances: Sequence[Any]) -> tuple[Sequence[Mapping[str, Any]], list[str]]:
    try:
        rows, warnings = model.check(instances, ROOT)
    except InvalidInstances as error:
        raise InvalidTensors(_told(error.faults, model.signature), truncated=error.truncated) from error
    return rows, _told(warnings, model.signature) if warnings else []


def _told(faults: Sequence[Fault], signature: Signature) -> list[str]:
    # A pointer is #/rows/ROW/FIELD; the protocol's clients know rows and inputs.
    names = {escape(name): name for name in signature.names}
    places = [fault.pointer.removeprefix(ROOT + "/").partition("/") for fault in faults]
    return [
        f"input {show(names[token])}, row {row}: {fault.detail}"
        for (row, _, token), fault in zip(places, faults, strict=True)
    ]
