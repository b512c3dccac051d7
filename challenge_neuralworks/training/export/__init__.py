"""From a fitted scikit-learn pipeline to a scorer of plain tables; what cannot be expressed is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn.utils.validation import check_is_fitted

from challenge_neuralworks.scorers.additive import AdditiveScorer
from challenge_neuralworks.scorers.columns import ColumnsScorer
from challenge_neuralworks.scorers.linear import AdditiveHead
from challenge_neuralworks.scorers.pairs import PairHead, PairScorer
from challenge_neuralworks.training.export.assembly import Step
from challenge_neuralworks.training.export.columns import Raw
from challenge_neuralworks.training.export.preprocessing.functions import register_function
from challenge_neuralworks.training.export.registry import REGISTRY, register_head, register_transform

if TYPE_CHECKING:
    from challenge_neuralworks.scorers import Scorer
    from challenge_neuralworks.signature import Signature

__all__ = ["export", "register_function", "register_head", "register_transform"]


def export(estimator: Any, signature: Signature) -> Scorer:
    """Return the scorer that gives a fitted estimator's predictions.

    Parameters
    ----------
    estimator : a classifier or regressor fitted on a frame, one named column a feature.
    signature : the fields that rows are checked against; its bounds and categories say which values can come.
        Columns that it does not name are derived features.

    Raises
    ------
    Unsupported : a step, class or parameter cannot be expressed; names it and says what to do.
    sklearn.exceptions.NotFittedError : the estimator is not fitted.
    """
    check_is_fitted(estimator)
    step = Step("", signature, REGISTRY, {})
    if not hasattr(estimator, "feature_names_in_"):
        step.refuse("an estimator fitted on columns without names", "fit it on a pandas frame")
    names = [str(name) for name in estimator.feature_names_in_]
    step = step._replace(names=names)
    head = step.head("", estimator, [Raw(position, name) for position, name in enumerate(names)])
    if isinstance(head, AdditiveHead) and len(head.bases) == 1 and head.link in AdditiveScorer.LINKS:
        return _additive(head, names)
    if isinstance(head, PairHead) and head.link in PairScorer.LINKS:
        return PairScorer(names, head)
    categories = {field.name for field in signature.fields if field.kind == "category"}
    numbers = [i for i, name in enumerate(names) if name not in categories and name not in step.categories]
    return ColumnsScorer(names, numbers, head)


def _additive(head: AdditiveHead, names: list[str]) -> AdditiveScorer:
    lookups = [
        (names[position], {value: entry[0] for value, entry in table.items()}, unknown[0])
        for position, table, unknown in head.lookups
    ]
    numbers = [(names[position], weights[0], mean, scale) for position, weights, mean, scale in head.numbers]
    return AdditiveScorer(head.bases[0], lookups, numbers, head.link)
