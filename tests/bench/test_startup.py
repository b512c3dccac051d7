from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bench import startup
from bench.errors import ProcessFailed
from bench.layout import Layout
from bench.startup import ImportCost, read_import_times
from tests.making import EVENTS

TRACE = """\
import time: self [us] | cumulative | imported package
import time:       500 |        500 | logging
import time:       464 |      21917 | awslambdaric.bootstrap
import time:      2135 |       2277 |     typing
import time:       123 |       2400 |   challenge_neuralworks
"""


def test_what_the_client_imports_is_not_ours() -> None:
    """Only what comes after the runtime client is the handler's cost, each module's own."""
    assert read_import_times(TRACE) == [ImportCost("typing", 2.135), ImportCost("challenge_neuralworks", 0.123)]


def test_startup_is_timed_in_fresh_processes(layout: Layout) -> None:
    """Import and first request are both there, of a handler that answered rightly."""
    rounds = list(startup.measure(layout, EVENTS / "rest_v1.json", 2))
    assert len(rounds) == 2
    assert all(each["import_ms"] > 0 and each["first_request_ms"] > 0 for each in rounds)


def test_the_dearest_imports_are_ours_and_sorted(layout: Layout) -> None:
    """The list tells where to save: our own modules are on it, heavy packages are not."""
    costs = startup.dearest_imports(layout, EVENTS / "rest_v1.json", 1)
    assert [cost.own_ms for cost in costs] == sorted((cost.own_ms for cost in costs), reverse=True)
    modules = {cost.module for cost in costs}
    assert any(module.startswith("challenge_neuralworks.") for module in modules)
    assert not modules & {"numpy", "pandas", "sklearn", "dill", "boto3"}


def test_a_handler_that_fails_ends_the_run(layout: Layout, tmp_path: Path) -> None:
    """Its error is shown, and no figure comes of it."""
    broken = layout._replace(ours=layout.ours._replace(task=tmp_path))
    with pytest.raises(ProcessFailed, match="No module named 'challenge_neuralworks'"):
        list(startup.measure(broken, EVENTS / "rest_v1.json", 1))


def test_only_the_runtime_client_can_be_imported(layout: Layout) -> None:
    """Beside what ships there is the client and what it needs: no checkout, no development dependency."""
    code = "import awslambdaric.bootstrap, challenge_neuralworks"
    done = subprocess.run(
        [layout.python, "-c", code], cwd=layout.empty.task, capture_output=True, text=True, check=False
    )
    assert done.stderr.splitlines()[-1] == "ModuleNotFoundError: No module named 'challenge_neuralworks'"
    installed = "import importlib.metadata as m; print(*sorted(d.name for d in m.distributions()))"
    done = subprocess.run([layout.python, "-c", installed], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["awslambdaric", "simplejson", "snapshot-restore-py"]
