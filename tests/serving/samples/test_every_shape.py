"""The same requests through every sender: a shape decides how an answer is written, never what it says."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from aws_lambda_powertools.utilities.parser import models

from challenge_neuralworks.serving import Application
from tests.making import Context
from tests.serving.samples.asking import Ask
from tests.serving.samples.asks import ASKS
from tests.serving.samples.conftest import Check
from tests.serving.samples.shapes import SHAPES

POWERTOOLS: dict[str, Any] = {
    "REST API": models.APIGatewayProxyEventModel,
    "HTTP API": models.APIGatewayProxyEventV2Model,
    "function URL": models.LambdaFunctionUrlModel,
    "load balancer": models.AlbModel,
    "load balancer, multi-value": models.AlbModel,
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ASKS)
def test_a_request_gets_its_answer(check: Check, shape: str, name: str) -> None:
    """Status, headers and every value are right, and the event is left as it was."""
    ask, wanted = ASKS[name]
    event = SHAPES[shape](ask)
    before = deepcopy(event)
    check(event, wanted)
    assert event == before


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["one instance", "no content type", "two thresholds, the last counts", "a ping"])
def test_powertools_reads_these_events(shape: str, name: str) -> None:
    """AWS's own toolkit takes what the builders write for events of the shape."""
    event = SHAPES[shape](ASKS[name][0])
    if "multi-value" in shape:
        # Its model of a load balancer's event knows single values only.
        event |= {"headers": {}, "queryStringParameters": {}}
    POWERTOOLS[shape].model_validate(event)


def test_a_load_balancer_describes_every_status(toy: Application) -> None:
    """A load balancer refuses an answer without a description: none that this API gives may lack one."""
    from challenge_neuralworks.serving.events.alb import REASONS
    from challenge_neuralworks.serving.problems import STATUSES

    assert {status for status, _ in STATUSES.values()} - set(REASONS) == set()
    toy_locked = Application(toy.store, toy._telemetry, pages="locked")
    answer = toy_locked(SHAPES["load balancer"](Ask("GET", "/", headers=(), body=b"")), Context())
    assert (answer["statusCode"], answer["statusDescription"]) == (403, "403 Forbidden")
