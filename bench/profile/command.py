"""The command line: the table of stages, and where asked for a flame graph."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.command import ROOT, positive
from bench.errors import BenchError
from bench.events import Kind, kinds
from bench.layout import lay_out
from bench.profile.flame import draw, sample
from bench.profile.stages import measure, parts_of, render
from challenge_neuralworks.deploy.package import PackageError

KINDS = ("REST API (v1)", "direct, 100 instances")


def parser() -> argparse.ArgumentParser:
    """Return the options."""
    options = argparse.ArgumentParser(prog="bench.profile", description="Say where the time of a request goes.")
    options.add_argument("--rounds", type=positive, default=12, help="rounds of each stage (default: 12)")
    options.add_argument("--root", type=Path, default=ROOT, help="checkout to measure, this one unless said otherwise")
    options.add_argument("--flame", type=Path, help="file that gets a flame graph of a REST API request; needs py-spy")
    options.add_argument("--seconds", type=positive, default=10, help="to sample for the flame graph (default: 10)")
    return options


def main(argv: Sequence[str] | None = None) -> int:
    """Profile; return 0, or 2 where nothing can be measured."""
    options = parser().parse_args(argv)
    events = {kind.name: kind for kind in kinds(ROOT)}
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
            layout = lay_out(options.root.resolve(), Path(temporary))
            for name in KINDS:
                rounds = measure(layout, events[name].event, options.rounds, _calls(events[name]))
                print(f"{name}\n\n{render(parts_of(rounds))}\n")
            if options.flame:
                stacks = sample(layout, events[KINDS[0]].event, options.seconds)
                options.flame.write_text(draw(stacks, KINDS[0]), encoding="utf-8")
    except (BenchError, PackageError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _calls(kind: Kind) -> int:
    # A stage is called oftener than a kind: it takes less.
    return kind.calls // 2
