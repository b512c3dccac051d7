"""The run: everybody made ready, then rounds in which each starts, is loaded and ends, in an order of its own."""

from __future__ import annotations

import os
import random
import shutil
import time
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.errors import BenchError
from bench.fetching import emulator_version, fetch_emulator
from bench.layout import lay_out
from bench.machine import facts
from challenge_neuralworks.deploy.package import PARTS
from stress_test.peers import functions, servers
from stress_test.peers.environments import ROOT, function_packages, mib, packages_of, server_environment
from stress_test.peers.subject import NAME, SEED, Subject, prepare
from stress_test.target import Refused
from stress_test.wrk.running import find_wrk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from bench.layout import Layout
    from stress_test.peers.figures import Report
    from stress_test.peers.progress import Progress
    from stress_test.peers.roster import Function, Server

FORMAT = 1
"""Version of the report's own layout."""

OVERHEAD_S = 7
"""A start, an end, and the seconds in which wrk comes to its end; about."""


class Plan(NamedTuple):
    """What to do.

    load : of each server; functions are asked for as long.
    rows : different ones, at most.
    cache : folder of environments, and of what is made of them.
    """

    servers: Sequence[Server]
    functions: Sequence[Function]
    rounds: int
    load: servers.Load
    rows: int
    cache: Path
    seed: int = SEED


class Runner(NamedTuple):
    """A contestant that is ready.

    measure : takes one round of it.
    """

    kind: str
    about: dict[str, Any]
    measure: Callable[[], Mapping[str, Any]]


def run(plan: Plan, progress: Progress) -> Report:
    """Return the report of a run.

    Raises
    ------
    BenchError : nothing can be measured, because what all need is not here.
    """
    # Before the benchmark itself makes work.
    load_average = os.getloadavg()[0]
    if plan.servers:
        find_wrk()
    subject = prepare(plan.cache / "subject", plan.rows, plan.seed)
    runners, skipped = make_ready(plan, subject, progress)
    rounds, faults = take_rounds(plan, runners, progress)
    return {
        "format": FORMAT,
        "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": facts(ROOT, emulator_version()),
        "load_average": load_average,
        "rounds": plan.rounds,
        "seed": plan.seed,
        "load": plan.load._asdict(),
        "subject": {"origin": subject.origin, "rows": len(subject.rows), "difference": subject.difference},
        "skipped": skipped,
        "faults": faults,
        **{kind: _measured(kind, runners, rounds) for kind in ("servers", "functions")},
    }


def make_ready(plan: Plan, subject: Subject, progress: Progress) -> tuple[list[Runner], dict[str, str]]:
    """Return who can run, and of the others why not."""
    ready: list[Runner] = []
    skipped: dict[str, str] = {}
    shipped = _ship(plan.cache, subject)
    makers = [(one.title, partial(_server, one, plan, subject, shipped, progress)) for one in plan.servers]
    makers += [
        (f"handler {one.title}", partial(_function, one, plan, subject, shipped, progress)) for one in plan.functions
    ]
    for title, make in makers:
        try:
            ready.append(make())
        except BenchError as error:
            skipped[title] = str(error)
    return ready, skipped


def take_rounds(
    plan: Plan, runners: Sequence[Runner], progress: Progress
) -> tuple[dict[str, list[dict[str, Any]]], list[dict[str, Any]]]:
    """Return the rounds of each runner by its name, and those that failed."""
    shuffle = random.Random(plan.seed).shuffle  # noqa: S311 - an order, not a secret
    rounds: dict[str, list[dict[str, Any]]] = {runner.about["name"]: [] for runner in runners}
    faults: list[dict[str, Any]] = []
    minutes = plan.rounds * len(runners) * (plan.load.seconds + plan.load.warm_up_s + OVERHEAD_S) / 60
    progress.say(f"{len(runners)} in each of {plan.rounds} rounds: about {minutes:.0f} minutes")
    for number in range(plan.rounds):
        order = list(runners)
        shuffle(order)
        for place, runner in enumerate(order, 1):
            name = runner.about["name"]
            progress.begin(f"round {number + 1} of {plan.rounds}, {place} of {len(order)}: {name}")
            try:
                found = runner.measure()
            except (BenchError, Refused) as error:
                faults.append({"name": name, "round": number, "reason": str(error)})
                progress.say(f"round {number + 1} of {plan.rounds}: {name} failed: {error}")
                continue
            rounds[name].append({"round": number, **found})
            start_ms = found["start_ms"] if runner.kind == "servers" else found["cold_ms"]
            rate = f"{found['right_per_s']:,.0f} right answers a second"
            progress.say(f"round {number + 1} of {plan.rounds}: {name}: {rate}, first after {start_ms:,.0f} ms")
    return rounds, faults


def _measured(kind: str, runners: Sequence[Runner], rounds: Mapping[str, Any]) -> list[dict[str, Any]]:
    # Who never came to the end of a round has no figures.
    of_kind = [runner.about for runner in runners if runner.kind == kind]
    return [{**about, "rounds": rounds[about["name"]]} for about in of_kind if rounds[about["name"]]]


def _server(server: Server, plan: Plan, subject: Subject, shipped: Layout, progress: Progress) -> Runner:
    if server.folder == "ours_container":
        # What the function holds is what the image holds, and runs as a server, too.
        python, packages = shipped.python, shipped.ours.task
    else:
        python = server_environment(server.folder, plan.cache / "environments", progress.say)
        packages = packages_of(python)
    place = servers.lay_out(server, python, subject, plan.cache / "work" / server.name)
    exchanges = server.dialect.exchanges(subject.model, subject.rows)
    about = {"name": server.name, "title": server.title, "ours": server.ours, "batching": server.batching}
    about["installed_mib"] = mib(packages)
    return Runner("servers", about, partial(servers.measure, server, place, exchanges, plan.load))


def _function(function: Function, plan: Plan, subject: Subject, shipped: Layout, progress: Progress) -> Runner:
    tools = functions.Tools(fetch_emulator(ROOT / "build" / "emulator"), shipped.python)
    if function.ours:
        candidate = shipped.ours
    else:
        packages = function_packages(function.folder, plan.cache / "environments", progress.say)
        candidate = functions.lay_out(function, packages, subject, plan.cache / "work" / function.name)
    exchanges = function.dialect.exchanges(subject.model, subject.rows)
    about = {"name": function.name, "title": function.title, "ours": function.ours, "batching": False}
    about["installed_mib"] = mib(candidate.task)
    seconds = plan.load.seconds
    return Runner("functions", about, partial(functions.measure, function, candidate, tools, exchanges, seconds))


def _ship(cache: Path, subject: Subject) -> Layout:
    """Return what ships, with an interpreter that holds Lambda's runtime client; its one model is the benchmark's."""
    folder = cache / "work" / "shipped"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = lay_out(ROOT, folder, [part for part in PARTS if part != "models"])
    shutil.copytree(subject.models_dir / NAME, made.ours.task / "models" / NAME)
    return made
