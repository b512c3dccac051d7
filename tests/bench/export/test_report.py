from __future__ import annotations

from typing import Any

import pytest

from bench.export.report import COLUMNS, believed, skipped, spreads, table


def contender(name: str, difference: float = 0.0) -> dict[str, Any]:
    """Return a contender of three rounds."""
    rounds = [{"load_ms": 1.0 * k, "row_us": 10.0 * k, "rows_per_s": 1e6 / k} for k in (1, 2, 3)]
    return {"name": name, "bytes": 2048, "difference": difference, "rounds": rounds}


FAMILIES: list[dict[str, Any]] = [
    {"family": "trees", "skipped": {"peer": "it is not there"}, "contenders": [contender("ours", 2e-16)]},
    {"family": "lines", "skipped": {}, "contenders": [contender("ours"), contender("other", 1e-7)]},
]
EXPECTED = """\
| family | served by | load, ms | one row, us |  middle half | rows/s of 1,000 |  KiB | difference |
|--------|-----------|---------:|------------:|-------------:|----------------:|-----:|-----------:|
| trees  | ours      |     2.00 |        20.0 | 15.0 to 25.0 |         500,000 | 2.00 |      2e-16 |
| lines  | ours      |     2.00 |        20.0 | 15.0 to 25.0 |         500,000 | 2.00 |          0 |
|        | other     |     2.00 |        20.0 | 15.0 to 25.0 |         500,000 | 2.00 |      1e-07 |"""


def test_the_table_shows_medians() -> None:
    """A family is named once; its contenders stand below each other."""
    assert table(FAMILIES) == EXPECTED


def test_the_middle_half_is_of_the_rounds() -> None:
    """Each metric has a spread of its own."""
    found = spreads(contender("ours"))
    assert {metric: spread.median for metric, spread in found.items()} == {
        "load_ms": 2.0,
        "row_us": 20.0,
        "rows_per_s": 500_000.0,
    }
    assert (found["row_us"].low, found["row_us"].high) == (15.0, 25.0)


def test_who_is_not_in_the_table_is_named() -> None:
    """With the reason."""
    assert skipped(FAMILIES) == "- trees: no peer, because it is not there"


@pytest.mark.parametrize("difference", [0.0011, 0.64, float("nan"), float("inf")])
def test_wrong_answers_are_not_timed(difference: float) -> None:
    """Whose probabilities are off has answered another question; not a number is off, too."""
    wrong = {"family": "lines", "skipped": {}, "contenders": [contender("ours"), contender("other", difference)]}
    (found,) = believed([wrong])
    assert [made["name"] for made in found["contenders"]] == ["ours"]
    assert found["skipped"] == {"other": f"its probabilities are off by up to {difference:.2g}"}


def test_a_small_difference_is_believed() -> None:
    """float32 is no wrong answer; what was measured is left as it was."""
    assert believed(FAMILIES) == FAMILIES
    assert len(COLUMNS) == 8
