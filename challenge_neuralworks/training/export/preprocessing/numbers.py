"""Assemblers of what bends numbers: bins, products, powers, quantiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import norm

from challenge_neuralworks.scorers.columns import Chain
from challenge_neuralworks.scorers.stages.binning import Bins
from challenge_neuralworks.scorers.stages.powers import BoxCox, Products, YeoJohnson
from challenge_neuralworks.scorers.stages.quantiles import THRESHOLD, Quantiles
from challenge_neuralworks.scorers.stages.scaling import Standardize
from challenge_neuralworks.training.export.columns import Assembled, Source, joined
from challenge_neuralworks.training.export.preprocessing.guards import bounds_of, floats, refuse_missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.scorers.parts import Stage
    from challenge_neuralworks.training.export.assembly import Step


def bins(discretizer: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return a fitted KBinsDiscretizer as the inner edges of its bins."""
    if discretizer.dtype is not None and np.dtype(discretizer.dtype) != np.dtype(np.float64):
        step.refuse(f"KBinsDiscretizer(dtype={discretizer.dtype!r})", "leave dtype out")
    refuse_missing(sources, step, "KBinsDiscretizer")
    edges = [floats(edges[1:-1]) for edges in discretizer.bin_edges_]
    written = "ordinal" if discretizer.encode == "ordinal" else "one-hot"
    made = [
        source.changed()
        for source, inner in zip(sources, edges, strict=True)
        for _ in range(1 if written == "ordinal" else len(inner) + 1)
    ]
    return Assembled(Bins(edges, written), tuple(made))


def products(transformer: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return fitted PolynomialFeatures, each product made of the one that lacks its first factor."""
    refuse_missing(sources, step, "PolynomialFeatures")
    places: dict[tuple[int, ...], int] = {(): 0}
    steps: list[tuple[int, int]] = []
    factors = [tuple(i for i, power in enumerate(row) for _ in range(power)) for row in transformer.powers_.tolist()]
    for product in factors:
        for start in range(len(product) - 1, -1, -1):
            tail = product[start:]
            if tail not in places:
                steps.append((places[tail[1:]], tail[0]))
                places[tail] = len(steps)
    made = tuple(_product_source([sources[i] for i in product]) for product in factors)
    return Assembled(Products(steps, [places[product] for product in factors]), made)


def _product_source(factors: list[Source]) -> Source:
    return factors[0] if len(factors) == 1 else joined(factors)


def power_transformer(transformer: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return a fitted PowerTransformer: the powers, and the scaler after them."""
    lambdas = floats(transformer.lambdas_)
    if transformer.method == "box-cox":
        _refuse_not_positive(sources, step)
    stages: list[Stage] = [BoxCox(lambdas) if transformer.method == "box-cox" else YeoJohnson(lambdas)]
    if transformer.standardize:
        scaler = transformer._scaler  # noqa: SLF001 - the fitted scaler has no public name
        stages.append(Standardize(floats(scaler.mean_), floats(scaler.scale_)))
    return Assembled(Chain(stages), tuple(source.changed() for source in sources))


def _refuse_not_positive(sources: Sequence[Source], step: Step) -> None:
    for source in sources:
        bounds = bounds_of(source, step)
        if bounds is None or not bounds[0] > 0:
            step.refuse(
                f"PowerTransformer(method='box-cox') of {sorted(source.features)}, which may not be positive,",
                "use method='yeo-johnson', or state a minimum above 0 in the signature",
            )


def quantiles(transformer: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return a fitted QuantileTransformer as its quantiles."""
    limits: tuple[float, ...] = ()
    if transformer.output_distribution == "normal":
        nearest = THRESHOLD - np.spacing(1)
        limits = float(norm.ppf(nearest)), float(norm.ppf(1 - nearest))
    stage = Quantiles([floats(column) for column in transformer.quantiles_.T], floats(transformer.references_), limits)
    return Assembled(stage, tuple(source.changed() for source in sources))
