"""Which numbers a text shows, and which ones its source holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html.parser import HTMLParser
from typing import Any

NUMBER = re.compile(r"(?<![\w.-])-?\d[\d,]*(?:\.\d+)?(?:e-?\d+)?")
"""A number as people write it, and no digit of a name: 68,206, -0.05 or 2.2e-16, but neither F1 nor DIA-1."""


def numbers_of(text: str) -> list[str]:
    """Return the numbers that a text shows."""
    return [found.rstrip(",") for found in NUMBER.findall(text)]


def known_numbers(source: Any, forms: Sequence[Callable[[Any], str]]) -> set[str]:
    """Return what a text may show of a source: each number of it in each form, and the numbers of its texts."""
    known: set[str] = set()
    for value in _leaves(source):
        if isinstance(value, str):
            known.update(numbers_of(value))
        elif isinstance(value, int | float) and not isinstance(value, bool):
            known.update(form(value) for form in forms)
    return known


def _leaves(source: Any) -> Iterator[Any]:
    if isinstance(source, dict):
        yield from source
        source = list(source.values())
    if isinstance(source, list | tuple):
        for entry in source:
            yield from _leaves(entry)
    else:
        yield source


class Shown(HTMLParser):
    """The words of a page: text and alternative texts, without style sheets and the scales of drawings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []
        self._hidden = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and its label, and look away below those that hold no words."""
        self.tags.append(tag)
        self._hidden += tag in {"style", "svg"}
        if not self._hidden:
            self.texts += [value for name, value in attrs if name == "aria-label" and value]

    def handle_endtag(self, tag: str) -> None:
        """Look again."""
        self._hidden -= tag in {"style", "svg"}

    def handle_data(self, data: str) -> None:
        """Note text."""
        if not self._hidden and data.strip():
            self.texts.append(data.strip())
