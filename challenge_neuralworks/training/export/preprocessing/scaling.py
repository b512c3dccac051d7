"""Assemblers of scalers of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from challenge_neuralworks.scorers.stages.scaling import Circle, Standardize
from challenge_neuralworks.training.export.columns import UNCHANGED, Assembled, Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.training.export.assembly import Step


def standard_scaler(scaler: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return a fitted StandardScaler as shifts and scales."""
    zeros, ones = [0.0] * len(sources), [1.0] * len(sources)
    means = [float(mean) for mean in scaler.mean_] if scaler.with_mean else zeros
    scales = [float(scale) for scale in scaler.scale_] if scaler.with_std else ones
    return standardized(sources, means, scales)


def standardized(sources: Sequence[Source], means: Sequence[float], scales: Sequence[float]) -> Assembled:
    """Return ``(column - mean) / scale`` of each column; of a raw number, that is all there is to it."""
    made = [
        source._replace(affine=(mean, scale)) if source.affine == UNCHANGED else source.changed()
        for source, mean, scale in zip(sources, means, scales, strict=True)
    ]
    return Assembled(Standardize(means, scales), tuple(made))


def cyclical(encoder: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return the project's CyclicalEncoder."""
    return Assembled(Circle(float(encoder.period)), tuple(s.changed() for s in sources for _ in ("sin", "cos")))
