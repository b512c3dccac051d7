"""Cold start: from the first invocation, which starts the function's process, to its answer."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from bench.answers import check_cold
from bench.emulator import Emulator

if TYPE_CHECKING:
    from bench.layout import Candidate, Layout


class Round(TypedDict):
    """One cold start of each function, in the order in which they ran."""

    order: list[str]
    ours: float
    empty: float


def measure(layout: Layout, binary: Path, event: bytes, rounds: int, seed: int) -> Iterator[Round]:
    """Yield rounds of cold starts in milliseconds.

    The emulator listens already: its own start is no part of a cold start, and would only hide ours. Each round
    has its own order, so that neither function always finds what the other left.

    Raises
    ------
    WrongAnswer : an answer is not what the function must answer.
    """
    shuffle = random.Random(seed).shuffle  # noqa: S311 - an order, not a secret
    for _ in range(rounds):
        candidates = list(layout.candidates)
        shuffle(candidates)
        took = {candidate.name: cold_start_ms(layout, binary, candidate, event) for candidate in candidates}
        yield {"order": [candidate.name for candidate in candidates], "ours": took["ours"], "empty": took["empty"]}


def cold_start_ms(layout: Layout, binary: Path, candidate: Candidate, event: bytes) -> float:
    """Return how long a function takes from nothing to its first, checked answer."""
    with Emulator(binary, layout.python, candidate) as emulator:
        started = time.perf_counter()
        answer = emulator.invoke(event)
        took_ms = (time.perf_counter() - started) * 1000
    check_cold(candidate.name, json.loads(answer))
    return took_ms
