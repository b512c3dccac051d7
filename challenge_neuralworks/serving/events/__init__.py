"""The shapes a Lambda event comes in: each recognised here, and read and answered by a class of its own."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from challenge_neuralworks.serving.events.shape import Shape

CLASSES = {"rest_api": "RestApiEvent", "http_api": "HttpApiEvent", "alb": "AlbEvent", "direct": "DirectEvent"}
"""Module -> class. A function is mostly called with one shape: that alone is imported, when the first event comes."""

_LOADED: dict[str, Shape] = {}


def shape_of(event: Any) -> Shape:
    """Return the shape of an event; what is none of the others counts as a direct invocation.

    An authorizer's event, whose ARN names a method or a route, is none.
    """
    module = "direct"
    if type(event) is not dict:
        pass
    elif "httpMethod" in event:
        # The load balancer's event has the method at its top too, as format 1.0 does.
        context = event.get("requestContext")
        if type(context) is dict and "elb" in context:
            module = "alb"
        elif "methodArn" not in event:
            module = "rest_api"
    elif event.get("version") == "2.0" and "requestContext" in event and "routeArn" not in event:
        module = "http_api"
    return _LOADED.get(module) or _load(module)


def _load(module: str) -> Shape:
    from importlib import import_module

    shape: Shape = getattr(import_module(f"{__name__}.{module}"), CLASSES[module])()
    _LOADED[module] = shape
    return shape
