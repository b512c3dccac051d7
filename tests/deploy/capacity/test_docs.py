"""docs/infra.md states costs that the code computes."""

from __future__ import annotations

import re

import pytest

from challenge_neuralworks.deploy.capacity import prices
from challenge_neuralworks.deploy.capacity.cost import Usage, bill, total
from tests.making import ROOT

TEXT = (
    (ROOT / "docs" / "infra.md")
    .read_text(encoding="utf-8")
    .partition("<!-- cost:start")[2]
    .partition("<!-- cost:end")[0]
)


def stated(pattern: str) -> float:
    """Return the number that the section states."""
    found = re.search(pattern, TEXT)
    assert found, pattern
    return float(found[1])


def test_the_cost_of_a_million_requests_is_the_computed_one() -> None:
    """Each line of the table follows from the premises above it and the dated prices."""
    usage = Usage(
        prices.MILLION,
        stated(r"([\d.]+) ms each"),
        int(stated(r"(\d+) MB on arm64")),
        "arm64",
        int(stated(r"(\d+) bytes of log")),
        int(stated(r"answer of (\d+) bytes")),
    )
    lines = dict(re.findall(r"^\| (\w.*?) \| ([\d.]+) \|$", TEXT, re.MULTILINE))
    computed = {item.what: f"{item.dollars:.2f}" for item in bill(usage)}
    assert lines == {**computed, "together": f"{total(bill(usage)):.2f}"}
    assert f"list prices of {prices.AS_OF}" in TEXT
    assert stated(r"so (\d+) ms") == 2


def test_the_premises_are_those_of_the_served_model() -> None:
    """Bytes of the log and of the answer are near what the delay model writes now."""
    from challenge_neuralworks.deploy.capacity.service_time import measure
    from challenge_neuralworks.serving import build
    from challenge_neuralworks.settings import Settings

    settings = Settings(models_dir=str(ROOT / "models"))
    application = build(settings)
    example = dict(application.store.get("delay").signature.example())
    found = measure(lambda: build(settings), "delay", [example], calls=10)
    assert found.log_bytes == pytest.approx(stated(r"(\d+) bytes of log"), rel=0.05)
    assert found.answer_bytes == pytest.approx(stated(r"answer of (\d+) bytes"), rel=0.05)
