"""Questions to a version of the function, as API Gateway and as direct invocations ask them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.deploy.release.refusing import SmokeFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from challenge_neuralworks.deploy.release.function import Function


class Answered(NamedTuple):
    """Predictions, each a list of numbers (of a regression one), and labels; of a regression there are none."""

    version: str
    predictions: list[list[float]]
    labels: list[Any]


class Asking:
    """One version, or what an alias points at, to ask."""

    def __init__(self, function: Function, qualifier: str) -> None:
        self._function = function
        self._qualifier = qualifier
        self.name = f"{function.name}:{qualifier}"

    def versions(self) -> dict[str, str]:
        """Return the version of every model.

        Raises
        ------
        SmokeFailed : one is not ready, or there is none.
        """
        states = self.get("/health").get("models")
        if not isinstance(states, dict) or not states or not all(isinstance(one, dict) for one in states.values()):
            raise SmokeFailed(self.name, "/health names no model")
        down = [f"{name} is {state.get('status')}" for name, state in states.items() if state.get("status") != "ready"]
        if down:
            raise SmokeFailed(self.name, f"not every model is ready: {', '.join(down)}")
        return {name: str(state.get("version")) for name, state in states.items()}

    def get(self, path: str) -> dict[str, Any]:
        """Return the document at a path, asked for as API Gateway does.

        Raises
        ------
        SmokeFailed : the answer is not 200 with a JSON object.
        """
        told = self._function.invoke(self._qualifier, _rest_event(path))
        status = told.get("statusCode") if isinstance(told, dict) else None
        if status not in (200, 503):
            raise SmokeFailed(self.name, f"GET {path} is answered {json.dumps(told)[:200]}")
        try:
            document = json.loads(told["body"])
        except (KeyError, TypeError, ValueError):
            document = None
        if not isinstance(document, dict) or (status == 503 and "models" not in document):
            raise SmokeFailed(self.name, f"GET {path} is answered {json.dumps(told)[:200]}")
        return document

    def ask(self, model: str, instances: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return a model's answer to instances, or the problem in place of it."""
        told = self._function.invoke(self._qualifier, {"model": model, "instances": list(instances)})
        if not isinstance(told, dict):
            raise SmokeFailed(self.name, f"{model} answers no object: {json.dumps(told)[:200]}")
        return told

    def predict(self, model: str, instances: Sequence[Mapping[str, Any]]) -> Answered:
        """Return a model's predictions.

        Raises
        ------
        SmokeFailed : it answers a problem, or not one prediction an instance.
        """
        told = self.ask(model, instances)
        predictions = told.get("predictions")
        if not isinstance(predictions, list) or len(predictions) != len(instances):
            raise SmokeFailed(self.name, f"{model} does not predict: {json.dumps(told)[:300]}")
        listed = [entry if isinstance(entry, list) else [entry] for entry in predictions]
        return Answered(str(told.get("version")), listed, told.get("labels", []))


def _rest_event(path: str) -> dict[str, Any]:
    return {
        "resource": path,
        "path": path,
        "httpMethod": "GET",
        "headers": {},
        "queryStringParameters": None,
        "requestContext": {"httpMethod": "GET", "path": path, "stage": "smoke"},
        "body": None,
        "isBase64Encoded": False,
    }
