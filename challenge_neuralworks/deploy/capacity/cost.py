"""What a month of requests costs, item by item."""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

from challenge_neuralworks.deploy.capacity.prices import (
    GIB,
    HTTP_API,
    LAMBDA_PER_GB_S,
    LAMBDA_PER_MILLION,
    LOGS_PER_GB,
    MILLION,
    REST_API,
    TRANSFER_PER_GB,
    Architecture,
    tiered,
)

HEAD_BYTES = 600
"""Headers of an answer, about: they leave AWS too."""


class Item(NamedTuple):
    """One line of the bill, dollars a month."""

    what: str
    dollars: float


class Usage(NamedTuple):
    """A month's use.

    requests : of a month.
    duration_ms : of one, as the function takes it; billed by whole milliseconds.
    """

    requests: float
    duration_ms: float
    memory_mb: int
    architecture: Architecture
    log_bytes: int
    answer_bytes: int


def bill(usage: Usage) -> list[Item]:
    """Return what a month costs behind a REST API; no free tier is taken off."""
    gb_s = usage.requests * ceil(usage.duration_ms) / 1000 * usage.memory_mb / 1024
    return [
        Item("API Gateway, REST API", tiered(REST_API, usage.requests)),
        Item("Lambda, requests", usage.requests / MILLION * LAMBDA_PER_MILLION),
        Item("Lambda, compute", gb_s * LAMBDA_PER_GB_S[usage.architecture]),
        Item("CloudWatch, log and metric lines", usage.requests * usage.log_bytes / GIB * LOGS_PER_GB),
        Item("data transfer out", usage.requests * (usage.answer_bytes + HEAD_BYTES) / GIB * TRANSFER_PER_GB),
    ]


def total(items: list[Item]) -> float:
    """Return the sum, dollars."""
    return sum(item.dollars for item in items)


def saved_by_http_api(usage: Usage) -> float:
    """Return what an HTTP API would cost less, dollars; it has no API keys and no usage plans."""
    return tiered(REST_API, usage.requests) - tiered(HTTP_API, usage.requests)
