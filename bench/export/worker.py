"""Measures all contenders of all families in one process, by turns; told what to do by JSON, and answers in it."""

from __future__ import annotations

import contextlib
import json
import random
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.export.contenders import ALL, TREES, Case, Contender, probabilities
from bench.export.families import Family, families
from bench.export.flights import Flights, flights
from challenge_neuralworks.signature import Signature

BATCH = 1_000


def main() -> None:
    """Read the task, write the figures."""
    task = json.load(sys.stdin)
    answer = sys.stdout
    # Compilers and converters write to standard output; the figures alone belong there.
    with contextlib.redirect_stdout(sys.stderr), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = measured(task, families())
    json.dump(found, answer)


def measured(task: dict[str, Any], chosen: Sequence[Family]) -> dict[str, Any]:
    """Return what some families and their contenders cost, every round of it.

    Parameters
    ----------
    task : ``data``, a file of flights; ``rounds``; ``singles``, how many rows are asked one by one in a round;
        ``seed`` of the order; ``missing``, contender -> why it is not here.
    """
    data = flights(Path(task["data"]))
    return {"data": data.origin, "families": [_family(family, data, task) for family in chosen]}


def _family(family: Family, data: Flights, task: dict[str, Any]) -> dict[str, Any]:
    print(f"{family.name} ...", file=sys.stderr, flush=True)
    pipeline, frame = family.fit(data)
    sample = frame.sample(BATCH, random_state=0).reset_index(drop=True)
    case = Case(pipeline, sample, Signature([field for field in data.signature.fields if field.name in sample]))
    expected = pipeline.predict_proba(sample)
    contenders: list[Contender] = []
    skipped = dict(task["missing"])
    differences: dict[str, float] = {}
    for name, make in ALL.items():
        if name in skipped or (name in TREES and "trees" not in family.name):
            continue
        # Whatever a converter raises, it is why it is not in the table.
        try:
            made = make(case)
            differences[name] = float(np.abs(probabilities(made.load()(made.batch)) - expected).max())
        except Exception as error:  # noqa: BLE001
            skipped[name] = f"{type(error).__name__}: {str(error).strip().splitlines()[0][:200] if str(error) else ''}"
            continue
        contenders.append(made)
    rounds = _rounds(contenders, task)
    return {
        "family": family.name,
        "skipped": {name: reason for name, reason in skipped.items() if name not in TREES or "trees" in family.name},
        "contenders": [
            {"name": made.name, "bytes": made.bytes, "difference": differences[made.name], "rounds": rounds[made.name]}
            for made in contenders
        ],
    }


def _rounds(contenders: list[Contender], task: dict[str, Any]) -> dict[str, list[dict[str, float]]]:
    draw = random.Random(task["seed"])  # noqa: S311 - an order, no secret.
    rounds: dict[str, list[dict[str, float]]] = {made.name: [] for made in contenders}
    for _ in range(task["rounds"]):
        # What slows the machine for a while slows all of a round.
        for made in draw.sample(contenders, len(contenders)):
            rounds[made.name].append(_measure(made, task["singles"]))
    return rounds


def _measure(made: Contender, singles: int) -> dict[str, float]:
    clock = time.perf_counter_ns
    start = clock()
    predict = made.load()
    loaded = clock()
    times: list[int] = []
    for single in made.singles[:singles]:
        before = clock()
        predict(single)
        times.append(clock() - before)
    before = clock()
    predict(made.batch)
    batch_s = (clock() - before) / 1e9
    return {
        "load_ms": (loaded - start) / 1e6,
        "row_us": float(np.median(times)) / 1e3,
        "rows_per_s": BATCH / batch_s,
    }


if __name__ == "__main__":
    main()
