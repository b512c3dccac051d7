"""The way to AWS: clients made from the environment, as boto3 reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from challenge_neuralworks.deploy.release.calling import Calls
from challenge_neuralworks.deploy.release.refusing import AwsError

if TYPE_CHECKING:
    from challenge_neuralworks.deploy.release.stopping import Stop

PROJECT = "challenge-neuralworks"
STAGES = ("dev", "prd")
READ_TIMEOUT_S = 60
TRIES = 3


def function_name(stage: str) -> str:
    """Return the name that infra/ gives a stage's function."""
    return f"{PROJECT}-{stage}"


def connect(stop: Stop) -> tuple[Calls, Calls]:
    """Return the calls of Lambda and of CloudWatch; region, profile and endpoint are the environment's.

    Raises
    ------
    AwsError : it names no region, or a profile that is not there.
    """
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    retries = {"mode": "standard", "total_max_attempts": TRIES}
    config = Config(retries=retries, connect_timeout=5, read_timeout=READ_TIMEOUT_S)
    # An empty region is a ValueError to boto3, an absent one an error of its own.
    try:
        clients = [boto3.client(service, config=config) for service in ("lambda", "cloudwatch")]
    except (BotoCoreError, ValueError) as error:
        remedy = "name the region in AWS_REGION or in the profile that AWS_PROFILE names"
        raise AwsError("the set-up", "AWS", str(error), remedy) from error
    return Calls(clients[0], stop), Calls(clients[1], stop)
