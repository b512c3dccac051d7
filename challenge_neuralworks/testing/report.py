"""What a suite found: every check with its evidence, as a table for people and as values for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from challenge_neuralworks.errors import NeuralworksError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from challenge_neuralworks.testing.subject import Subject

    Check = Callable[[Subject], str]

Outcome = Literal["passed", "failed", "skipped"]


class Result(NamedTuple):
    """One check's outcome.

    check : name of the function that checked.
    outcome : skipped where the signature leaves nothing to check, such as a missing value that is refused.
    evidence : what was measured, what was found instead of what, or why there was nothing to check.
    """

    check: str
    outcome: Outcome
    evidence: str


class Report(NamedTuple):
    """All results of a suite, in the order in which it ran; as a string, a table."""

    subject: str
    results: tuple[Result, ...]

    @property
    def passed(self) -> bool:
        """Whether no check failed."""
        return not self.failed

    @property
    def failed(self) -> tuple[Result, ...]:
        """The checks that failed."""
        return tuple(result for result in self.results if result.outcome == "failed")

    def __str__(self) -> str:
        width = max(len(result.check) for result in self.results)
        lines = [f"{result.outcome:<8}{result.check:<{width}}  {result.evidence}" for result in self.results]
        return "\n".join([self.subject, *lines])


class NotConforming(NeuralworksError):
    """At least one check failed; ``report`` holds all of them."""

    code = "not-conforming"

    def __init__(self, report: Report) -> None:
        failed = report.failed
        listed = "\n".join(f"- {result.check}: {result.evidence}" for result in failed)
        super().__init__(f"{report.subject}: {len(failed)} of {len(report.results)} checks failed\n{listed}")
        self.report = report


class CheckFailed(Exception):
    """Raised within a check; its message is the evidence."""


class NothingToCheck(Exception):
    """Raised within a check; its message says why."""


def run(subject: Subject, checks: Iterable[Check]) -> Report:
    """Return the report of all checks, whichever of them fail.

    Raises
    ------
    NotConforming : one or more failed; lists every one of them.
    """
    report = Report(subject.name, tuple(_result(check, subject) for check in checks))
    if not report.passed:
        raise NotConforming(report)
    return report


def _result(check: Check, subject: Subject) -> Result:
    name = check.__name__
    try:
        return Result(name, "passed", check(subject))
    except NothingToCheck as reason:
        return Result(name, "skipped", str(reason))
    except CheckFailed as failure:
        return Result(name, "failed", str(failure))
    # A model may raise anything; that it raises is what the check has found.
    except Exception as error:  # noqa: BLE001
        return Result(name, "failed", f"{type(error).__name__}: {error}")
