"""Assemblers of linear classifiers that have probabilities."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from challenge_neuralworks.scorers.links import LINKS
from challenge_neuralworks.training.export.heads.linear import Linear, linear_head, matrix, vector

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.scorers.parts import Head
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column

BINARY = ("sigmoid", "sigmoid-of-twice")
MULTICLASS = ("softmax", "one-vs-rest")


def linear_classifier(estimator: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return a fitted LogisticRegression, or another whose probabilities are a link of its decision function."""
    weights = matrix(estimator.coef_)
    link = _link(estimator, weights, step)
    return linear_head(Linear(weights, vector(estimator.intercept_, len(weights)), link), columns, step)


def _link(estimator: Any, weights: list[list[float]], step: Step) -> str:
    """Return the link that the estimator itself uses.

    Which it is depends on the solver, on ``multi_class`` and on the version of scikit-learn, each in its own
    way from release to release: so it is asked, at points where its scores are small.
    """
    targets = np.vstack([2.0 * np.eye(len(weights)) - 1.0, 1.0 - 2.0 * np.eye(len(weights))])
    points = np.linalg.lstsq(np.array(weights), (targets - np.ravel(estimator.intercept_)).T, rcond=None)[0].T
    with warnings.catch_warnings():
        # Points have no column names.
        warnings.simplefilter("ignore")
        decided = np.asarray(estimator.decision_function(points)).reshape(len(points), -1)
        expected = estimator.predict_proba(points)
    for link in MULTICLASS if len(estimator.classes_) > 2 else BINARY:
        found = [LINKS[link](tuple(map(float, row))) for row in decided]
        if np.allclose(found, expected, rtol=0.0, atol=1e-12):
            break
    else:
        step.refuse(f"{type(estimator).__name__} with probabilities of its own", "use the default multi_class")
    return link
