"""The shapes a Lambda event comes in: each recognised, read and answered by a class of its own."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.events.alb import AlbEvent
from challenge_neuralworks.serving.events.direct import DirectEvent
from challenge_neuralworks.serving.events.http_api import HttpApiEvent
from challenge_neuralworks.serving.events.rest_api import RestApiEvent

if TYPE_CHECKING:
    from typing import Any

    from challenge_neuralworks.serving.events.shape import Shape

# The ALB's event also has httpMethod, so it is asked before the REST API's; anything may be direct.
SHAPES: tuple[Shape, ...] = (AlbEvent(), RestApiEvent(), HttpApiEvent())
DIRECT = DirectEvent()


def shape_of(event: Any) -> Shape:
    """Return the shape of an event; what is none of the others counts as a direct invocation."""
    if type(event) is dict:
        for shape in SHAPES:
            if shape.recognises(event):
                return shape
    return DIRECT
