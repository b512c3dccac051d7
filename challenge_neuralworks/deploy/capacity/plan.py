"""The whole plan: what is wanted, what was measured, what it takes, what it costs, and whether it can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.deploy.capacity import prices
from challenge_neuralworks.deploy.capacity.carrying import carried_rps
from challenge_neuralworks.deploy.capacity.cost import Item, Usage, bill, saved_by_http_api, total
from challenge_neuralworks.deploy.capacity.demand import Demand, Wish, demand, objections, reservable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from challenge_neuralworks.deploy.capacity.prices import Architecture
    from challenge_neuralworks.deploy.capacity.service_time import ServiceTime

S_PER_MONTH = 30 * 24 * 3600
METRICS = 6
"""That `serving.telemetry` writes of each model."""


class Plan(NamedTuple):
    """What a wish takes and costs.

    no : why it cannot be carried, each with its remedy; empty where it can.
    carried_rps : how many of the wanted requests a second the account answers as it is.
    reserve : whether the concurrency may be reserved for the function.
    bill : of a million requests.
    month : the same of a month at the wanted rate throughout.
    """

    wish: Wish
    measured: ServiceTime
    needed: Demand
    no: list[str]
    carried_rps: float
    reserve: bool
    bill: list[Item]
    month: list[Item]
    http_api_saves: float

    def to_json(self) -> dict[str, Any]:
        """Return the plan as JSON values."""
        return {
            "wish": self.wish._asdict(),
            "measured": self.measured._asdict(),
            "needed": self.needed._asdict(),
            "no": self.no,
            "carried_rps": self.carried_rps,
            "reserve": self.reserve,
            "dollars_per_million": {item.what: item.dollars for item in self.bill},
            "dollars_per_month": {item.what: item.dollars for item in self.month},
            "prices": {"as_of": prices.AS_OF, "region": prices.REGION},
        }


def plan(wish: Wish, measured: ServiceTime, architecture: Architecture) -> Plan:
    """Return what a wish takes and costs, by what was measured."""
    needed = demand(wish, measured.p50_ms, measured.p99_ms, measured.load_ms)
    use = Usage(
        prices.MILLION, needed.duration_ms, wish.memory_mb, architecture, measured.log_bytes, measured.answer_bytes
    )
    month = use._replace(requests=wish.rps * S_PER_MONTH)
    return Plan(
        wish,
        measured,
        needed,
        objections(wish, needed),
        carried_rps(wish, needed),
        reservable(wish, needed),
        bill(use),
        bill(month),
        saved_by_http_api(use),
    )


def lines(made: Plan) -> Iterator[str]:
    """Yield the plan as lines of text."""
    yield from _premises(made.wish, made.measured, made.needed)
    yield from _concurrency(made)
    yield from _costs(made)
    yield from (f"NO: {reason}." for reason in made.no)
    if not made.no:
        yield f"Yes: reserve {made.needed.concurrency:,}." if made.reserve else "Yes, without a reservation."


def _premises(wish: Wish, measured: ServiceTime, needed: Demand) -> Iterator[str]:
    yield f"Wanted    {wish.rps:,.0f} requests a second; {wish.memory_mb:,} MB"
    yield f"Account   concurrency {wish.account_concurrency:,}"
    yield (
        f"Measured  {measured.calls:,} calls of {measured.instances:,} instance(s): p50 {measured.p50_ms:.3f} ms, "
        f"p99 {measured.p99_ms:.3f} ms; load {measured.load_ms:.1f} ms"
    )
    yield f"Expected  p50 {needed.duration_ms:.1f} ms, p99 {needed.p99_ms:.1f} ms; cold start {needed.cold_ms:.0f} ms"
    yield ""


def _concurrency(made: Plan) -> Iterator[str]:
    needed = made.needed
    yield "Concurrency"
    yield f"  {needed.busy:8.1f}  computing on average"
    yield f"  {needed.steady:8,}  so that one request in a million at most finds none free"
    yield f"  {needed.start:8,}  if the whole rate arrives at once and every environment is new"
    yield f"  {needed.by_rate:8,}  that AWS asks for the rate alone: one for ten requests a second"
    yield f"  {needed.concurrency:8,}  needed{', and may be reserved' if made.reserve else ''}"
    refused = max(0.0, 1.0 - made.carried_rps / made.wish.rps)
    yield f"Carried   {made.carried_rps:,.0f} requests a second by this account, once warm; {refused:.1%} are refused"
    yield ""


def _costs(made: Plan) -> Iterator[str]:
    yield f"Cost in dollars: {prices.REGION}, list prices of {prices.AS_OF}, no free tier"
    yield f"  {'':34}{'a million':>12}{'a month at that rate':>24}"
    for item, monthly in zip(made.bill, made.month, strict=True):
        yield f"  {item.what:34}{item.dollars:12,.2f}{monthly.dollars:24,.2f}"
    yield f"  {'together':34}{total(made.bill):12,.2f}{total(made.month):24,.2f}"
    yield f"  and {prices.METRIC_PER_MONTH:.2f} a month for each metric, of which each model has {METRICS}"
    yield f"  an HTTP API costs {made.http_api_saves:.2f} less a million, and has no API keys, plans and quotas"
    yield ""
