"""A simulation in words, as JSON and as a picture."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.deploy.capacity import prices
from stress_test.aws.counting import REFUSED, THROTTLED
from stress_test.aws.drawing import draw
from stress_test.aws.foretelling import difference

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from challenge_neuralworks.deploy.capacity.plan import Plan
    from stress_test.aws.counting import Run

REPORTED = {"sent": 59_379, "right": 2_917, "failed": 56_462, "seconds": 45}
"""What the test that failed reported of itself; its account had a concurrency of ten."""

HEAD = (
    *("account", "concurrency", "service ms", "cold start ms", "sent", "right", "429", "500", "right/s", "foretold"),
    *("differs", "p99 ms", "sent late, p99 ms"),
)


class Simulation(NamedTuple):
    """All that came of it.

    shown : the runs that tell the story.
    checks : those that put the plan to the test.
    made : the plan for this project's function on the small account.
    failed : why the whole failed; empty where it did not.
    tolerance : by which share right answers may differ from foretold ones.
    """

    shown: Sequence[Run]
    checks: Sequence[Run]
    made: Plan
    failed: list[str]
    tolerance: float


def table(runs: Sequence[Run]) -> str:
    """Return a Markdown table, a line a run."""
    lines = [list(HEAD), ["---", *["---:"] * (len(HEAD) - 1)], *(_line(run) for run in runs)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _line(run: Run) -> list[str]:
    account = run.account
    counts = (run.sent, run.right, run.count(THROTTLED), run.count(REFUSED))
    return [
        account.name,
        f"{account.concurrency:,}",
        f"{account.service_ms:.1f}",
        f"{account.cold_ms:,.0f}",
        *(f"{count:,}" for count in counts),
        f"{run.right / run.seconds:,.1f}",
        f"{run.expected:,.0f}",
        f"{difference(run):.1%}",
        f"{run.latencies_ms['p99']:,.1f}",
        f"{run.late_ms['p99']:.1f}",
    ]


def told(found: Simulation) -> str:
    """Return the whole in words, which can be pasted into a page."""
    wish, needed = found.made.wish, found.made.needed
    original = (
        f"The test that failed, on AWS: {REPORTED['sent']:,} requests in {REPORTED['seconds']} s, "
        f"{REPORTED['right']:,} right, {REPORTED['failed'] / REPORTED['sent']:.1%} failed."
    )
    parts = [f"Limits as AWS documented them on {prices.AS_OF}.", original, _caption(found.shown), table(found.shown)]
    if found.checks:
        within = f"The plan put to the test; {found.tolerance:.0%} may be between them."
        parts += [f"{within} {_caption(found.checks)}", table(found.checks)]
    parts.append(f"The plan: concurrency {needed.concurrency:,} for {wish.rps:,.0f} requests a second.")
    parts += [f"With {wish.account_concurrency:,}, it says no: {reason}." for reason in found.made.no]
    parts.append("FAILED: " + "; ".join(found.failed) + "." if found.failed else "Passed.")
    return "\n\n".join(parts)


def _caption(runs: Sequence[Run]) -> str:
    rates = " or ".join(f"{rps:,.0f}" for rps in sorted({run.rps for run in runs}))
    return f"{runs[0].seconds:g} s each, {rates} requests a second at random instants, no environment warm:"


def write(folder: Path, found: Simulation) -> None:
    """Write aws.json, aws.md and aws.svg."""
    folder.mkdir(parents=True, exist_ok=True)
    content: dict[str, Any] = {
        "passed": not found.failed,
        "reasons": found.failed,
        "tolerance": found.tolerance,
        "limits_as_of": prices.AS_OF,
        "reported": REPORTED,
        "plan": found.made.to_json(),
        "runs": [run.to_json() for run in found.shown],
        "checks": [run.to_json() for run in found.checks],
    }
    (folder / "aws.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    (folder / "aws.md").write_text(told(found) + "\n", encoding="utf-8")
    (folder / "aws.svg").write_text(draw(found.shown), encoding="utf-8")
