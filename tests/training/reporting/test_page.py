"""Pages: one file that needs nothing else, shows text as text, and is the same each time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from challenge_neuralworks.training.reporting import Part, Picture, Table, Text, bar_chart, render, write_page

TABLE = Table(
    "Cuts", ["cut", "rows", "recall", "sure"], [["best <b>", 68_206, 0.18494, True], ["none", None, 1.0, False]]
)
PICTURE = Picture("Bars", bar_chart(["a"], [1.0], "x"), "One bar of length 1.")
TEXT = Text("Words", ["First & last.", "Second."])
PARTS: list[Part] = [TABLE, PICTURE, TEXT]


def test_a_page_fetches_nothing() -> None:
    """No script, and nothing that a browser would go and get: the only addresses are names of XML dialects."""
    html = render("A title", "A lead.", PARTS)
    assert "<script" not in html
    assert re.findall(r'(?:src|href)="(?!#)[^"]*"|@import|url\((?!#)', html) == []
    assert set(re.findall(r"https?://[^\"\s]+", html)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_text_is_shown_as_text() -> None:
    """A category named like a tag makes no tag; the drawing alone is put in as it stands."""
    html = render("<i>", "a < b", PARTS)
    assert "<td>best &lt;b&gt;</td>" in html
    assert "<title>&lt;i&gt;</title>" in html
    assert "<p>First &amp; last.</p>" in html
    assert "<svg" in html


def test_numbers_are_aligned_right_and_the_rest_left() -> None:
    """Integers keep every digit, fractions four, an absent value is a dash; a column of numbers has its name above."""
    html = render("t", "l", [TABLE])
    assert '<td class="number">68,206</td><td class="number">0.1849</td><td>yes</td>' in html
    assert '<td>-</td><td class="number">1</td><td>no</td>' in html
    assert re.findall(r'<th scope="col"( class="number")?>(\w+)</th>', html) == [
        ("", "cut"),
        (' class="number"', "rows"),
        (' class="number"', "recall"),
        ("", "sure"),
    ]


@pytest.mark.parametrize(
    ("passed", "banner"),
    [
        (True, ['<p class="verdict passed">Passed</p>']),
        (False, ['<p class="verdict failed">Failed</p>']),
        (None, []),
    ],
)
def test_the_verdict_stands_on_top(passed: bool | None, banner: list[str]) -> None:
    """A page that judges says so in words, not by colour alone; one that does not has no banner."""
    assert re.findall(r'<p class="verdict.*', render("t", "l", [], passed)) == banner


def test_a_picture_has_words_for_those_who_do_not_see_it() -> None:
    """The words are its label and, where nothing else is noted, its caption."""
    html = render("t", "l", [PICTURE, PICTURE._replace(note="A note.")])
    assert html.count('<div role="img" aria-label="One bar of length 1."><svg') == 2
    assert re.findall(r"<figcaption>(.*)</figcaption>", html) == ["One bar of length 1.", "A note."]


def test_the_same_parts_give_the_same_page() -> None:
    """No date and nothing random is in it, so that a page changes only where the figures do."""
    assert render("t", "l", PARTS, passed=True) == render("t", "l", PARTS, passed=True)


def test_parts_keep_their_order() -> None:
    """The page tells its story in the order in which it is given."""
    assert re.findall("<h2>(.*)</h2>", render("t", "l", [TEXT, TABLE, PICTURE])) == ["Words", "Cuts", "Bars"]


def test_a_page_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """The folder is made, the old page replaced, and nothing else left behind; a page that fails leaves the old one."""
    path = tmp_path / "reports" / "delay" / "data.html"
    write_page(path, "old")
    write_page(path, "ñ\n")
    assert path.read_bytes() == "ñ\n".encode()
    with pytest.raises(UnicodeEncodeError):
        write_page(path, "half \ud800")
    assert path.read_bytes() == "ñ\n".encode()
    assert [file.name for file in path.parent.iterdir()] == ["data.html"]
