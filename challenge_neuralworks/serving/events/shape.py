"""What every shape of event can do."""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from challenge_neuralworks.serving.request import Request, Response


class Shape:
    """One shape of event: read, and answered in its own form."""

    def read(self, event: dict[str, Any]) -> Request:
        """Return what the event asks; raises `UnrecognisedEvent` where it is malformed."""
        raise NotImplementedError

    def write(self, event: dict[str, Any], response: Response) -> dict[str, Any]:
        """Return the answer as this event's sender expects it; never raises."""
        raise NotImplementedError
