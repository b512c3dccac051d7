"""The shapes a Lambda event comes in: each recognised, read and answered by a class of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from challenge_neuralworks.serving.events.alb import AlbEvent
from challenge_neuralworks.serving.events.direct import DirectEvent
from challenge_neuralworks.serving.events.http_api import HttpApiEvent
from challenge_neuralworks.serving.events.rest_api import RestApiEvent

if TYPE_CHECKING:
    from challenge_neuralworks.serving.request import Request, Response


class Shape(Protocol):
    """One shape of event."""

    def recognises(self, event: dict[str, Any]) -> bool:
        """Return whether the event is of this shape; never raises."""

    def read(self, event: dict[str, Any]) -> Request:
        """Return what the event asks; raises `UnrecognisedEvent` where it is malformed."""

    def write(self, _event: dict[str, Any], response: Response) -> dict[str, Any]:
        """Return the answer as this event's sender expects it; never raises."""


# The ALB's event also has httpMethod, so it is asked before the REST API's; anything may be direct.
SHAPES: tuple[Shape, ...] = (AlbEvent(), RestApiEvent(), HttpApiEvent())
DIRECT: Shape = DirectEvent()


def shape_of(event: Any) -> Shape:
    """Return the shape of an event; what is none of the others counts as a direct invocation."""
    if type(event) is dict:
        for shape in SHAPES:
            if shape.recognises(event):
                return shape
    return DIRECT
