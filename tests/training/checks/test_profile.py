"""Profiles: counts and no rows, written and read back, and never a word more than needed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.models import model_class
from challenge_neuralworks.models.income import Income
from challenge_neuralworks.signature import Field, Row
from challenge_neuralworks.training.checks import make_profile, make_reference, read_profile, write_profile
from challenge_neuralworks.training.checks.rows import digest, row_hashes, split_parts
from challenge_neuralworks.training.datasets import Examples
from tests.making import ROOT
from tests.training.checks.planting import accepted, change

WEIGHT = Field("weight", "number", "How heavy.", 1.0)


def test_a_profile_comes_back_as_it_went(census: Examples, tmp_path: Path) -> None:
    """Values keep their type: 40 hours stay a number, and a missing employer is no string."""
    profile = make_reference(census, Income.fields, "people.csv", "2026-01-31")
    write_profile(tmp_path / "p.json", profile)
    assert read_profile(tmp_path / "p.json") == profile
    assert {type(value) for value in profile.counts["hours_per_week"]} == {int}
    assert None in profile.counts["workclass"]


def test_a_reference_is_of_the_reference_part_alone(census: Examples) -> None:
    """Its rows are that part's; only the categories that may occur are the whole file's."""
    part = split_parts(census).reference
    profile = make_reference(census, Income.fields, "people.csv", "")
    assert (profile.rows, profile.digest) == (len(part.rows), digest(row_hashes(part)))
    assert sum(profile.counts["age"].values()) == len(part.rows)
    everything = {row["race"] for row in census.rows}
    assert profile.accepted["race"] == sorted(everything)  # type: ignore[type-var]  # strings all.


def test_categories_are_accepted_where_they_are_learned() -> None:
    """All that the file has, also those whose rows are not in the reference part; fixed lists are the field's own."""
    held = accepted("delay")
    assert {name: len(levels) for name, levels in held.accepted.items()} == {"OPERA": 23, "SIGLADES": 62}
    assert len(held.counts["SIGLADES"]) < 62
    assert {"sex", "education"} & set(accepted("income").accepted) == set()


def test_numbers_are_kept_to_three_digits() -> None:
    """Enough to compare distributions; NaN is missing, and what is no number is the schema's matter."""
    rows: list[Row] = [{"weight": value} for value in (1.23456, 1.2349, 2, float("nan"), None, "heavy", True)]
    profile = make_profile(Examples(rows, [0] * len(rows)), [WEIGHT])
    assert profile.counts["weight"] == {1.23: 2, 2.0: 1, None: 2}


@pytest.mark.parametrize("name", ["delay", "income"])
def test_the_references_here_hold_counts_and_are_small(name: str) -> None:
    """Below 40 kB, every count a whole number, and as many rows in each column as in the sample."""
    path = ROOT / "data" / "reference" / f"{name}.json"
    assert path.stat().st_size < 40_000
    profile = accepted(name)
    assert [*profile.counts] == [*(field.name for field in model_class(name).fields), "target"]
    assert {sum(counts.values()) for counts in profile.counts.values()} == {profile.rows}


def test_the_references_here_are_those_of_the_real_files(real: tuple[str, Examples]) -> None:
    """Made again from the file, a reference has the same rows and counts."""
    name, examples = real
    held = accepted(name)
    assert make_reference(examples, model_class(name).fields, held.source, held.made) == held


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"version": 2}', '{"version": 1, "counts": {"a": [1]}}'])
def test_what_is_no_profile_is_refused(content: str, tmp_path: Path) -> None:
    """The message names the file and where to read how one is made."""
    (tmp_path / "p.json").write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=r"p\.json: is no profile.*data-checks\.md makes one"):
        read_profile(tmp_path / "p.json")
    with pytest.raises(DataError, match="FileNotFoundError"):
        read_profile(tmp_path / "none.json")


def test_a_file_of_a_profile_has_one_line_a_column(census: Examples, tmp_path: Path) -> None:
    """So that a change of the reference can be read as one."""
    for name, examples in (("a", census), ("b", change(census, "sex", lambda _: "Male"))):
        profile = make_profile(examples, Income.fields)._replace(digest="")
        write_profile(tmp_path / name, profile)
    before, after = ((tmp_path / name).read_text(encoding="utf-8").splitlines() for name in "ab")
    changed = [line for line, other in zip(before, after, strict=True) if line != other]
    assert [next(iter(json.loads("{" + line.rstrip(",") + "}"))) for line in changed] == ["sex"]
