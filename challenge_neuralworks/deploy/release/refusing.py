"""Why a release does not go on; each message is one line, and names the remedy where there is one."""

from __future__ import annotations

from challenge_neuralworks.errors import NeuralworksError


class ReleaseError(NeuralworksError):
    """Base of everything that ends a deploy or a rollback."""

    code = "release-failed"


class Refused(ReleaseError):
    """What was asked for is not done; nothing was changed."""

    code = "release-refused"


class SmokeFailed(ReleaseError):
    """A version does not answer as it must."""

    code = "smoke-failed"

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"{what}: {reason}")
        self.what = what
        self.reason = reason


class OutOfBounds(ReleaseError):
    """A new version errs, is slow, or differs from the live one by more than was allowed."""

    code = "out-of-bounds"


class Interrupted(ReleaseError):
    """Somebody asked to stop."""

    code = "interrupted"

    def __init__(self, signal_name: str) -> None:
        super().__init__(f"stopped by {signal_name}")
        self.signal_name = signal_name


class AwsError(ReleaseError):
    """AWS refused a call, or could not be asked.

    aws_code : AWS's own name of the error; "" where no answer came.
    """

    code = "aws-error"

    def __init__(self, call: str, resource: str, said: str, remedy: str, aws_code: str = "") -> None:
        super().__init__(f"{call} of {resource}: {said}" + (f"; {remedy}" if remedy else ""))
        self.call = call
        self.resource = resource
        self.aws_code = aws_code
