"""The pages of the docs, and the blocks of code in them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import NamedTuple

from tests.making import ROOT

PAGES = sorted(
    str(path.relative_to(ROOT)) for pattern in ("*.md", "docs/**/*.md", "notebooks/*.md") for path in ROOT.glob(pattern)
)
FENCE = re.compile(r"^( {0,3})(`{3,}|~{3,})\s*(.*?)\s*$")
CONTINUED = re.compile(r"\\\n\s*")


class Block(NamedTuple):
    """A block of code.

    line : of its first line of code, counted from 1.
    language : what GitHub renders it as; "" for none, and for blocks that are indented instead of fenced.
    words : what else the fence says, for the tests.
    """

    page: str
    line: int
    language: str
    words: tuple[str, ...]
    text: str

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return f"{self.page}:{self.line}"

    @property
    def lines(self) -> list[str]:
        """Its lines as a shell takes them: continued by a backslash or an open quote, without comments."""
        lines: list[str] = []
        opened = False
        for line in CONTINUED.sub(" ", self.text).splitlines():
            if opened:
                lines[-1] += f"\n{line}"
            elif line.strip() and not line.lstrip().startswith("#"):
                lines.append(line)
            # What is printed below a command may hold any quotes.
            opened = bool(lines) and not ("\n$ " in f"\n{self.text}" and lines[-1][:2] != "$ ") and _is_open(lines[-1])
        return lines

    @property
    def is_transcript(self) -> bool:
        """Whether commands stand behind a ``$``, each with what it prints."""
        return any(line.startswith("$ ") for line in self.lines)

    @property
    def runs_as(self) -> str:
        """Its language; of a transcript ``$`` and the command of ours in it: ``$predict``."""
        ours = re.search(r"neuralworks ([a-z-]+)", self.text)
        return f"${ours[1] if ours else ''}" if self.is_transcript else self.language

    @property
    def is_synopsis(self) -> bool:
        """Whether it shows what a command takes, in brackets what may be left out."""
        return not self.is_transcript and re.search(r"\s\[-", self.text) is not None

    @property
    def commands(self) -> list[str]:
        """The lines that somebody types."""
        return [line.removeprefix("$ ") for line in self.lines if not self.is_transcript or line.startswith("$ ")]


def read_blocks(page: str, text: str) -> Iterator[Block]:
    """Yield a page's blocks, fenced and indented ones."""
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        fence = FENCE.match(lines[number])
        end = number + 1
        if fence:
            closing = re.compile(rf"^ {{0,3}}{fence[2][0]}{{{len(fence[2])},}}\s*$")
            while end < len(lines) and not closing.match(lines[end]):
                end += 1
            language, *words = fence[3].split() or [""]
            inner = [line.removeprefix(fence[1]) for line in lines[number + 1 : end]]
            yield Block(page, number + 2, language, tuple(words), "\n".join(inner) + "\n")
            end += 1
        elif lines[number].startswith("    ") and number and not lines[number - 1].strip():
            while end < len(lines) and (lines[end].startswith("    ") or not lines[end].strip()):
                end += 1
            # What is indented below an item of a list is that item's text.
            if not _in_list(lines[:number]):
                inner = [line[4:] for line in lines[number:end]]
                yield Block(page, number + 1, "", (), "\n".join(inner).strip("\n") + "\n")
        number = end


def blocks_of(page: str) -> list[Block]:
    """Return a page's blocks."""
    return list(read_blocks(page, (ROOT / page).read_text(encoding="utf-8")))


def _is_open(command: str) -> bool:
    try:
        shlex.split(command, comments=True)
    except ValueError:
        return True
    return False


def _in_list(lines: list[str]) -> bool:
    above = next((line for line in reversed(lines) if line.strip()), "")
    return above.startswith((" ", "- ", "* ")) or re.match(r"\d+\. ", above) is not None
