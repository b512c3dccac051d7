"""The Lambda entry point, in a fresh process as Lambda starts it, with the artifacts that are really served."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from challenge_neuralworks.settings import VARIABLES
from tests.making import EVENTS, ROOT

CODE = """
import json, sys
from challenge_neuralworks.lambda_handler import lambda_handler
class Context: aws_request_id = "id"
answers = [lambda_handler(json.load(open(path)), Context()) for path in sys.argv[1:]]
costly = ("numpy", "pandas", "sklearn", "boto3", "click", "dill", "dataclasses", "hashlib", "pathlib")
heavy = [module for module in costly if module in sys.modules]
print(json.dumps([answers, heavy]), file=sys.stderr)
"""


def started(*events: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the handler on events in a new interpreter without site-packages."""
    paths = [str(EVENTS / f"{name}.json") for name in events]
    clean = {key: value for key, value in os.environ.items() if key not in VARIABLES.values()}
    return subprocess.run(
        [sys.executable, "-S", "-c", CODE, *paths],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**clean, **environ},
    )


@pytest.mark.parametrize("preload", ["on", "off"])
def test_every_shape_of_event_is_answered_by_the_standard_library_alone(preload: str) -> None:
    """The committed delay model answers each kind of event; nothing heavy is imported."""
    done = started("rest_v1", "http_v2", "function_url", "alb", "direct", NEURALWORKS_PRELOAD=preload)
    answers, heavy = json.loads(done.stderr)
    assert heavy == []
    bodies = [json.loads(answer["body"]) for answer in answers[:4]]
    assert [answer["statusCode"] for answer in answers[:4]] == [200] * 4
    assert len({tuple(body["prediction"]) for body in bodies}) == 1
    assert answers[4]["predictions"][0] == bodies[0]["prediction"]
    assert sum(bodies[0]["prediction"]) == pytest.approx(1.0, abs=1e-12)
    assert len(done.stdout.splitlines()) == 10


def test_a_wrong_setting_stops_the_start_with_its_name() -> None:
    """A function that could not work as set does not start."""
    done = started("rest_v1", NEURALWORKS_LOG_LEVEL="LOUD")
    assert done.returncode != 0
    assert "NEURALWORKS_LOG_LEVEL='LOUD' cannot be used" in done.stderr
