"""The context that Lambda hands to a function with each event."""

from __future__ import annotations

from time import monotonic

REGION = "us-east-1"
NAME = "challenge-neuralworks-local"
TIMEOUT_S = 29.0
"""API Gateway waits no longer for an answer."""


class LambdaContext:
    """Source: AWS, "Using the Lambda context object to retrieve Python function information"."""

    __slots__ = ("_deadline_s", "aws_request_id", "log_stream_name")

    function_name = NAME
    function_version = "$LATEST"
    invoked_function_arn = f"arn:aws:lambda:{REGION}:123456789012:function:{NAME}"
    memory_limit_in_mb = "512"
    log_group_name = f"/aws/lambda/{NAME}"
    identity = None
    client_context = None

    def __init__(self, request_id: str) -> None:
        self.aws_request_id = request_id
        self.log_stream_name = NAME
        self._deadline_s = monotonic() + TIMEOUT_S

    def get_remaining_time_in_millis(self) -> int:
        """Return how long API Gateway would still wait, milliseconds; 0 when it has given up."""
        return max(0, int((self._deadline_s - monotonic()) * 1000))
