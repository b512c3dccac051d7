"""``python -m stress_test``: the rows drawn, the gateway started, Locust run, and all of it ended."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from challenge_neuralworks.errors import NeuralworksError
from challenge_neuralworks.store import FolderStore
from stress_test.children import child
from stress_test.drift import SHORTEST_S, Watch, grown, told
from stress_test.options import plan_of, read_options
from stress_test.plan import KEY_VARIABLE, VARIABLE, Plan
from stress_test.rows import draw_rows
from stress_test.target import Refused, Target, free_port, served_versions, target

if TYPE_CHECKING:
    import argparse
    import subprocess

LOCUSTFILE = Path(__file__).with_name("locustfile.py")
REFUSED = 2
"""Exit status of a run that was not begun."""


def main(arguments: list[str] | None = None) -> int:
    """Run as the arguments say; return 0 only where every threshold held."""
    options, others = read_options(arguments)
    try:
        plan = plan_of(options)
        return work(plan, others) if "--worker" in others else load(plan, options, others)
    except (Refused, ValueError, NeuralworksError) as error:
        print(f"error: {error}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        return 130


def load(plan: Plan, options: argparse.Namespace, others: list[str]) -> int:
    """Load a target, with Locust's processes on this machine and whatever workers connect.

    Raises
    ------
    Refused, NeuralworksError : there is nothing that could be loaded.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        plan = plan._replace(rows_file=str(_draw(plan, folder / "rows.json")))
        key = os.environ.get(KEY_VARIABLE, "")
        loaded = stack.enter_context(target(options.host, key, options.serve or options.models_dir))
        _compare_versions(plan, loaded)
        command = [*locust(), "--host", loaded.url, *_face(plan, options), *_workers(options, others), *others]
        environ = _environ(plan, loaded.key)
        if not options.ui:
            print(f"{plan.users:,} users, {plan.shape}, for {plan.time_s:,} s on {loaded.url}", flush=True)
        process = stack.enter_context(child(command, environ))
        return _await(process, loaded, plan)


def work(plan: Plan, others: list[str]) -> int:
    """Be a worker of a master on another machine, which says what to load; return Locust's status."""
    with child([*locust(), *others], _environ(plan, os.environ.get(KEY_VARIABLE, ""))) as process:
        return process.wait()


def locust() -> list[str]:
    """Return how Locust is started.

    Raises
    ------
    Refused : it is not installed.
    """
    from importlib.util import find_spec

    if find_spec("locust") is None:
        raise Refused("Locust is not installed: `make install` installs it, or pip install 'locust>=2.32,<3'")
    return [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--loglevel", "WARNING"]


def _draw(plan: Plan, path: Path) -> Path:
    # Once, and not in Locust's processes: reading a data set takes pandas, and a second.
    store = FolderStore(plan.models_dir)
    if not store.names():
        raise Refused(f"{plan.models_dir} holds no models, so that no answer is known")
    rows = {name: draw_rows(store.get(name), plan.rows, plan.seed) for name in store.names()}
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


def _compare_versions(plan: Plan, loaded: Target) -> None:
    store, served = FolderStore(plan.models_dir), served_versions(loaded.url, loaded.key)
    for name in store.names():
        if served.get(name) != store.get(name).version:
            ours, theirs = store.get(name).version, served.get(name, "nothing")
            print(f"{loaded.url} serves {theirs} as {name}, but its answers are known of {ours}: expect wrong ones")


def _face(plan: Plan, options: argparse.Namespace) -> list[str]:
    reports = Path(plan.reports)
    if options.ui:
        return ["--web-host", "127.0.0.1", "--web-port", str(options.ui_port), "--users", str(plan.users)]
    shutil.rmtree(reports, ignore_errors=True)
    files = ["--html", str(reports / "report.html"), "--csv", str(reports / "locust"), "--csv-full-history"]
    # What is written as JSON is not printed as tables, too.
    quiet = ["--only-summary", "--json-file", str(reports / "locust.json")]
    return ["--headless", "--users", str(plan.users), *files, *quiet]


def _workers(options: argparse.Namespace, others: list[str]) -> list[str]:
    if options.processes == 1 or "--master" in others:
        return []
    port = str(free_port())
    ports = ["--master-bind-host", "127.0.0.1", "--master-bind-port", port, "--master-port", port]
    return ["--processes", str(options.processes), *ports]


def _environ(plan: Plan, key: str) -> dict[str, str]:
    path = os.pathsep.join(filter(None, [str(LOCUSTFILE.parents[1]), os.environ.get("PYTHONPATH", "")]))
    environ = {name: value for name, value in os.environ.items() if not name.startswith("LOCUST_")}
    return {**environ, "PYTHONPATH": path, VARIABLE: plan.to_json(), KEY_VARIABLE: key}


def _await(process: subprocess.Popen[str], loaded: Target, plan: Plan) -> int:
    watch = Watch(loaded.process.pid) if loaded.process else None
    while process.poll() is None:
        if fate := loaded.fate():
            print(f"FAILED: {fate}", file=sys.stderr)
            return 1
        if watch:
            watch.look()
        time.sleep(0.1)
    change = watch.growth() if watch else None
    if change is None:
        return process.returncode
    print(told(*change))
    failed = grown(*change) if plan.shape == "soak" and plan.time_s >= SHORTEST_S else []
    if failed:
        print(f"FAILED: {'; '.join(failed)}.")
        _add_reasons(Path(plan.reports) / "summary.json", failed)
    return process.returncode or (1 if failed else 0)


def _add_reasons(path: Path, failed: list[str]) -> None:
    content = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"reasons": []}
    content |= {"passed": False, "reasons": [*content["reasons"], *failed]}
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
