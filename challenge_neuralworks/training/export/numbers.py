"""Encoders of numbers."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, Any

from challenge_neuralworks.training.export.columns import Number, Table

if TYPE_CHECKING:
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column


def standard_scaler(scaler: Any, columns: list[Column], step: Step) -> list[Column]:
    """Return each column shifted and scaled as a fitted StandardScaler does."""
    zeros, ones = [0.0] * len(columns), [1.0] * len(columns)
    means = [float(mean) for mean in scaler.mean_] if scaler.with_mean else zeros
    scales = [float(scale) for scale in scaler.scale_] if scaler.with_std else ones
    return [_scaled(column, mean, scale, step) for column, mean, scale in zip(columns, means, scales, strict=True)]


def _scaled(column: Column, mean: float, scale: float, step: Step) -> Column:
    numeric = step.numeric(column, "StandardScaler")
    if isinstance(numeric, Table):
        return numeric.map(lambda value: (value - mean) / scale)
    # Of a number already scaled: ((v - m) / s - mean) / scale == (v - (m + mean * s)) / (s * scale).
    return Number(numeric.feature, numeric.mean + mean * numeric.scale, numeric.scale * scale)


def cyclical(encoder: Any, columns: list[Column], step: Step) -> list[Column]:
    """Return sin and cos of each column as tables over the values that its field allows."""
    assembled: list[Column] = []
    for column in columns:
        numeric = step.numeric(column, "CyclicalEncoder")
        if not isinstance(numeric, Table):
            step.refuse(f"CyclicalEncoder of the unbounded {numeric.feature!r}", "declare it an integer with bounds")
        values = list(numeric.entries)
        pairs = _circle(encoder, [numeric.entries[value] for value in values])
        for part in (0, 1):
            entries = {value: pair[part] for value, pair in zip(values, pairs, strict=True)}
            assembled.append(Table(numeric.feature, entries, nan))
    return assembled


def _circle(encoder: Any, values: list[float]) -> list[list[float]]:
    """Return sin and cos as the encoder itself computes them: of one feature, so a fresh one of its period."""
    fresh = type(encoder)(encoder.period).fit([[0.0]])
    return [[float(part) for part in pair] for pair in fresh.transform([[value] for value in values])]
