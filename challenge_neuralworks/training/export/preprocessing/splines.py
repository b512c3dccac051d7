"""Assembler of SplineTransformer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from challenge_neuralworks.scorers.stages.splines import Splines
from challenge_neuralworks.training.export.columns import Assembled
from challenge_neuralworks.training.export.preprocessing.guards import bounds_of, floats, refuse_missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Source

OUTSIDE = {
    "continue": "continue",
    "error": "continue",
    "periodic": "periodic",
    "linear": "linear",
    "constant": "linear",
}
"""SplineTransformer's extrapolation -> the stage's; a constant is a line of slope 0."""


def splines(transformer: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return a fitted SplineTransformer as knots, and lines beyond them."""
    extrapolation, degree = transformer.extrapolation, int(transformer.degree)
    # Since scikit-learn 1.8; before, missing values are refused.
    if getattr(transformer, "handle_missing", "error") == "error":
        refuse_missing(sources, step, "SplineTransformer(handle_missing='error')")
    _refuse_low_degrees(transformer, len(sources), step)
    curves = transformer.bsplines_
    inner = [(float(curve.t[degree]), float(curve.t[-degree - 1])) for curve in curves]
    if extrapolation == "error":
        _refuse_outside(sources, inner, step)
    if any(low == high for low, high in inner):
        step.refuse("SplineTransformer of a constant column", "leave the column out")
    lines = [_lines(curve, ends, extrapolation) for curve, ends in zip(curves, inner, strict=True)]
    n_splines = curves[0].c.shape[1]
    n_kept = n_splines if transformer.include_bias else n_splines - 1
    knots = [floats(curve.t) for curve in curves]
    stage = Splines(knots, degree, OUTSIDE[extrapolation], lines if lines[0] else (), n_kept)
    return Assembled(stage, tuple(source.changed() for source in sources for _ in range(n_kept)))


def _lines(curve: Any, ends: tuple[float, float], extrapolation: str) -> list[list[float]]:
    """Return value and slope of each spline at both ends, as far as scikit-learn follows them."""
    if extrapolation not in {"constant", "linear"}:
        return []
    degree, n_splines = int(curve.k), int(curve.c.shape[1])
    # scikit-learn continues as many splines at each end as the degree says, one more of low degrees.
    followed = degree + 1 if extrapolation == "linear" and degree <= 1 else degree
    slope = 1.0 if extrapolation == "linear" else 0.0
    lines: list[list[float]] = []
    for end, places in zip(ends, (range(followed), range(n_splines - followed, n_splines)), strict=True):
        values, slopes = floats(curve(end)), floats(curve(end, nu=1))
        lines.append([value if place in places else 0.0 for place, value in enumerate(values)])
        lines.append([slope * value if place in places else 0.0 for place, value in enumerate(slopes)])
    return lines


def _refuse_low_degrees(transformer: Any, n_columns: int, step: Step) -> None:
    degree = transformer.degree
    if transformer.extrapolation == "constant" and degree == 0:
        step.refuse("SplineTransformer(degree=0, extrapolation='constant')", "use a KBinsDiscretizer")
    if transformer.extrapolation == "linear" and degree <= 1 and n_columns > 1:
        # scikit-learn raises the degree again for each column after the first, and so takes other ends.
        step.refuse(
            f"SplineTransformer(degree={degree}, extrapolation='linear') of {n_columns} columns",
            "use one for each column",
        )


def _refuse_outside(sources: Sequence[Source], inner: Sequence[tuple[float, float]], step: Step) -> None:
    for source, (low, high) in zip(sources, inner, strict=True):
        bounds = bounds_of(source, step)
        if bounds is None or bounds[0] < low or bounds[1] > high:
            step.refuse(
                f"SplineTransformer(extrapolation='error') of {sorted(source.features)}, which may pass the knots,",
                "set extrapolation to something else",
            )
