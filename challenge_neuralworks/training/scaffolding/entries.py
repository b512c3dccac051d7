"""A model's entry in params.yaml and its stages in dvc.lock, as lines: comments and all else stay as they are."""

from __future__ import annotations

import re

from challenge_neuralworks.errors import DataError

SECTION = "models:"
"""Of params.yaml; each model is a key of it."""

DEEPER = re.compile(r"   |\s*$")
"""A line that belongs to the entry above it, or to none."""


def with_entry(text: str, entry: str) -> str:
    """Return params.yaml with a model's entry after all others.

    Parameters
    ----------
    entry : its lines, indented by two; an entry of that name is replaced where it stands.

    Raises
    ------
    DataError : the file has no models.
    """
    name = entry.partition(":")[0].strip()
    lines = text.splitlines(keepends=True)
    found = _span(lines, f"  {name}:")
    if found is not None:
        return "".join([*lines[: found[0]], entry, *lines[found[1] :]])
    end = _end_of_section(lines)
    before = "".join(lines[:end])
    return "".join([before, "" if before.endswith("\n") else "\n", "\n", entry, *lines[end:]])


def without_entry(text: str, name: str) -> str:
    """Return params.yaml without a model's entry and the empty line before it."""
    lines = text.splitlines(keepends=True)
    found = _span(lines, f"  {name}:")
    if found is None:
        return text
    start, end = found
    start -= start > 0 and not lines[start - 1].strip()
    return "".join(lines[:start] + lines[end:])


def entry_of(text: str, name: str) -> str:
    """Return a model's entry as it stands in params.yaml; "" where there is none."""
    lines = text.splitlines(keepends=True)
    found = _span(lines, f"  {name}:")
    return "".join(lines[slice(*found)]) if found else ""


def without_stages(text: str, name: str) -> str:
    """Return dvc.lock without the stages of a model."""
    kept: list[str] = []
    inside = False
    for line in text.splitlines(keepends=True):
        if line[:2] != "  " or line[2:3] not in (" ", "\n", ""):
            inside = line.rstrip().endswith(f"@{name}:") and line.startswith("  ")
        if not inside:
            kept.append(line)
    return "".join(kept)


def _span(lines: list[str], key: str) -> tuple[int, int] | None:
    """Return the first line of an entry, and the one after its last that is not empty."""
    start = next((at for at, line in enumerate(lines) if line.rstrip() == key), None)
    if start is None:
        return None
    end = start + 1
    while end < len(lines) and DEEPER.match(lines[end]):
        end += 1
    while not lines[end - 1].strip():
        end -= 1
    return start, end


def _end_of_section(lines: list[str]) -> int:
    start = next((at for at, line in enumerate(lines) if line.rstrip() == SECTION), None)
    if start is None:
        raise DataError(f"params.yaml has no line {SECTION!r}, so that nothing says where a model's entry goes")
    end = start + 1
    while end < len(lines) and (lines[end][0] in " #\n"):
        end += 1
    while not lines[end - 1].strip():
        end -= 1
    return end
