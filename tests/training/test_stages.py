"""Stages between a raw file and what is trained on: nothing is lost, and no row is on both sides."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.training.checks.rows import row_hashes
from challenge_neuralworks.training.datasets import Examples, read_census, read_examples, read_flights, select
from challenge_neuralworks.training.evaluation import splits
from challenge_neuralworks.training.fetch import sha256_of
from challenge_neuralworks.training.recipes.delay import RECIPE as DELAY
from challenge_neuralworks.training.recipes.income import RECIPE as INCOME
from challenge_neuralworks.training.stages import (
    Origin,
    preprocess,
    read_interim,
    read_searched,
    read_splits,
    segregate,
)
from tests.training.census_sample import write_census


@pytest.fixture(scope="module")
def flights(sample: Path) -> Examples:
    """Return made-up flights."""
    return read_flights(sample)


@pytest.fixture(scope="module")
def parts(flights: Examples, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    """Return the folder with the parts of the flights, and how many rows each holds."""
    folder = tmp_path_factory.mktemp("parts")
    return folder, segregate(DELAY, flights, folder)


def _part(folder: Path, name: str) -> Examples:
    return read_examples(folder / f"{name}.csv", DELAY.model.fields)


def _bag(*examples: Examples) -> Counter[int]:
    return Counter(hashed for one in examples for hashed in row_hashes(one))


def test_preprocessing_keeps_the_examples_and_where_they_came_from(sample: Path, tmp_path: Path) -> None:
    """What is read back are the raw file's examples; its digest and rows stand beside them."""
    interim = tmp_path / "interim" / "delay.csv"
    origin = preprocess(DELAY, sample, interim)
    assert origin == Origin("delay", sha256_of(sample), 3_000)
    examples, stated = read_interim(DELAY, interim)
    assert stated == origin._asdict()
    assert _bag(examples) == _bag(read_flights(sample))
    assert examples.target == read_flights(sample).target


@pytest.mark.parametrize("content", [None, "", "{"])
def test_examples_of_no_known_origin_are_refused(sample: Path, tmp_path: Path, content: str | None) -> None:
    """An artifact must be able to name the file; the message names the command that notes it."""
    preprocess(DELAY, sample, tmp_path / "delay.csv")
    (tmp_path / "delay.json").unlink()
    if content is not None:
        (tmp_path / "delay.json").write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=r"delay\.json: cannot be read.*'neuralworks preprocess' writes it"):
        read_interim(DELAY, tmp_path / "delay.csv")


def test_each_split_s_parts_are_all_rows_and_none_twice(parts: tuple[Path, dict[str, int]], flights: Examples) -> None:
    """Train and test hold every row once; so do past and future, and nothing of the future is in the past."""
    folder, counts = parts
    for names in (("train", "test"), ("past", "future")):
        pair = [_part(folder, name) for name in names]
        assert _bag(*pair) == _bag(flights)
        assert [counts[name] for name in names] == [len(one.rows) for one in pair]
    past, future = _part(folder, "past"), _part(folder, "future")
    assert past.moments is not None
    assert future.moments is not None
    assert past.moments.dt.month.max() == 10
    assert future.moments.dt.month.min() == 11


def test_what_is_searched_on_no_split_tests_on(parts: tuple[Path, dict[str, int]], flights: Examples) -> None:
    """Rows that both splits fit on, and all of these."""
    folder, counts = parts
    searched = read_searched(DELAY, folder)
    fitted = [set(split.fit.tolist()) for split in splits(flights, DELAY)]
    assert counts["search"] == len(searched.rows) == len(set.intersection(*fitted))
    assert _bag(searched) == _bag(select(flights, sorted(set.intersection(*fitted))))


def test_splits_come_back(parts: tuple[Path, dict[str, int]], flights: Examples) -> None:
    """Under their names, with the very rows on either side, in their order, each with its moment."""
    found = read_splits(DELAY, parts[0])
    assert [split.name for split, _ in found] == ["random_split", "time_ordered_split"]
    for (split, examples), made in zip(found, splits(flights, DELAY), strict=True):
        for mine, its in ((split.fit, made.fit), (split.test, made.test)):
            one, other = select(examples, mine), select(flights, its)
            assert (one.rows, one.target) == (other.rows, other.target)
            assert one.moments is not None
            assert other.moments is not None
            assert one.moments.tolist() == other.moments.tolist()


def test_people_are_split_at_random_only(tmp_path: Path) -> None:
    """There is no time: train is what is searched on, and the share of the classes is kept."""
    people = read_census(write_census(tmp_path / "c.data"))
    counts = segregate(INCOME, people, tmp_path / "parts")
    assert counts == {"train": 420, "test": 180, "search": 420}
    ((split, examples),) = read_splits(INCOME, tmp_path / "parts")
    assert examples.moments is None
    shares = [sum(select(examples, side).target) / len(side) for side in (split.fit, split.test)]
    assert shares[0] == pytest.approx(shares[1], abs=0.005)
    assert (tmp_path / "parts" / "search.csv").read_bytes() == (tmp_path / "parts" / "train.csv").read_bytes()


def test_rows_copied_across_a_split_are_refused(flights: Examples, tmp_path: Path) -> None:
    """The planted fault: each row twice, so that a third of the tested rows was fitted on; nothing is written."""
    twice = select(flights, [*range(3_000), *range(3_000)])
    with pytest.raises(DataError, match=r"random_split: [\d,]+ rows are on both sides.*remove the copies") as caught:
        segregate(DELAY, twice, tmp_path / "parts")
    assert "would be normal" in str(caught.value)
    assert not (tmp_path / "parts").exists()


def test_rows_that_coincide_as_they_always_do_are_none_copied(flights: Examples, tmp_path: Path) -> None:
    """A few equal rows are normal, and the declaration says how many."""
    few = select(flights, [*range(3_000), *range(20)])
    assert sum(segregate(DELAY, few, tmp_path / "parts")[name] for name in ("train", "test")) == 3_020


def test_one_class_alone_makes_no_split(flights: Examples, tmp_path: Path) -> None:
    """The error says what a split needs."""
    punctual = select(flights, [row for row in range(3_000) if not flights.target[row]])
    with pytest.raises(DataError, match="make no split with two rows of each class"):
        segregate(DELAY, punctual, tmp_path)


def test_a_stage_that_did_not_run_is_named(tmp_path: Path) -> None:
    """Where the parts should be is nothing."""
    with pytest.raises(DataError, match="holds no part; 'neuralworks segregate' writes them"):
        read_splits(DELAY, tmp_path)
    with pytest.raises(DataError, match=r"holds no search\.csv; 'neuralworks segregate'"):
        read_searched(DELAY, tmp_path)


def test_the_same_file_gives_the_same_bytes(sample: Path, tmp_path: Path) -> None:
    """Every stage, twice: what is made anew when nothing has changed changes nothing."""
    for name in "ab":
        preprocess(DELAY, sample, tmp_path / name / "delay.csv")
        segregate(DELAY, read_interim(DELAY, tmp_path / name / "delay.csv")[0], tmp_path / name / "parts")
    one, two = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.*")}
        for name in "ab"
    )
    assert one == two
    assert len(one) == 7
    assert json.loads(one[Path("delay.json")])["rows"] == 3_000


def test_parts_of_a_split_that_is_no_longer_made_are_removed(sample: Path, tmp_path: Path) -> None:
    """Else what an earlier run left would be tested on; a run that is refused removes nothing."""
    preprocess(DELAY, sample, tmp_path / "delay.csv")
    examples, _ = read_interim(DELAY, tmp_path / "delay.csv")
    segregate(DELAY, examples, tmp_path / "parts")
    counts = segregate(DELAY._replace(test_from_month=None), examples, tmp_path / "parts")
    assert sorted(path.stem for path in (tmp_path / "parts").iterdir()) == sorted(counts) == ["search", "test", "train"]
