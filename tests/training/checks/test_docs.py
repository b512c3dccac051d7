"""docs/data-checks.md says what is so."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from challenge_neuralworks.models.delay import Delay
from challenge_neuralworks.training.checks import Limits, check_data, make_reference, read_profile
from challenge_neuralworks.training.datasets import Examples, write_examples
from tests.making import ROOT
from tests.training.checks.planting import accepted, change, failed

PAGE = (ROOT / "docs" / "data-checks.md").read_text(encoding="utf-8")


def test_the_documented_code_makes_a_reference(
    flights: Examples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run as it stands, on examples between the stages: the same rows as those that were read from the raw file."""
    (code,) = re.findall(r"^```python\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(tmp_path)
    write_examples(Path("data/interim/delay.csv"), flights)
    exec(code, {})  # noqa: S102 - the documented example is what is tested
    made = read_profile(Path("data/reference/delay.json"))
    assert made == make_reference(flights, Delay.fields, made.source, made.made)


def test_every_check_is_documented(flights: Examples, census: Examples) -> None:
    """Whoever reads the name of a check in a report finds it on the page."""
    reports = check_data("delay", flights, accepted("delay")), check_data("income", census, accepted("income"))
    names = {finding.check for report in reports for finding in report.findings}
    assert {name for name in names if f"| `{name}` |" not in PAGE} == set()


def test_the_documented_finding_is_the_real_one(flights: Examples) -> None:
    """The example of a failed check comes back word for word."""
    (example,) = re.findall(r"^```json\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
    misspelt = change(flights, "OPERA", lambda _: "Grupo LATAN", lines=[2, 40, 5_001])
    finding = failed(check_data("delay", misspelt, accepted("delay")))["new category", "OPERA"]
    assert finding.to_json() == json.loads(example)


def test_the_limits_are_those_documented() -> None:
    """A limit that changes in the code changes on the page."""
    documented = dict(re.findall(r"^\| `(\w+)` \| ([\d.]+) \|", PAGE, flags=re.MULTILINE))
    assert {name: float(value) for name, value in documented.items()} == pytest.approx(Limits()._asdict())


def test_the_documented_run_is_the_real_one(real: tuple[str, Examples]) -> None:
    """The figures of the example are those of the real files."""
    name, examples = real
    report = check_data(name, examples, accepted(name))
    rows = (
        f"| {name} | {report.rows:,} | {report.current.rows:,} | {report.reference.rows:,} | {len(report.findings)} |"
    )
    effects = [finding.figures for finding in report.findings if finding.check == "distribution"]
    largest = [max(figures.get(symbol, 0.0) for figures in effects) for symbol in ("D", "V")]
    aucs = {f.column: f.figures["auc"] for f in report.findings if f.check == "single feature"}
    best = max(aucs, key=lambda column: aucs[column])
    assert f"{rows} {largest[0]:.3f} | {largest[1]:.3f} | {best} {aucs[best]:.3f} |" in PAGE
