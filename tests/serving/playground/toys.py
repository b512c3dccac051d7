"""Models that try the page: hostile names, no explanations, a regression, three classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from challenge_neuralworks.artifact import Golden
from challenge_neuralworks.scorers.additive import AdditiveScorer
from challenge_neuralworks.signature import Field, Signature
from tests.making import seal

if TYPE_CHECKING:
    from pathlib import Path

NAMES = (
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "<img src=x onerror=alert(1)>",
    'it\'s "quoted" `id` $HOME \\ %41',
    "\u2708\ufe0f \u98db\u884c\u6a5f",
    "two  spaces",
    "&lt;",
)
ODD = "a/b~c% <i>"
HOSTILE = Signature(
    (
        Field("mark", "category", "<b>Bold?</b>", NAMES[0], categories=NAMES),
        Field(ODD, "integer", "</style></script>", 3, "<u>", 0, 9),
        Field("place", "category", "Where.", "here", categories=("here", *NAMES), unknown="accept", missing="accept"),
        Field("weight", "number", "Without bounds.", 1.5),
        Field("share", "number", "With bounds.", 0.25, "", 0.0, 1.0),
    )
)
HOSTILE_INSTANCE = HOSTILE.example()
TERMS = (
    ("mark", {name: place / 4 for place, name in enumerate(NAMES)}, 0.0),
    (ODD, {value: value / 8 for value in range(10)}, 0.0),
    ("place", {"here": 0.125}, 0.75),
)
NUMBERS = (("weight", 0.5, 1.0, 2.0), ("share", 1.0, 0.0, 1.0))


def seal_toys(folder: Path) -> None:
    """Write the models ``hostile`` and ``trend`` under a folder; neither can be explained."""
    scorer = AdditiveScorer(-0.5, TERMS, NUMBERS)
    classes = ("</script>", "<b>&")
    golden = (Golden(dict(HOSTILE_INSTANCE), scorer.predict(HOSTILE_INSTANCE)),)
    seal(folder, "hostile", scorer, signature=HOSTILE, classes=classes, golden=golden, description=NAMES[0])
    trend = AdditiveScorer(1000.0, TERMS, NUMBERS, "identity")
    golden = (Golden(dict(HOSTILE_INSTANCE), trend.predict(HOSTILE_INSTANCE)),)
    seal(folder, "trend", trend, signature=HOSTILE, classes=(), threshold=None, golden=golden)
