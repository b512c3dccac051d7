"""Assemblers of scalers of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from challenge_neuralworks.scorers.columns import Chain
from challenge_neuralworks.scorers.stages.scaling import Circle, Clip, Standardize, Stretch, Threshold, UnitNorm
from challenge_neuralworks.training.export.columns import UNCHANGED, Assembled, Source, joined
from challenge_neuralworks.training.export.preprocessing.guards import floats, refuse_missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.training.export.assembly import Step


def standard_scaler(scaler: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return a fitted StandardScaler as shifts and scales."""
    zeros, ones = [0.0] * len(sources), [1.0] * len(sources)
    means = floats(scaler.mean_) if scaler.with_mean else zeros
    scales = floats(scaler.scale_) if scaler.with_std else ones
    return standardized(sources, means, scales)


def robust_scaler(scaler: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return a fitted RobustScaler as shifts and scales."""
    zeros, ones = [0.0] * len(sources), [1.0] * len(sources)
    centres = floats(scaler.center_) if scaler.with_centering else zeros
    scales = floats(scaler.scale_) if scaler.with_scaling else ones
    return standardized(sources, centres, scales)


def max_abs_scaler(scaler: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return a fitted MaxAbsScaler as scales."""
    scaled = standardized(sources, [0.0] * len(sources), floats(scaler.scale_))
    # Since scikit-learn 1.9.
    if getattr(scaler, "clip", False):
        return _clipped(scaled, -1.0, 1.0)
    return scaled


def min_max_scaler(scaler: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return a fitted MinMaxScaler as factors and shifts."""
    stretch = Stretch(floats(scaler.scale_), floats(scaler.min_))
    stretched = Assembled(stretch, tuple(source.changed() for source in sources))
    if scaler.clip:
        low, high = scaler.feature_range
        return _clipped(stretched, float(low), float(high))
    return stretched


def standardized(sources: Sequence[Source], means: Sequence[float], scales: Sequence[float]) -> Assembled:
    """Return ``(column - mean) / scale`` of each column; of a raw number, that is all there is to it."""
    made = [
        source._replace(affine=(mean, scale)) if source.affine == UNCHANGED else source.changed()
        for source, mean, scale in zip(sources, means, scales, strict=True)
    ]
    return Assembled(Standardize(means, scales), tuple(made))


def _clipped(scaled: Assembled, low: float, high: float) -> Assembled:
    return Assembled(Chain((scaled.stage, Clip(low, high))), tuple(source.changed() for source in scaled.sources))


def normalizer(transformer: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return a Normalizer, which mixes the columns of a row."""
    refuse_missing(sources, step, "Normalizer")
    stage = UnitNorm(transformer.norm, float(10 * np.finfo(np.float64).eps))
    return Assembled(stage, (joined(tuple(sources)),) * len(sources))


def binarizer(transformer: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return a Binarizer."""
    refuse_missing(sources, step, "Binarizer")
    return Assembled(Threshold(float(transformer.threshold)), tuple(source.changed() for source in sources))


def cyclical(encoder: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return the project's CyclicalEncoder."""
    return Assembled(Circle(float(encoder.period)), tuple(s.changed() for s in sources for _ in ("sin", "cos")))
