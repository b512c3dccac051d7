"""Rows by their content: no row is on both sides, wherever it stands."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from challenge_neuralworks.training.checks.rows import count_shared, digest, row_hashes, split_parts
from challenge_neuralworks.training.datasets import Examples, select


def test_a_row_is_its_content(flights: Examples) -> None:
    """Neither the order of the fields nor that of the rows changes a hash."""
    turned = flights._replace(rows=[dict(reversed([*row.items()])) for row in flights.rows])
    assert row_hashes(turned) == row_hashes(flights)
    backwards = select(flights, reversed(range(len(flights.rows))))
    assert row_hashes(backwards) == row_hashes(flights)[::-1]


def test_every_part_of_a_row_counts() -> None:
    """Field, target and moment tell rows apart, and so does the type: 1 is not "1", null not an empty string."""
    moments = pd.Series(pd.to_datetime(["2017-01-01 10:00"]))
    rows = [
        Examples([{"a": 1}], [0]),
        Examples([{"a": "1"}], [0]),
        Examples([{"a": None}], [0]),
        Examples([{"a": ""}], [0]),
        Examples([{"b": 1}], [0]),
        Examples([{"a": 1}], [1]),
        Examples([{"a": 1}], [0], moments),
        Examples([{"a": 1}], [0], moments + pd.Timedelta(minutes=1)),
    ]
    assert len({row_hashes(row)[0] for row in rows}) == len(rows)


def test_the_parts_share_no_row(census: Examples) -> None:
    """Each row is in one part, about a fifth of them in the reference, and equal rows are in the same."""
    twice = select(census, [*range(len(census.rows)), *range(100)])
    current, reference = (row_hashes(part) for part in split_parts(twice))
    assert Counter(current) + Counter(reference) == Counter(row_hashes(twice))
    assert set(current) & set(reference) == set()
    assert 0.18 < len(reference) / len(twice.rows) < 0.22


def test_a_row_keeps_its_part_in_another_file(flights: Examples) -> None:
    """What was reference stays so when rows are dropped, added or sorted: a changed file meets no row of its own."""
    reference = set(row_hashes(split_parts(flights).reference))
    half = split_parts(select(flights, range(0, len(flights.rows), 2)))
    assert reference & set(row_hashes(half.current)) == set()


def test_a_digest_is_of_the_rows_not_of_their_order() -> None:
    """A file that is sorted anew is the same sample; one with a row twice is not."""
    assert digest([3, 1, 2]) == digest([1, 2, 3])
    assert digest([1, 1, 2]) != digest([1, 2])


def test_shared_rows_count_as_often_as_on_both_sides() -> None:
    """Of three copies here and two there, two are shared."""
    assert count_shared([7, 7, 7, 1], [7, 7, 2]) == 2
