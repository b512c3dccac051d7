"""Examples by their positions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from challenge_neuralworks.training.datasets import Examples, select

EXAMPLES = Examples(
    [{"a": number} for number in range(4)],
    [0, 1, 0, 1],
    pd.Series([pd.Timestamp(2017, 1, day) for day in (4, 3, 2, 1)], index=[7, 8, 9, 10]),
)


def test_rows_targets_and_moments_stay_together() -> None:
    """In the order asked for, repeats included, numbered from 0 again."""
    chosen = select(EXAMPLES, np.array([3, 0, 3]))
    assert chosen.rows == [{"a": 3}, {"a": 0}, {"a": 3}]
    assert chosen.target == [1, 0, 1]
    assert chosen.moments is not None
    assert [moment.day for moment in chosen.moments] == [1, 4, 1]
    assert chosen.moments.index.tolist() == [0, 1, 2]


def test_examples_that_do_not_say_when_stay_so() -> None:
    """None is not an empty list of moments; nothing chosen is nothing."""
    assert select(EXAMPLES._replace(moments=None), [1]) == Examples([{"a": 1}], [1], None)
    assert select(EXAMPLES._replace(moments=None), []) == Examples([], [], None)
