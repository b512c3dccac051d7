"""From rounds to figures: medians and middle halves, what they cost, and by how much ours are better."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from bench.spread import Spread, percentile, spread_of
from stress_test.peers.cost import Cost, of_function, of_server

Report = dict[str, Any]
Contestant = dict[str, Any]
"""``name``, ``title``, ``ours``, ``batching``, ``installed_mib`` and ``rounds``, each with its number as ``round``."""

SIZE = "installed_mib"


class Bound(NamedTuple):
    """What is claimed: ours is so many times better than every peer.

    kind : of contestants that are compared; like with like.
    ours : name of ours among them.
    more : whether more is better.
    """

    what: str
    kind: Literal["servers", "functions"]
    ours: str
    metric: str
    times: float
    more: bool = False


BOUNDS = (
    Bound("right answers a second", "servers", "ours", "right_per_s", 20, more=True),
    Bound("start to first right answer, server", "servers", "ours", "start_ms", 10),
    Bound("start to first right answer, container", "servers", "ours-container", "start_ms", 10),
    Bound("memory, server", "servers", "ours", "pss_mib", 5),
    Bound("memory, container", "servers", "ours-container", "pss_mib", 5),
    Bound("installed size, server", "servers", "ours", SIZE, 50),
    Bound("installed size, container", "servers", "ours-container", SIZE, 50),
    Bound("cold start, handler", "functions", "ours-function", "cold_ms", 10),
    Bound("peak memory, handler", "functions", "ours-function", "peak_rss_mib", 5),
    Bound("installed size, handler", "functions", "ours-function", SIZE, 50),
)


class Verdict(NamedTuple):
    """A bound beside what was measured.

    peer : title of the peer that comes nearest.
    times : by how much ours is better than it: the median over the rounds in which both ran.
    alone : the same of the nearest that answers each request by itself, where the nearest one does not.
    """

    bound: Bound
    peer: str
    times: float
    alone: tuple[str, float] | None

    @property
    def holds(self) -> bool:
        """Whether ours is as much better as is claimed."""
        return self.times >= self.bound.times


def spread(contestant: Contestant, metric: str) -> Spread:
    """Return the spread of a metric over a contestant's rounds."""
    if metric == SIZE:
        return Spread(*[contestant[SIZE]] * 3)
    return spread_of([one[metric] for one in contestant["rounds"]])


def verdicts(report: Report) -> list[Verdict]:
    """Return what became of each bound for which ours and a peer were measured."""
    found = [_verdict(bound, report[bound.kind]) for bound in BOUNDS]
    return [verdict for verdict in found if verdict]


def _verdict(bound: Bound, contestants: list[Contestant]) -> Verdict | None:
    ours = next((one for one in contestants if one["name"] == bound.ours), None)
    peers = [one for one in contestants if not one["ours"]]
    found = [(one["title"], better(bound, ours, one), one["batching"]) for one in peers] if ours else []
    if not found:
        return None
    title, times, batching = min(found, key=lambda one: one[1])
    alone = min(
        ((name, ratio) for name, ratio, together in found if not together), key=lambda one: one[1], default=None
    )
    return Verdict(bound, title, times, alone if batching else None)


def better(bound: Bound, ours: Contestant, peer: Contestant) -> float:
    """Return by how much ours is better than a peer; 0 where they have no round in common.

    Both ran within minutes of each other in a round, so what slows the machine for a while leaves their ratio alone.
    """
    if bound.metric == SIZE:
        return float(peer[SIZE] / ours[SIZE])
    of_ours = {one["round"]: one[bound.metric] for one in ours["rounds"]}
    pairs = [(of_ours[one["round"]], one[bound.metric]) for one in peer["rounds"] if one["round"] in of_ours]
    ratios = [one / other if bound.more else other / one for one, other in pairs]
    return percentile(ratios, 0.5) if ratios else 0.0


def function_cost(function: Contestant) -> Cost:
    """Return what a million requests of a handler cost, by the medians of its rounds."""
    call_ms, peak_mib, log_bytes, answer_bytes = (
        spread(function, metric).median for metric in ("call_p50_ms", "peak_rss_mib", "log_bytes", "answer_bytes")
    )
    return of_function(call_ms, peak_mib, int(log_bytes), int(answer_bytes))


def server_dollars(server: Contestant) -> float:
    """Return what a million requests of a server cost that is never idle."""
    return of_server(spread(server, "right_per_s").median)
