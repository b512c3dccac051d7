"""Slices: every value is listed, few rows are not judged, and what is surely worse is found."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from challenge_neuralworks.signature import Field, Row
from challenge_neuralworks.training.evaluation.bootstrap import draw_weights
from challenge_neuralworks.training.evaluation.metrics import measure
from challenge_neuralworks.training.evaluation.slices import (
    FEWEST_ROWS,
    RANKS_WORSE,
    TOO_HIGH,
    TOO_LOW,
    measure_slices,
)
from challenge_neuralworks.training.evaluation.slicing import BANDS, slice_rows

COLOUR = Field("colour", "category", "", "red", missing="accept")
MONTH = Field("month", "integer", "", 1, "", 1, 12)
AGE = Field("age", "integer", "", 1, "", 0, 99, missing="accept")
ROWS = 4_000


def sliced(rows: list[Row], target: Any, p: Any, *fields: Field) -> dict[tuple[str, str | None], dict[str, Any]]:
    """Return the lines by field and value."""
    weights = draw_weights(len(rows), 60, 1)
    lines = measure_slices(np.asarray(target), np.asarray(p), 0.5, rows, fields, weights)
    return {(line["field"], line["value"]): line for line in lines}


@pytest.fixture(scope="module")
def drawn() -> tuple[list[Row], np.ndarray, np.ndarray]:
    """Return rows of three colours whose classes were drawn by their probabilities."""
    draw = np.random.default_rng(4)
    p = draw.uniform(0.05, 0.95, ROWS)
    rows: list[Row] = [{"colour": str(colour)} for colour in draw.choice(["red", "green", "blue"], ROWS)]
    return rows, (draw.random(ROWS) < p).astype(np.int64), p


def test_values_are_listed_field_by_field_the_largest_first() -> None:
    """As declared; a missing value is one of them."""
    rows: list[Row] = [{"month": 1, "colour": colour} for colour in ("red", None, "blue", "blue", None, "blue")]
    found = [(piece.field, piece.value, piece.positions.tolist()) for piece in slice_rows(rows, (COLOUR, MONTH))]
    assert found == [
        ("colour", "blue", [2, 3, 5]),
        ("colour", None, [1, 4]),
        ("colour", "red", [0]),
        ("month", "1", [0, 1, 2, 3, 4, 5]),
    ]


def test_a_number_of_many_values_is_cut_into_bands() -> None:
    """About as many rows in each, named by values that occur; missing ones on their own."""
    rows: list[Row] = [{"age": age} for age in [*range(100), None]]
    found = slice_rows(rows, (AGE,))
    assert [(piece.value, len(piece.positions)) for piece in found if piece.value is None] == [(None, 1)]
    bands = sorted(piece.positions.tolist() for piece in found if piece.value is not None)
    assert len(bands) == BANDS
    assert sorted(age for band in bands for age in band) == list(range(100))
    assert {piece.value for piece in found} == {None, *(f"{band[0]} to {band[-1]}" for band in bands)}
    assert {len(band) for band in bands} <= {19, 20, 21}


def test_a_value_that_is_most_of_the_rows_is_a_band_of_its_own() -> None:
    """Capital gains: nearly all 0, and the rest is not spread over empty bands."""
    rows: list[Row] = [{"age": age} for age in [0] * 90 + list(range(10, 30))]
    found = {piece.value: len(piece.positions) for piece in slice_rows(rows, (AGE,))}
    assert found["0"] == 90
    assert sum(found.values()) == 110


def test_a_slice_is_measured_like_any_rows(drawn: tuple[list[Row], np.ndarray, np.ndarray]) -> None:
    """Its figures are those of its rows alone, and its intervals lie around them."""
    rows, target, p = drawn
    line = sliced(rows, target, p, COLOUR)["colour", "red"]
    mask = np.array([row["colour"] == "red" for row in rows])
    alone = measure(target[mask], p[mask], 0.5)
    assert {name: line[name] for name in ("auc", "brier", "recall", "precision", "f1", "mean_p")} == {
        name: alone[name] for name in ("auc", "brier", "recall", "precision", "f1", "mean_p")
    }
    assert (line["rows"], line["ones"], line["observed"]) == (mask.sum(), target[mask].sum(), alone["base_rate"])
    assert line["gap"] == pytest.approx(line["mean_p"] - line["observed"])
    assert line["gap_low"] < line["gap"] < line["gap_high"]
    assert line["auc_low"] < line["auc"] < line["auc_high"]


def test_probabilities_that_are_right_have_no_weak_slice(drawn: tuple[list[Row], np.ndarray, np.ndarray]) -> None:
    """Chance alone finds none."""
    assert [line["weak"] for line in sliced(*drawn, COLOUR).values()] == [[], [], []]


def test_intervals_widen_with_the_number_of_slices(drawn: tuple[list[Row], np.ndarray, np.ndarray]) -> None:
    """Of three colours, a rate and an AUC each are judged; of two such fields, twice as many."""
    rows, target, p = drawn
    twice: list[Row] = [{**row, "shade": row["colour"]} for row in rows]
    one = sliced(rows, target, p, COLOUR)["colour", "red"]
    two = sliced(twice, target, p, COLOUR, COLOUR._replace(name="shade"))["colour", "red"]
    widths = [line["gap_high"] - line["gap_low"] for line in (one, two)]
    z = [NormalDist().inv_cdf(1 - 0.025 / judged) for judged in (6, 12)]
    assert widths[1] / widths[0] == pytest.approx(z[1] / z[0])
    # Rows whose classes are drawn by p have this standard error, and the resamples do not see much more.
    red = np.array([row["colour"] == "red" for row in rows])
    chance = np.sqrt((p[red] * (1 - p[red])).sum()) / red.sum()
    assert widths[0] / 2 / z[0] == pytest.approx(chance, rel=0.3)
    assert widths[0] / 2 / z[0] >= chance * (1 - 1e-9)


def test_what_is_wrong_in_a_slice_is_found_there(drawn: tuple[list[Row], np.ndarray, np.ndarray]) -> None:
    """Too high where they were raised, too low where they were lowered, no order where they were shuffled."""
    rows, target, p = drawn
    colours = np.array([row["colour"] for row in rows])
    wrong = np.where(colours == "red", p + 0.04, np.where(colours == "green", p - 0.045, p))
    wrong[colours == "red"] *= 1.1
    wrong[colours == "blue"] = np.random.default_rng(1).permutation(p[colours == "blue"])
    found = sliced(rows, target, np.clip(wrong, 0, 1), COLOUR)
    assert {value: line["weak"] for (_, value), line in found.items()} == {
        "red": [TOO_HIGH],
        "green": [TOO_LOW],
        "blue": [RANKS_WORSE],
    }


def test_few_rows_are_counted_and_not_judged(drawn: tuple[list[Row], np.ndarray, np.ndarray]) -> None:
    """However wrong they look."""
    rows, target, _ = drawn
    few: list[Row] = [{"colour": "rare"} if index < FEWEST_ROWS - 1 else row for index, row in enumerate(rows)]
    line = sliced(few, target, np.zeros(ROWS), COLOUR)["colour", "rare"]
    assert (line["rows"], line["few"], line["weak"]) == (FEWEST_ROWS - 1, True, [])
    assert line["ones"] == target[: FEWEST_ROWS - 1].sum()
    assert {line[name] for name in ("auc", "brier", "recall", "mean_p", "gap", "gap_low", "auc_low")} == {None}


def test_a_slice_of_one_class_has_no_auc_and_is_not_sure_of_its_rate() -> None:
    """None of 60 where 2 in 100 are expected is chance, though no resample would show another rate."""
    draw = np.random.default_rng(1)
    rows: list[Row] = [{"colour": "pale" if index < 60 else "red"} for index in range(1_000)]
    target = np.where(np.arange(1_000) < 60, 0, draw.integers(0, 2, 1_000))
    p = np.where(np.arange(1_000) < 60, 0.02, 0.5)
    line = sliced(rows, target, p, COLOUR)["colour", "pale"]
    assert (line["auc"], line["auc_low"], line["recall"]) == (None, None, None)
    assert line["gap_low"] < 0 < line["gap"] == pytest.approx(0.02)
    assert line["weak"] == []
