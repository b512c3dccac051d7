"""What became of a run's requests: second by second, and altogether."""

from __future__ import annotations

from collections import Counter
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.gateway import refusals
from stress_test.checking import WRONG, failure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stress_test.aws.account import Account
    from stress_test.aws.connection import Answer
    from stress_test.aws.sending import Sent
    from stress_test.exchanges import Exchange

RIGHT, THROTTLED, REFUSED, FAILED = "right", "throttled", "refused", "failed"
KINDS = {RIGHT: "right answer", THROTTLED: "429", REFUSED: "500", FAILED: "no or another answer", WRONG: "wrong answer"}
"""What may become of a request. API Gateway throttles with 429; of Lambda's throttling it makes 500."""

REFUSALS = {
    (refusals.THROTTLED.status, refusals.THROTTLED.body.encode()): THROTTLED,
    (refusals.CONCURRENCY.status, refusals.CONCURRENCY.body.encode()): REFUSED,
}
"""Answers of API Gateway's own: a 500 of the function's, which has another body, is none of them."""

NAMES = {WRONG: WRONG, "": RIGHT}
SHARES = {"p50": 0.5, "p99": 0.99}


class Second(NamedTuple):
    """Requests that were due in one second.

    counts : kind -> how many.
    cold : answers of new environments.
    """

    due: int
    counts: Mapping[str, int]
    cold: int


class Run(NamedTuple):
    """One run.

    rps, seconds : what was asked for.
    expected : right answers that the plan foretold.
    latencies_ms : of right answers, from when they were due.
    late_ms : how late requests were sent.
    example : the first answer that was neither right nor a refusal, in words.
    """

    account: Account
    rps: float
    seconds: float
    expected: float
    by_second: list[Second]
    latencies_ms: dict[str, float]
    late_ms: dict[str, float]
    example: str

    def count(self, kind: str) -> int:
        """Return how many requests of a kind there were."""
        return sum(second.counts.get(kind, 0) for second in self.by_second)

    @property
    def sent(self) -> int:
        """How many requests there were."""
        return sum(second.due for second in self.by_second)

    @property
    def cold(self) -> int:
        """How many environments began."""
        return sum(second.cold for second in self.by_second)

    @property
    def right(self) -> int:
        """How many answers were right."""
        return self.count(RIGHT)

    def to_json(self) -> dict[str, Any]:
        """Return the run as JSON values."""
        whole = {"sent": self.sent, "right_per_s": round(self.right / self.seconds, 2), "cold_starts": self.cold}
        counts = {kind: self.count(kind) for kind in KINDS}
        account = self.account._asdict() | {"throttle": self.account.throttle._asdict()}
        seconds = [second._asdict() for second in self.by_second]
        return self._asdict() | {"account": account, **whole, "counts": counts, "by_second": seconds}


def counted(
    account: Account,
    rps: float,
    seconds: float,
    expected: float,
    exchanges: Sequence[Exchange],
    sent: Sequence[Sent],
) -> Run:
    """Return what became of requests; each answer is compared with the known one here, after the run."""
    kinds = [_kind(exchanges[one.number], one.answer) for one in sent]
    by_second = _by_second(sent, [kind for kind, _ in kinds], ceil(seconds))
    odd = next((text for kind, text in kinds if kind in (WRONG, FAILED)), "")
    latencies = [(one.came_s - one.due_s) * 1000 for one, (kind, _) in zip(sent, kinds, strict=True) if kind == RIGHT]
    late = [(one.sent_s - one.due_s) * 1000 for one in sent]
    late_ms = _percentiles(late) | {"most": round(max(late, default=0.0), 3)}
    return Run(account, rps, seconds, expected, by_second, _percentiles(latencies), late_ms, odd)


def _kind(exchange: Exchange, answer: Answer) -> tuple[str, str]:
    if refusal := REFUSALS.get((answer.status, answer.body)):
        return refusal, ""
    name, detail = failure(exchange, answer.status, answer.body)
    kind = NAMES.get(name, FAILED)
    return kind, f"POST {exchange.path} {exchange.body:.300}: {detail}" if name else ""


def _by_second(sent: Sequence[Sent], kinds: Sequence[str], seconds: int) -> list[Second]:
    groups: list[list[tuple[Sent, str]]] = [[] for _ in range(seconds)]
    for one, kind in zip(sent, kinds, strict=True):
        groups[int(one.due_s)].append((one, kind))
    return [
        Second(len(group), Counter(kind for _, kind in group), sum(one.answer.cold for one, _ in group))
        for group in groups
    ]


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values) or [0.0]
    return {name: round(ordered[int(share * (len(ordered) - 1))], 3) for name, share in SHARES.items()}
