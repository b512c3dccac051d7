"""Assemblers of AdaBoost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn import ensemble, naive_bayes, tree
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV, SGDClassifier

from challenge_neuralworks.scorers.ensembles import LogVotesHead, MedianHead, VotesHead
from challenge_neuralworks.training.export.heads.checks import same_classes
from challenge_neuralworks.training.export.heads.margins import REFUSALS
from challenge_neuralworks.training.export.heads.nesting import nested, nested_scores
from challenge_neuralworks.training.export.heads.rounding import refuse_float32

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.scorers.parts import Head
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column

DECIDES = {*REFUSALS, LinearDiscriminantAnalysis, LogisticRegression, LogisticRegressionCV, SGDClassifier}
"""Classifiers that predict by the sign, or the largest, of their decision function."""

LIKELIEST = {
    ensemble.ExtraTreesClassifier,
    ensemble.RandomForestClassifier,
    naive_bayes.BernoulliNB,
    naive_bayes.ComplementNB,
    naive_bayes.GaussianNB,
    naive_bayes.MultinomialNB,
    tree.DecisionTreeClassifier,
    tree.ExtraTreeClassifier,
}
"""Classifiers that predict the first of the most probable classes."""


def boosted_classifier(boosting: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return a fitted AdaBoostClassifier."""
    n_classes = len(boosting.classes_)
    total = float(boosting.estimator_weights_.sum())
    if n_classes < 2 or total == 0.0:
        step.refuse("AdaBoostClassifier of one class, or of no weight", "fit it on two classes or more")
    for member in boosting.estimators_:
        same_classes(member, n_classes, step)
    if getattr(boosting, "algorithm", "SAMME") == "SAMME.R":
        refuse_float32(boosting, "logarithms of its probabilities", step)
        return LogVotesHead(_members(boosting, columns, step), total, n_classes)
    members = [_voter(f"estimators_[{i}]", one, columns, step) for i, one in enumerate(boosting.estimators_)]
    return VotesHead(members, _weights(boosting), total, n_classes)


def boosted_regressor(boosting: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return a fitted AdaBoostRegressor."""
    return MedianHead(_members(boosting, columns, step), _weights(boosting))


def _voter(name: str, estimator: Any, columns: Sequence[Column], step: Step) -> tuple[Head, bool]:
    if type(estimator) in DECIDES:
        return nested_scores(name, estimator, columns, step), True
    if type(estimator) not in LIKELIEST:
        known = ", ".join(sorted(kind.__name__ for kind in DECIDES | LIKELIEST))
        step.refuse(f"AdaBoostClassifier of {type(estimator).__name__}", f"boost one of {known}")
    return nested(name, estimator, columns, step), False


def _members(boosting: Any, columns: Sequence[Column], step: Step) -> list[Head]:
    return [nested(f"estimators_[{i}]", one, columns, step) for i, one in enumerate(boosting.estimators_)]


def _weights(boosting: Any) -> list[float]:
    return [float(weight) for weight in boosting.estimator_weights_[: len(boosting.estimators_)]]
