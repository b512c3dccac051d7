"""The peers themselves, as far as what they need is here; all of them need packages that no test installs."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sys
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import pytest

from bench.layout import Candidate
from stress_test.peers.environments import HERE, requirements_of
from stress_test.peers.functions import call_times, event_of
from stress_test.peers.roster import FUNCTIONS, SERVERS
from stress_test.peers.servers import lay_out
from stress_test.peers.subject import PIPELINE, Subject

FOLDERS = sorted({one.folder for one in (*SERVERS, *FUNCTIONS) if not one.ours})


@pytest.fixture
def settings(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    """State where the pipeline is, as servers and functions are told."""
    monkeypatch.setenv("MODEL_FILE", str(subject.pipeline))
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(subject.pipeline.parent))


@pytest.fixture(autouse=True)
def _threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")


def load(folder: str) -> ModuleType:
    """Return a peer's module."""
    spec = importlib.util.spec_from_file_location(f"peer_{folder}", HERE / folder / "app.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.usefixtures("settings")
def test_the_handler_answers_rightly(subject: Subject) -> None:
    """With pandas and scikit-learn in it, called with a REST API's event."""
    dialect = next(one.dialect for one in FUNCTIONS if one.name == "pandas")
    handler = load("pandas_sklearn").handler
    for exchange in dialect.exchanges(subject.model, subject.rows[:20]):
        answer = handler(json.loads(event_of(exchange.body)), None)
        assert answer["statusCode"] == 200
        assert dialect.is_right(answer["body"], exchange.answer)


@pytest.mark.usefixtures("settings")
def test_flask_answers_rightly(subject: Subject) -> None:
    """Through Flask's own client."""
    dialect = next(one.dialect for one in SERVERS if one.name == "flask")
    client = load("flask_gunicorn").app.test_client()
    for exchange in dialect.exchanges(subject.model, subject.rows[:20]):
        answer = client.post(dialect.path, data=exchange.body.encode(), content_type="application/json")
        assert answer.status_code == 200
        assert dialect.is_right(answer.get_data(as_text=True), exchange.answer)


def test_calls_are_timed_in_a_process_of_their_own(subject: Subject, tmp_path: Path) -> None:
    """With what the handler answers, and what it writes to its log."""
    (tmp_path / "app.py").write_text((HERE / "pandas_sklearn" / "app.py").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / PIPELINE).write_bytes(subject.pipeline.read_bytes())
    dialect = next(one.dialect for one in FUNCTIONS if one.name == "pandas")
    events = [json.loads(event_of(one.body)) for one in dialect.exchanges(subject.model, subject.rows[:30])]
    found = call_times(Candidate("pandas", tmp_path, "app.handler"), Path(sys.executable), events, seconds=0.2)
    assert 0 < found["p50_ms"] <= found["p99_ms"]
    assert found["calls"] > 1
    assert found["log_bytes"] == 0
    assert 40 < found["answer_bytes"] < 80


@pytest.mark.parametrize("path", sorted(HERE.glob("*/*.py")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_peer_is_python(path: Path) -> None:
    """What cannot be imported here can be compiled."""
    compile(path.read_text(encoding="utf-8"), path.name, "exec")


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_package_is_pinned(folder: str) -> None:
    """One version of each, and of scikit-learn the one that fits here: another would not read the pipeline."""
    lines = requirements_of(folder).read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", name) for name in pins)
    assert len(pins) == len(lines) - 1
    assert pins["scikit-learn"] == version("scikit-learn")


def test_servers_find_what_they_need(subject: Subject, tmp_path: Path) -> None:
    """Code and pipeline in a folder of their own; MLServer one of its two settings, by its own name."""
    for server in SERVERS:
        if server.name.startswith("mlserver"):
            place = lay_out(server, Path(os.devnull), subject, tmp_path / server.name)
            stated = json.loads((place.work / "model-settings.json").read_text(encoding="utf-8"))
            assert ("max_batch_size" in stated) == server.batching
            assert (place.work / stated["parameters"]["uri"]).read_bytes() == subject.pipeline.read_bytes()
            assert server.environ(place)["MLSERVER_HTTP_PORT"] == str(place.ports[0])
