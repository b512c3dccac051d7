"""The document and the gateway agree: schemathesis, every check and every phase, against a server process."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.echo import KEY
from tests.making import ROOT, SERVED
from tests.serving.playground.visiting import gateway

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "50"))
"""Cases an operation and phase, at most; SCHEMATHESIS_EXAMPLES=300 makes 6,000 cases in all."""

SEED = base64.b64encode(bytes(32)).decode()
"""Without a key receipts are refused, which the schema cannot say."""

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what schemathesis reports of the committed models behind the gateway."""
    folder = tmp_path_factory.mktemp("schemathesis")
    file = folder / "report.json"
    # A line a request would fill a pipe that nobody reads.
    with gateway(NEURALWORKS_LOG_LEVEL="OFF", NEURALWORKS_RECEIPT_KEY=SEED) as server:
        command = [sys.executable, "-m", "schemathesis.cli"]
        command += ["--config-file", str(HERE / "schemathesis.toml"), "run"]
        command += [f"http://127.0.0.1:{server.port}/openapi.json", "--header", f"x-api-key: {KEY}"]
        command += ["--checks", "all", "--phases", "examples,coverage,fuzzing,stateful", "--continue-on-failure"]
        command += ["--max-examples", str(EXAMPLES), "--seed", "1", "--no-color", "--no-shrink"]
        command += ["--report", "json", "--report-json-path", str(file)]
        hooks = {"SCHEMATHESIS_HOOKS": "tests.serving.schemathesis_hooks", "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            command, cwd=folder, env={**os.environ, **hooks}, capture_output=True, text=True, check=False
        )
    assert file.exists(), done.stdout[-2000:] + done.stderr[-2000:]
    made: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    made["output"] = done.stdout
    return made


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_check_fails(report: dict[str, Any]) -> None:
    """No case of any phase breaks any check, and nothing stopped the run."""
    assert report["failures"] == [], report["output"][:20_000]
    assert (report["errors"], report["exit_code"], report["complete"]) == ([], 0, True)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_operation_was_tried_in_every_phase(report: dict[str, Any]) -> None:
    """All operations, four phases, the stateful one along the links, and as many cases as were asked for."""
    with (ROOT / "docs" / "openapi.json").open(encoding="utf-8") as file:
        paths = json.load(file)["paths"]
    operations = sum(len(item) for item in paths.values())
    assert report["operations"]["tested"] == operations
    assert {name: phase["status"] for name, phase in report["phases"].items()} == dict.fromkeys(
        ("examples", "coverage", "fuzzing", "stateful"), "success"
    )
    assert report["test_cases"]["generated"] > 1_000


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_what_the_schema_takes_the_api_takes(report: dict[str, Any]) -> None:
    """Of predictions, nearly no case that fits the schema is refused: only sizes are."""
    assert {name for name in report["warnings"]["validation_mismatch"] if not name.endswith("/infer")} == set()
    rates = {name: rate for name, rate in report["valid_rates"].items() if name.startswith("POST /inference/")}
    assert len(rates) == len(SERVED)
    for phases in rates.values():
        # So many that it is no accident; of many examples more and more are repetitions, which are left out.
        assert sum(counts["accepted"] for counts in phases.values()) > min(EXAMPLES, 100)
