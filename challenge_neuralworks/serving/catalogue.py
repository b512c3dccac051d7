"""What is served and whether it is well: GET /models, /models/{model}, /health and /ping."""

from __future__ import annotations

import json

from challenge_neuralworks.errors import ModelUnavailable
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.request import Origin, Response

if TYPE_CHECKING:
    from typing import Any

    from challenge_neuralworks.store import FolderStore


class Catalogue:
    """Describes a store's models."""

    def __init__(self, store: FolderStore) -> None:
        self._store = store

    def models(self) -> Response:
        """Return every model's name, version and state."""
        return _answer("GET /models", {"models": self._states()})

    def model(self, name: str) -> Response:
        """Return one model's signature, version, digest, metrics and origin.

        Raises
        ------
        UnknownModel, ModelUnavailable : as the store says.
        """
        model = self._store.get(name)
        answer = _answer("GET /models/{model}", model.describe())
        return answer._replace(origin=Origin(answer.origin.route, model.name, model.version))

    def health(self) -> Response:
        """Return 200 while any model can answer, and which cannot: one bad artifact must not stop the others."""
        states = self._states()
        ready = [state["status"] == "ready" for state in states]
        status = "ready" if ready and all(ready) else "degraded" if any(ready) else "down"
        document = {"status": status, "models": {state.pop("name"): state for state in states}}
        return _answer("GET /health", document, 200 if any(ready) else 503)

    def ping(self) -> Response:
        """Return that the process answers."""
        return _answer("GET /ping", {"status": "alive"})

    def _states(self) -> list[dict[str, Any]]:
        return [self._state(name) for name in self._store.names()]

    def _state(self, name: str) -> dict[str, Any]:
        try:
            model = self._store.get(name)
        except ModelUnavailable as error:
            # /health needs no key: which check failed is said, the digests are for the log.
            state = {"name": name, "status": "down", "code": error.cause.code}
        else:
            state = {"name": name, "status": "ready", "version": model.version}
        followed = self._store.following(name)
        return state if followed is None else {**state, "following": followed.to_json()}


def _answer(route: str, document: dict[str, Any], status: int = 200) -> Response:
    return Response(status, json.dumps(document), Origin(route))
