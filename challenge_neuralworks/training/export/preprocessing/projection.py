"""Assemblers of projections: PCA, TruncatedSVD."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from challenge_neuralworks.scorers.stages.projection import Project
from challenge_neuralworks.training.export.columns import Assembled, Source, joined
from challenge_neuralworks.training.export.preprocessing.guards import floats, refuse_missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.training.export.assembly import Step


LEAST_VARIANCE = 1e-10
"""Share of the largest variance below which a component is rounding: whitened, it would be blown up to size one."""


def pca(transformer: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return a fitted PCA; equal to 1e-9 only, since sums of products are rounded in another order."""
    refuse_missing(sources, step, "PCA")
    components = transformer.components_
    centres = transformer.mean_ @ components.T if transformer.mean_ is not None else np.zeros(len(components))
    scales = np.ones(len(components))
    if transformer.whiten:
        variances = np.asarray(transformer.explained_variance_)
        if variances.min() < LEAST_VARIANCE * variances.max():
            step.refuse(
                "PCA(whiten=True) with a component of next to no variance, which makes noise of last digits,",
                "keep fewer components",
            )
        scales = np.sqrt(variances)
        scales = np.maximum(scales, np.finfo(scales.dtype).eps)
    return _project(components, centres, scales, sources)


def truncated_svd(transformer: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return a fitted TruncatedSVD; equal to 1e-9 only, as `pca`."""
    refuse_missing(sources, step, "TruncatedSVD")
    components = transformer.components_
    return _project(components, np.zeros(len(components)), np.ones(len(components)), sources)


def _project(components: Any, centres: Any, scales: Any, sources: Sequence[Source]) -> Assembled:
    stage = Project([floats(component) for component in components], floats(centres), floats(scales))
    return Assembled(stage, (joined(tuple(sources)),) * len(components))
