"""The workflows under .github/, read; and their conditions, decided as GitHub would."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from tests.making import ROOT

FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.y*ml"))
TERM = re.compile(r"\s*([\w.]+)\s*(==|!=)\s*('[^']*'|[\w.]+)\s*")


class Step(NamedTuple):
    """A step of a job.

    fields : as the file has them.
    """

    file: str
    job: str
    fields: Mapping[str, Any]

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return f"{self.file}: {self.job}: {self.fields.get('name')}"

    @property
    def commands(self) -> list[str]:
        """The lines of its script."""
        return [line for line in str(self.fields.get("run", "")).splitlines() if line.strip()]


def read(file: Path) -> dict[str, Any]:
    """Return a workflow; a key that stands twice is an error."""
    content: dict[str, Any] = YAML(typ="safe").load(file)
    return content


def jobs() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield file, name and content of every job."""
    for file in FILES:
        for name, job in read(file)["jobs"].items():
            yield file.name, name, job


def steps() -> list[Step]:
    """Return every step of every job."""
    return [Step(file, name, step) for file, name, job in jobs() for step in job.get("steps", ())]


def holds(condition: str, context: Mapping[str, str]) -> bool:
    """Return whether a job's condition holds: comparisons joined by && and ||, of which && binds closer.

    context : dotted name -> value; a name that it lacks is "", as GitHub has it.
    """
    return any(all(_compare(term, context) for term in part.split("&&")) for part in condition.split("||"))


def _compare(term: str, context: Mapping[str, str]) -> bool:
    found = TERM.fullmatch(term)
    assert found, f"{term!r} is more than a comparison: teach it to {__name__}"
    name, operator, other = found.groups()
    value = other[1:-1] if other.startswith("'") else context.get(other, "")
    # GitHub compares without regard to case.
    return (context.get(name, "").lower() == value.lower()) is (operator == "==")
