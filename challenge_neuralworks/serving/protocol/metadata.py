"""What the protocol asks of a server and its models besides predictions."""

from __future__ import annotations

import json

from challenge_neuralworks import __version__
from challenge_neuralworks.errors import UnknownVersion
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.catalogue import Catalogue
from challenge_neuralworks.serving.protocol.datatypes import FP64, OWN
from challenge_neuralworks.serving.protocol.outputs import label_datatype
from challenge_neuralworks.serving.request import Origin, Response

if TYPE_CHECKING:
    from typing import Any

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.store import FolderStore

NAME = "challenge_neuralworks"
EXTENSIONS = ("binary_tensor_data",)

MODEL = "/v2/models/{model}"
VERSION = MODEL + "/versions/{version}"


class Metadata:
    """Describes a store's models to the protocol's clients."""

    def __init__(self, store: FolderStore) -> None:
        self._store = store

    def server(self) -> Response:
        """Return the server's name, version and extensions."""
        return _answer("/v2", {"name": NAME, "version": __version__, "extensions": list(EXTENSIONS)})

    def live(self) -> Response:
        """Return that the process answers."""
        return _answer("/v2/health/live", {"live": True})

    def ready(self) -> Response:
        """Return 200 while any model can answer, else 503: the rule of GET /health."""
        status = Catalogue(self._store).health().status
        return _answer("/v2/health/ready", {"ready": status == 200}, status)

    def model(self, name: str, version: str | None = None) -> Response:
        """Return a model's versions, inputs and outputs; see `served` for what it raises."""
        model = served(self._store, name, version)
        document = {
            "name": model.name,
            "versions": [model.version],
            "platform": NAME,
            "inputs": [_tensor(field.name, OWN[field.kind]) for field in model.signature.fields],
            "outputs": _outputs(model),
        }
        return _answer(MODEL if version is None else VERSION, document, model=model)

    def model_ready(self, name: str, version: str | None = None) -> Response:
        """Return that a model can answer; see `served` for what it raises."""
        model = served(self._store, name, version)
        route = f"{MODEL if version is None else VERSION}/ready"
        return _answer(route, {"name": model.name, "ready": True}, model=model)


def served(store: FolderStore, name: str, version: str | None) -> Model:
    """Return a model, if it is served in the version asked for; in whichever where None.

    Raises
    ------
    UnknownModel, ModelUnavailable : as the store says.
    UnknownVersion : it is another version that is served.
    """
    model = store.get(name)
    if version is not None and version != model.version:
        raise UnknownVersion(name, version, model.version)
    return model


def _outputs(model: Model) -> list[dict[str, Any]]:
    prediction = _tensor("prediction", FP64, len(model.classes) or 1)
    return [prediction, _tensor("label", label_datatype(model))] if model.classes else [prediction]


def _tensor(name: str, datatype: str, *more: int) -> dict[str, Any]:
    # -1: any number of rows.
    return {"name": name, "datatype": datatype, "shape": [-1, *more]}


def _answer(path: str, document: dict[str, Any], status: int = 200, model: Model | None = None) -> Response:
    route = f"GET {path}"
    origin = Origin(route, model.name, model.version) if model else Origin(route)
    return Response(status, json.dumps(document), origin)
