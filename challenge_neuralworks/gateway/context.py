"""The context that Lambda hands to a function with each event."""

from __future__ import annotations

from time import monotonic

from challenge_neuralworks.gateway.options import TIMEOUT_S

REGION = "us-east-1"
NAME = "challenge-neuralworks-local"


class LambdaContext:
    """Source: AWS, "Using the Lambda context object to retrieve Python function information".

    Parameters
    ----------
    timeout_s : how long the function may run; here as long as the gateway waits, counted from when it is called.
    environment : number of the execution environment; each has a log stream of its own.
    """

    __slots__ = ("_deadline_s", "aws_request_id", "log_stream_name")

    function_name = NAME
    function_version = "$LATEST"
    invoked_function_arn = f"arn:aws:lambda:{REGION}:123456789012:function:{NAME}"
    memory_limit_in_mb = "512"
    log_group_name = f"/aws/lambda/{NAME}"
    identity = None
    client_context = None

    def __init__(self, request_id: str, timeout_s: float = TIMEOUT_S, environment: int = 1) -> None:
        self.aws_request_id = request_id
        self.log_stream_name = f"local/[$LATEST]{environment}"
        self._deadline_s = monotonic() + timeout_s

    def get_remaining_time_in_millis(self) -> int:
        """Return how much time the function has left, milliseconds; 0 when AWS would have ended it."""
        return max(0, int((self._deadline_s - monotonic()) * 1000))
