"""What a million requests cost at list prices: of a handler in Lambda, of a server in the smallest container for it."""

from __future__ import annotations

from typing import NamedTuple

from challenge_neuralworks.deploy.capacity.cost import Usage, bill, total
from challenge_neuralworks.deploy.capacity.demand import RUNTIME_MS
from challenge_neuralworks.deploy.capacity.prices import MB_PER_VCPU, MILLION, Architecture

ARCHITECTURE: Architecture = "x86_64"
"""What is measured on; arm64 costs a fifth less for everybody."""

MEMORY_MB = (128, 256, 512, 1024, 2048)
"""Sizes of functions that are considered."""

SPARE = 1.25
"""A function gets so much more memory than its peak here."""

CONTAINER_VCPU, CONTAINER_GB = 2, 4
"""Fargate's least memory for as many cores as were measured; the largest peer takes less."""

PER_VCPU_HOUR, PER_GB_HOUR = 0.04048, 0.004445
"""Fargate, Linux on x86-64, us-east-1, dollars; as of `prices.AS_OF`. Source: AWS's page of prices of Fargate."""


class Cost(NamedTuple):
    """Of a million requests, dollars.

    memory_mb : of the function.
    duration_ms : of one request with the share of a core that comes with that memory.
    compute_dollars : what the function computes.
    log_dollars : what it writes to its log.
    dollars : all, with API Gateway's REST API, Lambda's requests and transfer.
    """

    memory_mb: int
    duration_ms: float
    compute_dollars: float
    log_dollars: float
    dollars: float


def of_function(call_ms: float, peak_rss_mib: float, log_bytes: int, answer_bytes: int) -> Cost:
    """Return what a handler costs, warm; cold starts come on top.

    Parameters
    ----------
    call_ms : of one request on a whole core.
    """
    memory_mb = next((size for size in MEMORY_MB if size >= SPARE * peak_rss_mib), MEMORY_MB[-1])
    # As `neuralworks plan` has it: less memory, less of a core.
    duration_ms = call_ms * max(1.0, MB_PER_VCPU / memory_mb) + RUNTIME_MS
    items = bill(Usage(MILLION, duration_ms, memory_mb, ARCHITECTURE, log_bytes, answer_bytes))
    dollars = {item.what: item.dollars for item in items}
    compute, log = dollars["Lambda, compute"], dollars["CloudWatch, log and metric lines"]
    return Cost(memory_mb, duration_ms, compute, log, total(items))


def of_server(right_per_s: float) -> float:
    """Return what a container costs that is never idle, dollars a million requests; a balancer comes on top."""
    per_second = (CONTAINER_VCPU * PER_VCPU_HOUR + CONTAINER_GB * PER_GB_HOUR) / 3600
    return per_second / right_per_s * MILLION
