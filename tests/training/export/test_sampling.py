"""Sampled rows: within the signature, usual ones as they are stated, extreme ones as far as bounds let them go."""

from __future__ import annotations

from typing import Any

import numpy as np

from challenge_neuralworks.signature import Field, Signature
from challenge_neuralworks.training.export.assembly import Step
from challenge_neuralworks.training.export.columns import Column, Number, Plain, Raw, Table
from challenge_neuralworks.training.export.registry import REGISTRY
from challenge_neuralworks.training.export.sampling import FARTHEST, USUAL, sampled_columns, sampled_rows, samples

SIGNATURE = Signature(
    (
        Field("colour", "category", "What.", "green", categories=("red", "green", "Málaga")),
        Field("age", "integer", "How old.", 3, "year", 0, 9),
        Field("weight", "number", "How heavy.", 1e-4, "kg"),
        Field("height", "number", "How high.", 5.0, "m", 0.0),
    )
)
NAMES = [*SIGNATURE.names, "kind", "rate"]
STEP = Step("", SIGNATURE, REGISTRY, {"kind": {"a": None, "b": None}}, NAMES)


def test_sampled_rows_pass_the_signature() -> None:
    """Whatever is found on them can be asked of the model."""
    rows = [{name: row[name] for name in SIGNATURE.names} for row in sampled_rows(NAMES, STEP)]
    assert [fault for row in rows for fault in SIGNATURE.faults(row)] == []
    assert rows[0] == SIGNATURE.example()


def test_usual_rows_go_through_all_categories_and_stay_near_the_example() -> None:
    """Of a number without bounds only the example says how large it is; derived categories are those of encoders."""
    usual = sampled_rows(NAMES, STEP)[:USUAL]
    assert {row["colour"] for row in usual} == {"red", "green", "Málaga"}
    assert {row["kind"] for row in usual} == {"a", "b"}
    assert {row["rate"] for row in usual} == {1.0}
    assert 1e-5 < max(abs(row["weight"]) for row in usual) <= 2e-4
    assert len({(row["colour"], row["kind"]) for row in usual}) == 6


def test_extreme_rows_go_as_far_as_bounds_let_them() -> None:
    """Up to 1e300 on either side where there are none, all numbers at once."""
    extreme = sampled_rows(NAMES, STEP)[USUAL:]
    far = [(row["age"], row["weight"], row["height"]) for row in extreme[:2]]
    assert far == [(9, FARTHEST, FARTHEST), (0, -FARTHEST, 0.0)]


def test_columns_of_every_kind_are_known_on_the_rows() -> None:
    """Tables look up, numbers are scaled, computed ones come with what they are; of others nothing is known."""
    rows = sampled_rows(NAMES, STEP)
    columns: list[Column] = [
        Table(0, {"red": 1.0, "green": 2.0}, 9.0),
        Number(1, 1.0, 2.0),
        Raw(2, "weight"),
        Plain(7, tuple(float(index) for index in range(len(rows)))),
        Plain(8),
    ]
    known = samples(columns, STEP)
    assert known.example.tolist() == [[2.0, 1.0, 1e-4, 0.0, 1.0]]
    assert known.extreme[0].tolist() == [2.0, 4.0, FARTHEST, USUAL, 1.0]


def test_a_row_on_which_a_step_raises_takes_no_other_with_it() -> None:
    """It is NaN, and the others are what the step makes of them."""

    def halve(rows: Any) -> object:
        if (rows["weight"].abs() > 1.0).any():
            raise ValueError("too heavy")
        return rows[["weight", "age"]].to_numpy(dtype=float) / 2.0

    made = sampled_columns(halve, NAMES, 2, STEP)
    assert made[0].tolist() == [5e-5, 1.5]
    assert np.isfinite(made[:USUAL]).all()
    assert np.isnan(made[USUAL:]).all()
