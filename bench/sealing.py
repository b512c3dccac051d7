"""What a seal costs a cold start, and a receipt an answer: ``python -m bench.sealing``.

Fresh processes take turns, with the key and without it, so that what else the machine does falls on both.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter_ns
from typing import Any

from bench.answers import check_cold, check_more
from bench.cores import one_core
from bench.spread import Spread, spread_of
from bench.startup import PROBE, TIMEOUT_S
from challenge_neuralworks.lifecycle.keys import new_seal_key
from challenge_neuralworks.lifecycle.signing import sign
from challenge_neuralworks.serving import build
from challenge_neuralworks.settings import Settings

ROOT = Path(__file__).parents[1]
EVENT = ROOT / "tests" / "events" / "rest_v1.json"
MODEL = "delay"


def cold_starts(folder: Path, rounds: int) -> dict[str, Spread]:
    """Return milliseconds from the import of the handler to its first answer: without a key, with one, and the rest."""
    models = folder / "models"
    shutil.copytree(ROOT / "models" / MODEL, models / MODEL)
    public = new_seal_key(folder / "key")
    sign(models / MODEL, folder / "key")
    variants = {"without a key": {}, "with a key": {"NEURALWORKS_PUBLIC_KEYS": public.read_text(encoding="ascii")}}
    times: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(rounds):
        for name, environment in variants.items():
            times[name].append(_cold_start(models, environment))
    pairs = zip(*times.values(), strict=True)
    more = [sealed - plain for plain, sealed in pairs]
    return {**{name: spread_of(values) for name, values in times.items()}, "verification": spread_of(more)}


def receipts(calls: int) -> dict[str, Spread]:
    """Return microseconds of an answer: without a receipt, with one, and the rest."""
    settings = Settings(str(ROOT / "models"), metrics=False, log_level="OFF", receipt_key=bytes(range(32)))
    handler = build(settings)
    plain = json.loads(EVENT.read_text(encoding="utf-8"))
    asked = {**plain, "queryStringParameters": {"receipt": "true"}}
    check_more("receipt", handler(asked, None), handler(plain, None), 200)
    times: tuple[list[float], list[float]] = ([], [])
    with one_core():
        for _ in range(calls):
            for event, kept in zip((plain, asked), times, strict=True):
                kept.append(_call_us(handler, event))
    more = [receipted - bare for bare, receipted in zip(*times, strict=True)]
    return {"without": spread_of(times[0]), "with": spread_of(times[1]), "receipt": spread_of(more)}


def _cold_start(models: Path, environment: dict[str, str]) -> float:
    quiet = {"NEURALWORKS_MODELS_DIR": str(models), "NEURALWORKS_LOG_LEVEL": "OFF", "NEURALWORKS_METRICS": "off"}
    command = [sys.executable, "-P", str(PROBE), str(EVENT)]
    with one_core():
        done = subprocess.run(
            command,
            env={"PYTHONPATH": str(ROOT), **quiet, **environment},
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=True,
        )
    result = json.loads(done.stdout.splitlines()[-1])
    check_cold(MODEL, result["answer"])
    return float(result["import_ms"] + result["first_request_ms"])


def _call_us(handler: Any, event: dict[str, Any]) -> float:
    started = perf_counter_ns()
    handler(event, None)
    return (perf_counter_ns() - started) / 1000


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(prog="bench.sealing", description="What a seal and a receipt cost.")
    parser.add_argument("--rounds", type=int, default=40, help="fresh processes of each kind")
    parser.add_argument("--calls", type=int, default=5_000, help="answers of each kind")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        _show("cold start, ms", cold_starts(Path(folder), options.rounds))
    _show("answer, us", receipts(options.calls))


def _show(title: str, spreads: dict[str, Spread]) -> None:
    print(f"{title}: median (quartiles)")
    for name, (median, low, high) in spreads.items():
        print(f"  {name:15} {median:8.2f} ({low:.2f} to {high:.2f})")


if __name__ == "__main__":
    main()
