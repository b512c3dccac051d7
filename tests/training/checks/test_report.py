"""Reports: JSON that a machine can rely on, a page that a person can read, an error that says where to look."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.training.checks import DataRejected, check_data, refuse_failed, write_report
from challenge_neuralworks.training.checks.report import bars, to_json
from challenge_neuralworks.training.datasets import Examples
from tests.training.checks.planting import accepted, change


@pytest.fixture(scope="module")
def planted(census: Examples) -> Examples:
    """Return people of whom one is called <b>, and who are ten years older than they should be."""
    return change(change(census, "age", lambda age: min(age + 10, 90)), "race", lambda _: "<b>", [5])


def test_the_json_says_what_failed_and_where(planted: Examples, tmp_path: Path) -> None:
    """A verdict, the failed checks by name, and each with values, rows and lines."""
    write_report(check_data("income", planted, accepted("income"), source="people.csv"), tmp_path)
    content = json.loads((tmp_path / "data.json").read_text(encoding="utf-8"))
    assert (content["version"], content["model"], content["source"]) == (1, "income", "people.csv")
    assert (content["passed"], content["rows"]) == (False, 6_000)
    assert content["failed"] == ["new category: race", "levels: race", "distribution: age"]
    (race,) = [check for check in content["checks"] if check["check"] == "new category" and check["column"] == "race"]
    assert (race["values"], race["lines"], race["rows"]) == ([{"value": "<b>", "rows": 1}], [5], 1)
    assert content["reference"]["digest"] == accepted("income").digest


def test_the_keys_are_stable(census: Examples) -> None:
    """Whoever reads the file by machine reads these, failed or not."""
    content = to_json(check_data("income", census, accepted("income")))
    assert [*content] == [
        *("version", "model", "source", "passed", "rows", "compared_rows", "reference", "limits", "failed", "checks"),
    ]
    keys = ["check", "column", "passed", "detail", "values", "lines", "rows", "figures"]
    assert {tuple(check) for check in content["checks"]} == {tuple(keys)}
    assert content["limits"] == {"alpha": 0.01, "ks": 0.1, "cramers_v": 0.1, "auc": 0.9}


def test_the_page_shows_what_failed_first_and_every_distribution(planted: Examples, tmp_path: Path) -> None:
    """Verdict, failures, one picture a field and the target, then all checks; a value is shown as text."""
    report = check_data("income", planted, accepted("income"), source="people.csv")
    path = write_report(report, tmp_path)
    html = path.read_text(encoding="utf-8")
    assert path.name == "data.html"
    assert '<p class="verdict failed">Failed</p>' in html
    titles = re.findall("<h2>(.*)</h2>", html)
    assert titles[0] == "What failed"
    assert titles[1:-1] == [*(name for name in report.current.counts if name != "target"), "The target"]
    assert titles[-1] == "Every check"
    assert html.count("<svg") == 13
    assert "&lt;b&gt; (1)" in html
    assert "<b>" not in html


def test_the_same_data_give_the_same_report(census: Examples, tmp_path: Path) -> None:
    """No date and nothing random: a report changes when the data do."""
    for folder in ("a", "b"):
        write_report(check_data("income", census, accepted("income")), tmp_path / folder)
    for name in ("data.json", "data.html"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_data_set_that_fails_is_rejected_by_name(planted: Examples, census: Examples) -> None:
    """The error names the columns and the report; data that pass raise nothing."""
    with pytest.raises(DataRejected) as caught:
        refuse_failed(check_data("income", planted, accepted("income")), "reports/income/data.html")
    expected = "race (new category), race (levels), age (distribution); reports/income/data.html says why"
    assert str(caught.value) == f"the data of income failed 3 checks: {expected}"
    assert (caught.value.code, isinstance(caught.value, DataError)) == ("data-rejected", True)
    refuse_failed(check_data("income", census, accepted("income")), "")


def test_pictures_have_few_bars_and_lose_no_row(census: Examples) -> None:
    """Rare categories are one bar, many numbers are ranges, missing ones are named; shares add up to one."""
    report = check_data("income", census, accepted("income"))
    for name in report.current.counts:
        labels, ours, theirs = bars(report.current, report.reference, name)
        assert len(labels) <= 49
        assert (sum(ours), sum(theirs)) == pytest.approx((1.0, 1.0))
    ages = bars(report.current, report.reference, "age")[0]
    assert (ages[0], ages[-1]) == ("17 to 22", "83 to 90")
    assert bars(report.current, report.reference, "native_country")[0][-2:] == ["16 rarer ones", "missing"]
