"""The answers that API Gateway gives itself, without asking the function.

Sources: AWS, "Gateway response types for API Gateway" and "How do I troubleshoot HTTP 403 errors from API Gateway?";
the error types of 413 and 5xx are not documented.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.gateway.messages import HttpResponse

if TYPE_CHECKING:
    from challenge_neuralworks.gateway.identity import Stamp


class Refusal(NamedTuple):
    """One answer of API Gateway's own.

    body : to the letter, spaces included.
    error_type : value of x-amzn-ErrorType.
    """

    status: int
    body: str
    error_type: str

    @property
    def message(self) -> str:
        """What the body tells."""
        return str(json.loads(self.body)["message"])

    def response(self, stamp: Stamp) -> HttpResponse:
        """Return the answer to one request."""
        headers = [
            ("Content-Type", "application/json"),
            ("x-amzn-RequestId", stamp.request_id),
            ("x-amz-apigw-id", stamp.extended_id),
            ("x-amzn-ErrorType", self.error_type),
        ]
        return HttpResponse(self.status, headers, self.body.encode())


# The spaces are AWS's: it writes some bodies with one behind the colon, others without.
FORBIDDEN = Refusal(403, '{"message":"Forbidden"}', "ForbiddenException")
TOO_LONG = Refusal(413, '{"message":"Request Too Long"}', "RequestTooLargeException")
THROTTLED = Refusal(429, '{"message":"Too Many Requests"}', "TooManyRequestsException")
QUOTA_EXCEEDED = Refusal(429, '{"message":"Limit Exceeded"}', "LimitExceededException")
# Lambda's own 429, for want of a free environment, is not the client's doing: API Gateway turns it into a 500.
CONCURRENCY = Refusal(500, '{"message": "Internal server error"}', "InternalServerErrorException")
BAD_GATEWAY = Refusal(502, '{"message": "Internal server error"}', "InternalServerErrorException")
TIMED_OUT = Refusal(504, '{"message": "Endpoint request timed out"}', "InternalServerErrorException")
