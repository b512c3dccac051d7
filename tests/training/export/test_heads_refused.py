"""What no head can express is refused by name, with the way out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import AdaBoostClassifier, GradientBoostingClassifier, StackingClassifier, VotingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, Perceptron, Ridge, RidgeClassifier, SGDClassifier
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV, TunedThresholdClassifierCV
from sklearn.naive_bayes import BernoulliNB, CategoricalNB, GaussianNB
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import PowerTransformer
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from challenge_neuralworks.errors import Unsupported
from challenge_neuralworks.signature import Field, Signature
from challenge_neuralworks.training.export import export
from challenge_neuralworks.training.export.heads.thresholds import chosen_threshold
from tests.making import TOY
from tests.training.export.fitting import ROWS, SAMME, THREE, TWO, VALUE, fit, fitted

NUMBERED = (TWO == "yes").astype(int)
PAIR = np.stack([VALUE, VALUE], axis=1)
LABELS = np.stack([NUMBERED, 1 - NUMBERED], axis=1)
CALIBRATE = r"has no predict_proba, cannot be exported; wrap it in CalibratedClassifierCV"

REFUSED: dict[str, tuple[Any, Any, str]] = {
    "a machine": (LinearSVC(), TWO, f"step 'estimate': LinearSVC, which {CALIBRATE}"),
    "a ridge": (RidgeClassifier(), TWO, f"RidgeClassifier, which {CALIBRATE}"),
    "a perceptron": (Perceptron(), THREE, f"Perceptron, which {CALIBRATE}"),
    "hinges": (SGDClassifier(random_state=0), TWO, rf"SGDClassifier\(loss='hinge'\), which {CALIBRATE}"),
    "a search of machines": (
        GridSearchCV(LinearSVC(), {"C": [1.0]}, cv=2),
        TWO,
        f"step 'estimate.best_estimator_': LinearSVC, which {CALIBRATE}",
    ),
    "a stack under a machine": (
        StackingClassifier([("naive", GaussianNB(var_smoothing=0.1))], LinearSVC(), cv=2),
        TWO,
        f"step 'estimate.final_estimator_': LinearSVC, which {CALIBRATE}",
    ),
    "hard votes": (VotingClassifier([("one", LogisticRegression())]), TWO, r"voting='hard'\).*set voting='soft'"),
    "random answers": (DummyClassifier(strategy="stratified"), TWO, r"strategy='stratified'\), which draws at random"),
    "labels that are stacked": (
        StackingClassifier([("one", LogisticRegression())], cv=2, stack_method="predict"),
        TWO,
        "step 'estimate': the stack_method 'predict' of LogisticRegression",
    ),
    "trees over what others say": (
        StackingClassifier([("one", LogisticRegression())], DecisionTreeClassifier(), cv=2),
        TWO,
        "step 'estimate': trees as final_estimator.*use a linear one",
    ),
    "two values of a line": (LinearRegression(), PAIR, "LinearRegression of 2 outputs"),
    "two values of a network": (MLPRegressor(hidden_layer_sizes=(3,), max_iter=5), PAIR, "MLPRegressor of 2 outputs"),
    "two labels of a network": (MLPClassifier((3,), max_iter=5), LABELS, "MLPClassifier of 2 outputs"),
    "two values of a dummy": (DummyRegressor(), PAIR, "DummyRegressor of 2 outputs"),
    "two labels of a dummy": (DummyClassifier(), LABELS, "DummyClassifier of 2 outputs"),
    "a boost of boosts": (
        AdaBoostClassifier(GradientBoostingClassifier(n_estimators=2), n_estimators=2, **SAMME),
        TWO,
        "AdaBoostClassifier of GradientBoostingClassifier.*boost one of BernoulliNB",
    ),
    "a function of the target": (
        TransformedTargetRegressor(Ridge(), func=np.sqrt, inverse_func=np.square, check_inverse=False),
        np.abs(VALUE),
        r"TransformedTargetRegressor\(inverse_func=<ufunc 'square'>.*use inverse_func=np.exp",
    ),
}


@pytest.mark.parametrize(("estimator", "target", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_expressed_is_refused_by_name(estimator: Any, target: Any, message: str) -> None:
    """The error names step, class and parameter, and the way out."""
    model = fitted(estimator, target)
    with pytest.raises(Unsupported, match=message):
        export(model, TOY)


def test_numbers_that_may_be_missing_need_an_imputer() -> None:
    """scikit-learn raises on a missing number, and no scorer answers in its place."""
    optional = Signature(tuple(field._replace(missing="accept") for field in TOY.fields))
    for estimator in (LogisticRegression(), GaussianNB(), MLPClassifier((2,), max_iter=5)):
        with pytest.raises(Unsupported, match=r"'age', which may be missing, .*put an imputer before it"):
            export(fit(estimator, TWO, columns=["age", "weight"]), optional)
        with pytest.raises(Unsupported, match=r"NaN for some values .*put an imputer before it"):
            export(fitted(estimator, TWO), optional)


def test_a_category_is_no_number() -> None:
    """A category that looks like a number is refused where a number is computed with."""
    texts = Signature([Field("age", "category", "How old.", "3", categories=tuple("0123456789"))])
    for estimator in (LogisticRegression(), GaussianNB()):
        with pytest.raises(Unsupported, match="the category 'age' as a number"):
            export(fit(estimator, TWO, columns=["age"]), texts)


def test_a_threshold_of_anything_but_the_second_probability_is_refused() -> None:
    """A request's threshold is compared with the second class's probability, so the stored one must be of that."""
    decides = FixedThresholdClassifier(LinearSVC(), threshold=0.0)
    first = FixedThresholdClassifier(LogisticRegression(), threshold=0.3, pos_label="no")
    tuned = TunedThresholdClassifierCV(LogisticRegression(), cv=2, response_method="decision_function")
    for estimator, target in ((decides, NUMBERED), (first, TWO), (tuned, NUMBERED)):
        model = fitted(estimator, target)
        with pytest.raises(Unsupported, match="with a threshold of the "):
            export(model, TOY)
        with pytest.raises(Unsupported, match="with a threshold of the "):
            chosen_threshold(model)


def test_folds_that_lack_a_class_are_refused() -> None:
    """A calibrated classifier that never saw a class has no column for it."""
    model = fitted(CalibratedClassifierCV(LogisticRegression(), cv=2), THREE)
    part = model[-1].calibrated_classifiers_[0]
    part.estimator.classes_ = part.estimator.classes_[:2]
    with pytest.raises(Unsupported, match="fitted on 2 of 3 classes"):
        export(model, TOY)


def test_categories_that_naive_bayes_does_not_know_are_refused() -> None:
    """scikit-learn raises on a category it was not fitted on, and no scorer answers in its place."""
    for columns, message in (
        (["age"], "category 9, of which it knows 9"),
        (["size"], "whose values are not all known"),
    ):
        rows = pd.DataFrame({columns[0]: [index % 9 for index in range(len(ROWS))]})
        with pytest.raises(Unsupported, match=message):
            export(CategoricalNB().fit(rows, TWO), TOY)


def test_thresholds_of_naive_bayes_count() -> None:
    """BernoulliNB asks only whether a number is over 0: rounded to just above or just below, it decides."""
    encode = ColumnTransformer([("power", PowerTransformer(), ["weight"])])
    for estimator in (BernoulliNB(), VotingClassifier([("naive", BernoulliNB())], voting="soft")):
        model = fit(Pipeline([("encode", encode), ("estimate", estimator)]), TWO)
        with pytest.raises(Unsupported, match="with thresholds after ColumnTransformer, whose last digit decides"):
            export(model, TOY)
