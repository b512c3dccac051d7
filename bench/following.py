"""What following a store costs a request, and a process that starts: ``python -m bench.following``.

An S3 runs beside (moto's server), holds the model that is served anyway, and is asked as often as said. Calls of a
handler that follows it and of one that does not take turns, so that a busy machine is busy for both.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from challenge_neuralworks.serving import build
from challenge_neuralworks.settings import Settings
from challenge_neuralworks.store.objects import open_objects
from challenge_neuralworks.store.versions import PRODUCTION, Versions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from challenge_neuralworks.serving import Application

ROOT = Path(__file__).parents[1]
MODEL = "delay"
URL = "s3://models"
BATCH = 200
QUIET = {"NEURALWORKS_LOG_LEVEL": "OFF", "NEURALWORKS_METRICS": "off"}
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_DEFAULT_REGION": "us-east-1"}

START = """
import time; began = time.perf_counter()
from challenge_neuralworks.serving import build
from challenge_neuralworks.settings import read_settings
import os
handler = build(read_settings(os.environ)); built = time.perf_counter()
version = handler.store.get("delay").version; print(built - began, time.perf_counter() - built)
"""


class Context:
    """Stands for Lambda's context object."""

    aws_request_id = "8f5ab1f0-6c4e-4b7e-9d3b-0a1b2c3d4e5f"


@contextmanager
def s3() -> Iterator[dict[str, str]]:
    """Run an S3 and return what leads AWS's tools to it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", port]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while socket.socket().connect_ex(("127.0.0.1", int(port))):
            time.sleep(0.05)
        yield {**CREDENTIALS, "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{port}"}
    finally:
        process.terminate()
        process.wait()


def event() -> dict[str, Any]:
    """Return a REST API event with one instance."""
    whole: dict[str, Any] = json.loads((ROOT / "tests" / "events" / "rest_v1.json").read_text(encoding="utf-8"))
    return whole


def p50_us(handler: Application, asked: dict[str, Any]) -> float:
    """Return the median time of a call."""
    times = []
    for _ in range(BATCH):
        began = time.perf_counter_ns()
        answer = handler(asked, Context)
        times.append(time.perf_counter_ns() - began)
    if answer["statusCode"] != 200:
        raise SystemExit(f"the handler answered {answer}")
    return statistics.median(times) / 1000


def starts(python: str, environ: Mapping[str, str], times: int) -> tuple[float, float]:
    """Return the median time, ms, in which a process has built its handler, and then has its first model."""
    found = []
    for _ in range(times):
        command = [python, "-c", START]
        told = subprocess.run(command, cwd=ROOT, env={**os.environ, **environ}, capture_output=True, check=True)
        found.append([float(number) * 1000 for number in told.stdout.split()])
    built, first = zip(*found, strict=True)
    return statistics.median(built), statistics.median(first)


def publish() -> None:
    """Make a bucket, and have its alias name the version that is served anyway."""
    objects: Any = open_objects(URL)
    objects._client.create_bucket(Bucket=URL.removeprefix("s3://"))  # noqa: SLF001 - no store makes a bucket
    versions = Versions(objects)
    version = versions.publish(str(ROOT / "models" / MODEL))
    versions.move(MODEL, PRODUCTION, version, None, "bench", "a start")


def medians_us(rounds: int, ttl_s: float) -> dict[str, float]:
    """Return the median of the medians of batches of calls, of a handler that follows and of one that does not."""
    off = Settings(models_dir=str(ROOT / "models"))
    handlers = {"off": build(off), "on": build(off._replace(store=URL, store_ttl_s=ttl_s))}
    times: dict[str, list[float]] = {name: [] for name in handlers}
    asked, out = event(), sys.stdout
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        sys.stdout = nowhere
        for number in range(rounds):
            for name in ("off", "on") if number % 2 else ("on", "off"):
                times[name].append(p50_us(handlers[name], asked))
        sys.stdout = out
    handlers["on"].store.close()  # type: ignore[attr-defined]  # only of a store that follows
    return {name: statistics.median(found) for name, found in times.items()}


def main() -> None:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.following", description="What following a store costs.")
    parser.add_argument("--rounds", type=int, default=300, help="batches of 200 calls of each handler  [300]")
    parser.add_argument("--ttl-s", type=float, default=1.0, help="how often the alias is asked, seconds  [1]")
    parser.add_argument(
        "--python",
        default=sys.executable,
        help="interpreter that is started, e.g. of an environment with boto3 alone, as on Lambda: other packages, once "
        "installed, are imported by boto3's  [this one]",
    )
    chosen = parser.parse_args()
    with s3() as environ, TemporaryDirectory() as folder:
        os.environ.update(environ, TMPDIR=folder)
        publish()
        medians = medians_us(chosen.rounds, chosen.ttl_s)
        print(f"p50: {medians['off']:.2f} us without a store, {medians['on']:.2f} us with one")
        for words, extra in (("without a store", {}), ("with one", {"NEURALWORKS_STORE": URL})):
            built, first = starts(chosen.python, {**QUIET, **extra}, 9)
            print(f"start {words}: the handler after {built:.0f} ms, its first model {first:.0f} ms later")


if __name__ == "__main__":
    main()
