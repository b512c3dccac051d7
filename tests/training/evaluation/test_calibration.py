"""Calibration: which row is in which bin, and what the bins say."""

from __future__ import annotations

import numpy as np
import pytest

from challenge_neuralworks.training.evaluation.calibration import (
    calibration_error,
    equal_mass_bins,
    equal_width_bins,
    reliability,
)


def test_bins_of_equal_width_hold_their_lower_edge() -> None:
    """0.1 opens the second bin, and 1 closes the last."""
    assert equal_width_bins(np.array([0.0, 0.099, 0.1, 0.5, 0.95, 1.0])).tolist() == [0, 0, 1, 5, 9, 9]


def test_bins_of_equal_mass_hold_as_many_rows() -> None:
    """Twenty distinct probabilities, in any order, are two a bin."""
    p = np.random.default_rng(0).permutation(20) / 1_000
    assert equal_mass_bins(p).tolist() == [int(value * 1_000) // 2 for value in np.round(p, 3)]


def test_equal_probabilities_share_a_bin() -> None:
    """Else the order of the file would decide which of them is in which."""
    assert equal_mass_bins(np.array([0.4, 0.2, 0.4, 0.4, 0.9])).tolist() == [2, 0, 2, 2, 8]


def test_the_error_is_the_mean_distance_by_rows() -> None:
    """Three rows of mean 0.2 with one 1, and one row of 0.9 that is a 1."""
    target, p = np.array([0, 1, 0, 1]), np.array([0.19, 0.2, 0.21, 0.9])
    bins = np.array([2, 2, 2, 9])
    assert calibration_error(target, p, bins) == pytest.approx(3 / 4 * (1 / 3 - 0.2) + 1 / 4 * 0.1)


def test_the_table_lists_bins_that_hold_rows() -> None:
    """With what they hold; empty bins say nothing."""
    target, p = np.array([0, 1, 1]), np.array([0.12, 0.18, 0.9])
    assert reliability(target, p, equal_width_bins(p)) == [
        {"bin": 2, "least_p": 0.12, "largest_p": 0.18, "mean_p": pytest.approx(0.15), "observed": 0.5, "rows": 2},
        {"bin": 10, "least_p": 0.9, "largest_p": 0.9, "mean_p": 0.9, "observed": 1.0, "rows": 1},
    ]
