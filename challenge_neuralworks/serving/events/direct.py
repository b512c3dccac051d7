"""Direct invocations: `aws lambda invoke`, Step Functions, another function."""

from __future__ import annotations

import json

from challenge_neuralworks.errors import UnrecognisedEvent
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.events.shape import Shape
from challenge_neuralworks.serving.parameters import KNOWN
from challenge_neuralworks.serving.request import Request

if TYPE_CHECKING:
    from typing import Any

    from challenge_neuralworks.serving.request import Response

ENTRIES = ("model", "instances", *KNOWN)


class DirectEvent(Shape):
    """The event ``{"model": NAME, "instances": [...]}``; ``threshold`` and ``explain`` may be added."""

    def read(self, event: dict[str, Any]) -> Request:
        """Return the POST /inference/{model} that the event stands for."""
        if type(event) is not dict or type(event.get("model")) is not str or "instances" not in event:
            raise UnrecognisedEvent(
                "the event is no REST API, HTTP API, function URL or load balancer event, and no "
                'direct invocation {"model": NAME, "instances": [...]}'
            )
        strangers = [str(entry)[:40] for entry in event if entry not in ENTRIES]
        if strangers:
            raise UnrecognisedEvent(f"a direct invocation has {', '.join(ENTRIES)}, not {', '.join(strangers[:5])}")
        query = {name: event[name] for name in KNOWN if name in event}
        document = {"instances": event["instances"]}
        return Request("POST", f"/inference/{event['model']}", {}, query, document=document)

    def write(self, event: dict[str, Any], response: Response) -> dict[str, Any]:
        """Return the answer's or the problem's object itself."""
        answer: dict[str, Any] = response.document or json.loads(response.body)
        return answer
