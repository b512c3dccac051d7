"""The answers that API Gateway gives itself, without asking the function.

Source: AWS, "Gateway response types for API Gateway"; the error types of 413 and 502 are not documented.
"""

from __future__ import annotations

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

    def response(self, stamp: Stamp) -> HttpResponse:
        """Return the answer to one request."""
        headers = [
            ("Content-Type", "application/json"),
            ("x-amzn-RequestId", stamp.request_id),
            ("x-amz-apigw-id", stamp.extended_id),
            ("x-amzn-ErrorType", self.error_type),
        ]
        return HttpResponse(self.status, headers, self.body.encode())


FORBIDDEN = Refusal(403, '{"message":"Forbidden"}', "ForbiddenException")
TOO_LONG = Refusal(413, '{"message":"Request Too Long"}', "RequestTooLargeException")
BAD_GATEWAY = Refusal(502, '{"message": "Internal server error"}', "InternalServerErrorException")
