"""No skip goes unseen: the summary names each with its reason, and NEURALWORKS_NO_SKIPS=1 makes any a failure."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Generator

import pytest
from hypothesis import settings

# A busy machine is slow, not wrong; pytest-timeout ends what hangs. CI draws the same examples each time:
# what it says of a change must not depend on the day. Other runs draw new ones.
settings.register_profile("project", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("project")

NO_SKIPS = "NEURALWORKS_NO_SKIPS"


def _skips(config: pytest.Config) -> list[str]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    return [f"{report.nodeid}: {_reason(report.longrepr)}" for report in reports]


def _reason(longrepr: object) -> str:
    # pytest reports a skip as (path, line, "Skipped: why").
    reason = longrepr[2] if isinstance(longrepr, tuple) else longrepr
    return str(reason).removeprefix("Skipped: ")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Seed what an estimator without a random_state draws from: a fit that fails one day in ten proves nothing."""
    random.seed(0)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(0)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that skipped, where every test is expected to run."""
    if os.environ.get(NO_SKIPS) == "1" and session.exitstatus == pytest.ExitCode.OK and _skips(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> Generator[None, None, None]:
    """List every skipped test and why, below all other summaries."""
    yield
    skips = _skips(config)
    if not skips:
        terminalreporter.write_line("no test was skipped")
        return
    terminalreporter.section("skipped tests")
    for line in skips:
        terminalreporter.write_line(line)
    if os.environ.get(NO_SKIPS) == "1":
        terminalreporter.write_line(f"{NO_SKIPS}=1: a skip is a failure", red=True)
