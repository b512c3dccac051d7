"""Rows as a frame of features, made by the very function that serves them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.signature import Row


def feature_rows(model: type[Model], rows: Iterable[Row]) -> list[Row]:
    """Return what the model's scorer takes for each row, shape (n_rows,)."""
    return [model.features(row) for row in rows]


def frame(features: Iterable[Row]) -> pd.DataFrame:
    """Return rows of features as a frame, one column a feature, as `EstimatorScorer` builds it."""
    return pd.DataFrame.from_records([dict(row) for row in features])
