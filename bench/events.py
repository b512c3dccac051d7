"""The events that handlers are measured with: whole ones, as AWS sends them, and those the tests check."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from challenge_neuralworks.models.income import Income
from challenge_neuralworks.signature import Signature

BATCH = 100
"""Instances of the batch."""


class Kind(NamedTuple):
    """A kind of event.

    status : what it must be answered with.
    predicts : whether it is a valid request for predictions, which a budget is for.
    most : its budget, as a multiple of what it is compared with; None without one.
    calls : how many a round times; a batch takes longer, and needs fewer for the same time.
    beside : the event that our own handler is sent for comparison; where None, the baseline is sent this one.
    """

    name: str
    event: dict[str, Any]
    status: int
    predicts: bool
    most: float | None
    calls: int
    beside: dict[str, Any] | None = None


def kinds(root: Path) -> tuple[Kind, ...]:
    """Return every kind of event, made of the project's own examples."""
    rest, direct = _read(root, "rest_v1"), _read(root, "direct")
    instance = json.loads(rest["body"])
    many = [direct["instances"][index % len(direct["instances"])] for index in range(BATCH)]
    wrong = json.dumps({**instance, "OPERA": "Grupo LATAN", "HORA-I": 24})
    return (
        Kind("REST API (v1)", rest, 200, predicts=True, most=2.0, calls=1000),
        # These two have a parameter, at which the baseline does not look.
        Kind("HTTP API (v2)", _read(root, "http_v2"), 200, predicts=True, most=2.3, calls=1000),
        Kind("load balancer", _read(root, "alb"), 200, predicts=True, most=2.3, calls=1000),
        Kind(f"direct, {BATCH} instances", {**direct, "instances": many}, 200, predicts=True, most=1.5, calls=100),
        *(
            _explained(rest, name, example)
            for name, example in (("delay", instance), ("income", Signature(Income.fields).example()))
        ),
        Kind("two faults in one instance", {**rest, "body": wrong}, 400, predicts=False, most=None, calls=300),
        Kind(
            "GET /health",
            {**rest, "httpMethod": "GET", "path": "/health", "body": None},
            200,
            predicts=False,
            most=None,
            calls=1000,
        ),
    )


def _explained(rest: dict[str, Any], name: str, instance: Mapping[str, Any]) -> Kind:
    plain = {**rest, "path": f"/inference/{name}", "body": json.dumps(instance)}
    query = {"queryStringParameters": {"explain": "true"}, "multiValueQueryStringParameters": {"explain": ["true"]}}
    return Kind(f"{name} explained", {**plain, **query}, 200, predicts=True, most=3.0, calls=500, beside=plain)


def _read(root: Path, name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((root / "tests" / "events" / f"{name}.json").read_text(encoding="utf-8"))
    return event
