"""``python -m stress_test``: start the local gateway, load it, check every answer, stop it."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from challenge_neuralworks.store import FolderStore
from stress_test.client import run
from stress_test.report import passed, summary
from stress_test.traffic import draw

KEY = "stress-test-key"
DIFFERENT = 5_000
START_S = 20
REPORT = Path("reports/stress.json")


def main() -> int:
    """Run as the command line says; return 0 only where every answer came and was right."""
    options = _options()
    model = FolderStore(options.models_dir).get(options.model)
    exchanges = draw(model, KEY, min(DIFFERENT, options.requests), options.seed)
    port = _free_port()
    gateway = _start(port, options.models_dir)
    try:
        _wait(port, gateway)
        print(
            f"{options.requests:,} requests over {options.connections} connections to 127.0.0.1:{port} ...", flush=True
        )
        outcome = asyncio.run(run(port, exchanges, options.requests, options.connections, options.seconds))
    finally:
        gateway.terminate()
        gateway.wait(timeout=START_S)
    figures = summary(outcome)
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    for name, value in figures.items():
        if value != "":
            print(f"{name:>12}  {value}")
    return 0 if passed(outcome, options.requests) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m stress_test", description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000, help="how many to send (%(default)s)")
    parser.add_argument("--connections", type=int, default=32, help="how many are under way at once (%(default)s)")
    parser.add_argument("--seconds", type=float, default=60, help="end after so long in any case (%(default)s)")
    parser.add_argument("--model", default="delay", help="which model to ask (%(default)s)")
    parser.add_argument("--models-dir", default="models", help="folder of artifacts (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the traffic (%(default)s)")
    return parser.parse_args()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(port: int, models_dir: str) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "challenge_neuralworks.cli",
        "serve",
        "--port",
        str(port),
        "--models-dir",
        models_dir,
    ]
    environ = {**os.environ, "NEURALWORKS_API_KEYS": KEY, "NEURALWORKS_LOG_LEVEL": "OFF", "NEURALWORKS_METRICS": "off"}
    return subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)


def _wait(port: int, gateway: subprocess.Popen[bytes]) -> None:
    for _ in range(START_S * 20):
        if gateway.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the gateway did not start")


if __name__ == "__main__":
    raise SystemExit(main())
