"""AWS's list prices, US dollars, and the quotas that decide what an account can carry.

Region us-east-1, without free tiers, discounts and tax, as they stood on `AS_OF`: compare them with the pages before
you sign for anything. Source: AWS's pages of prices of Lambda, API Gateway, CloudWatch and EC2 (data transfer), and
"Lambda quotas" and "Quotas for configuring and running a REST API".
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Architecture = Literal["arm64", "x86_64"]

AS_OF = "2025-06-30"
REGION = "us-east-1"

MILLION = 1_000_000
GIB = 1024**3

LAMBDA_PER_GB_S: dict[Architecture, float] = {"x86_64": 0.0000166667, "arm64": 0.0000133334}
"""Of the first tier, up to billions of GB-seconds a month; later tiers are 10 and 20 % less."""

LAMBDA_PER_MILLION = 0.20
LOGS_PER_GB = 0.50
"""CloudWatch Logs, collected; metric lines are log lines too."""

METRIC_PER_MONTH = 0.30
"""A custom metric; the function writes six of each model."""

TRANSFER_PER_GB = 0.09
"""Data transfer out to the internet, first tier."""


class Tier(NamedTuple):
    """A price a million requests, up to so many millions a month."""

    up_to_millions: float
    per_million: float


REST_API = (Tier(333, 3.50), Tier(1_000, 2.80), Tier(20_000, 2.38), Tier(float("inf"), 1.51))
HTTP_API = (Tier(300, 1.00), Tier(float("inf"), 0.90))

MB_PER_VCPU = 1_769
"""Memory at which a function has one vCPU; its share of one goes with its memory."""

REQUESTS_PER_CONCURRENCY = 10
"""Requests a second that an account may send its functions for each unit of its concurrency quota, however short."""

UNRESERVED = 100
"""Concurrency that an account must leave to functions without a reservation."""

NEW_ENVIRONMENTS_PER_10_S = 1_000
"""By how many environments one function may grow in ten seconds."""

API_RATE = 10_000
"""Requests a second of all REST and HTTP APIs of an account and region; 2,500 in the smaller regions."""


def tiered(tiers: tuple[Tier, ...], requests: float) -> float:
    """Return the price of a month's requests."""
    total, below = 0.0, 0.0
    for tier in tiers:
        within = min(requests / MILLION, tier.up_to_millions) - below
        if within <= 0.0:
            break
        total += within * tier.per_million
        below = tier.up_to_millions
    return total
