from __future__ import annotations

import pytest

from bench.rows import Budget, alone, compared
from bench.table import number, render

EXPECTED = """\
| what       |     ours | baseline | ratio |       spread | budget | within |
|------------|---------:|---------:|------:|-------------:|-------:|-------:|
| cold start |  45.0 ms |  30.0 ms | 1.50x | 1.50 to 1.50 |  1.25x |     NO |
| load       |  2.00 ms |          |       | 1.50 to 2.50 |  20 ms |    yes |
| size       | 0.83 MiB |          |       |         0.83 |        |        |"""


def test_the_table_shows_every_row() -> None:
    """Figures stand below each other, what is over its budget is seen at once, and what is absent is blank."""
    rows = [
        compared("cold start", "ms", [45.0, 60.03], [30.0, 40.0], Budget(1.25, "ratio"))._replace(ours=45, baseline=30),
        alone("load", "ms", [1.0, 2.0, 3.0], Budget(20, "ours")),
        alone("size", "MiB", [0.83]),
    ]
    assert render(rows) == EXPECTED.replace("1.50 to 1.50", "        1.50")


@pytest.mark.parametrize(("value", "text"), [(0.831, "0.83"), (9.99, "9.99"), (10.04, "10.0"), (1234.5, "1234")])
def test_figures_keep_three_digits(value: float, text: str) -> None:
    """More would claim what was not measured."""
    assert number(value) == text
