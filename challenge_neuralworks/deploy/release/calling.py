"""Calls to AWS: their errors in one line, AWS's own clock, and a stop heard before each."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from challenge_neuralworks.deploy.release.refusing import AwsError

if TYPE_CHECKING:
    from challenge_neuralworks.deploy.release.stopping import Stop

ACTIONS = {"Invoke": "InvokeFunction"}
"""Operations whose permission has another name."""

REMEDIES = {
    "ResourceNotFoundException": "is it the right stage, account and region?",
    "ExpiredTokenException": "the credentials have expired: log in again",
    "UnrecognizedClientException": "check the credentials: aws sts get-caller-identity",
    "InvalidSignatureException": "check the credentials and this machine's clock",
    "TooManyRequestsException": "AWS throttles; try again",
}
UNASKED = "check the credentials (aws sts get-caller-identity), the region (AWS_REGION) and the network"


class Calls:
    """Calls one client of boto3.

    Parameters
    ----------
    client : of boto3, such as ``boto3.client("lambda")``.
    """

    def __init__(self, client: Any, stop: Stop) -> None:
        self._client = client
        self._stop = stop
        self._ahead = timedelta(0)

    def __call__(self, method: str, resource: str, **parameters: Any) -> dict[str, Any]:
        """Return what AWS answers.

        Parameters
        ----------
        method : of the client, e.g. ``update_alias``.
        resource : what is asked about, as messages name it.

        Raises
        ------
        AwsError : it refuses, or no answer came.
        Interrupted : somebody asked to stop; the call was not made.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        self._stop.check()
        call = self._client.meta.method_to_api_mapping[method]
        try:
            answer: dict[str, Any] = getattr(self._client, method)(**parameters)
        except ClientError as error:
            self._set_clock(error.response)
            raise self._refused(call, resource, error.response["Error"]) from error
        except BotoCoreError as error:
            raise AwsError(call, resource, str(error), UNASKED) from error
        self._set_clock(answer)
        return answer

    def now(self) -> datetime:
        """Return the time by AWS's clock: machines that deploy need not agree on theirs."""
        return datetime.now(UTC) + self._ahead

    def _set_clock(self, answer: dict[str, Any]) -> None:
        date = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
        if date:
            self._ahead = parsedate_to_datetime(date) - datetime.now(UTC)

    def _refused(self, call: str, resource: str, told: dict[str, str]) -> AwsError:
        code = told.get("Code", "")
        remedy = REMEDIES.get(code, "")
        if code.startswith("AccessDenied"):
            service = self._client.meta.service_model.service_name
            remedy = f"check that this role may {service}:{ACTIONS.get(call, call)} on it"
        said = " ".join(told.get("Message", "").split())
        return AwsError(call, resource, f"{code}: {said}", remedy, code)


class Pace:
    """How long things may take.

    Parameters
    ----------
    lease_s : how long the lock holds unless it is renewed.
    poll_s : between two looks at something that takes its time.
    timeout_s : for an update or a new version to be ready.
    """

    def __init__(self, lease_s: float = 900.0, poll_s: float = 2.0, timeout_s: float = 300.0) -> None:
        self.lease_s = lease_s
        self.poll_s = poll_s
        self.timeout_s = timeout_s

    def deadline(self) -> float:
        """Return when waiting ends, by `time.monotonic`."""
        return time.monotonic() + self.timeout_s
