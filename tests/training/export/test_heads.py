"""Every estimator of its own, trees left out: the scorer answers as scikit-learn does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn import linear_model, naive_bayes
from sklearn.base import clone
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression as Exact
from sklearn.linear_model import LogisticRegression, SGDClassifier, TweedieRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVR

from challenge_neuralworks.scorers.additive import AdditiveScorer
from challenge_neuralworks.signature import Row, Signature
from challenge_neuralworks.training.export import export
from challenge_neuralworks.training.export.heads import LINEAR_REGRESSORS
from tests.making import TOY
from tests.training.export.fitting import EDGES, POSITIVE, THREE, TWO, VALUE, VERSION, difference, fit, fitted

OLD = VERSION < (1, 8)

CLASSIFIERS: dict[str, tuple[Any, float]] = {
    **{
        f"logistic {solver}": (LogisticRegression(solver=solver, max_iter=200), 1e-12)
        for solver in ("lbfgs", "newton-cg", "newton-cholesky", "sag", "saga")
    },
    "logistic without intercept": (LogisticRegression(fit_intercept=False, class_weight="balanced"), 1e-12),
    "logistic, steep": (LogisticRegression(C=1e6, max_iter=500), 1e-12),
    "logistic CV": (linear_model.LogisticRegressionCV(Cs=3, cv=3), 1e-12),
    "sgd log": (SGDClassifier(loss="log_loss", random_state=0), 1e-12),
    "sgd log, averaged": (SGDClassifier(loss="log_loss", average=True, alpha=0.01, random_state=0), 1e-12),
    "sgd huber": (SGDClassifier(loss="modified_huber", random_state=0), 1e-12),
    "discriminant": (LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.1), 1e-12),
    "gaussian": (naive_bayes.GaussianNB(var_smoothing=1e-3), 1e-12),
    "gaussian, priors": (naive_bayes.GaussianNB(var_smoothing=0.1), 1e-12),
    "bernoulli": (naive_bayes.BernoulliNB(), 1e-12),
    "bernoulli, threshold": (naive_bayes.BernoulliNB(binarize=0.3, fit_prior=False), 1e-12),
    **{
        f"network {activation}": (
            MLPClassifier((7, 5), activation=activation, max_iter=20, random_state=0),
            1e-9,
        )
        for activation in ("relu", "tanh", "logistic", "identity")
    },
    "network without hidden layers": (MLPClassifier((), max_iter=20, random_state=0), 1e-9),
    **{
        f"dummy {strategy}": (DummyClassifier(strategy=strategy), 0.0)
        for strategy in ("prior", "most_frequent", "uniform")
    },
}


@pytest.mark.parametrize("mixes", [False, True], ids=["folded", "mixed"])
@pytest.mark.parametrize("target", [TWO, THREE], ids=["two", "three"])
@pytest.mark.parametrize(("estimator", "tolerance"), CLASSIFIERS.values(), ids=CLASSIFIERS)
def test_classifiers_are_equal(estimator: Any, tolerance: float, target: Any, mixes: bool) -> None:
    """A classifier's probabilities are scikit-learn's, in the order of its classes."""
    assert difference(fitted(clone(estimator), target, mixes)) <= tolerance


# scikit-learn's own validation keeps old multi_class from new versions.
OLD_KINDS = [{"multi_class": kind, "solver": "lbfgs"} for kind in ("ovr", "multinomial")] if OLD else []


# From scikit-learn 1.8 on, liblinear knows two classes.
KINDS = [({"solver": "liblinear"}, TWO), *(((kind, target)) for kind in OLD_KINDS for target in (TWO, THREE))]
if OLD:
    KINDS.append(({"solver": "liblinear"}, THREE))


@pytest.mark.parametrize(("parameters", "target"), KINDS)
def test_one_vs_rest_and_multinomial_are_told_apart(parameters: dict[str, Any], target: Any) -> None:
    """Which link a logistic regression has depends on version, solver and parameter, and is always the right one."""
    for strength in (1.0, 1e6):
        assert difference(fitted(LogisticRegression(C=strength, **parameters), target)) <= 1e-12


REGRESSORS = {
    # Not LinearRegression: over columns that sum to 1 its coefficients are any, 1e13 too, and every bit is noise.
    **{kind.__name__: kind() for kind in LINEAR_REGRESSORS if "CV" not in kind.__name__ and kind is not Exact},
    "RidgeCV": linear_model.RidgeCV(),
    "LassoCV": linear_model.LassoCV(cv=3, alphas=[0.01, 0.1]),
    "ElasticNetCV": linear_model.ElasticNetCV(cv=3, alphas=[0.01, 0.1]),
    "LarsCV": linear_model.LarsCV(cv=3),
    "without intercept": linear_model.Ridge(fit_intercept=False),
    "huber SGD": linear_model.SGDRegressor(loss="huber", average=True, random_state=0),
    "DummyRegressor": DummyRegressor(strategy="median"),
    "LinearSVR": LinearSVR(random_state=0),
}
GENERALIZED = {
    "poisson": linear_model.PoissonRegressor(alpha=0.01),
    "gamma": linear_model.GammaRegressor(),
    "tweedie of normal": TweedieRegressor(power=0.0),
    "tweedie with log": TweedieRegressor(power=0.0, link="log", alpha=0.1),
    "tweedie between": TweedieRegressor(power=1.5, max_iter=1_000),
}


@pytest.mark.parametrize("estimator", REGRESSORS.values(), ids=REGRESSORS)
def test_linear_regressors_are_equal(estimator: Any) -> None:
    """A regression's one value is scikit-learn's, folded or not."""
    assert difference(fitted(clone(estimator), VALUE)) <= 1e-12
    assert difference(fitted(clone(estimator), VALUE, mixes=True)) <= 1e-12


@pytest.mark.parametrize("estimator", GENERALIZED.values(), ids=GENERALIZED)
def test_generalized_linear_regressors_are_equal(estimator: Any) -> None:
    """The link of a generalised linear model is its own, whether stated or chosen by its power."""
    assert difference(fitted(clone(estimator), POSITIVE)) <= 1e-12


@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic", "identity"])
def test_network_regressors_are_equal(activation: str) -> None:
    """A network's first layer folds into tables, and its value stays the same."""
    network = MLPRegressor(hidden_layer_sizes=(9,), activation=activation, max_iter=30, random_state=0)
    assert difference(fitted(network, VALUE)) <= 1e-9
    assert difference(fitted(clone(network), VALUE, mixes=True)) <= 1e-9


def test_estimators_read_features_without_an_encoder() -> None:
    """Numbers need no transformer, and a table of features over a folded regression is the leanest scorer."""
    estimators = {
        LogisticRegression(): TWO,
        Exact(): VALUE,
        linear_model.Ridge(): VALUE,
        naive_bayes.GaussianNB(): THREE,
    }
    for estimator, target in estimators.items():
        model = fit(estimator, target, columns=["age", "weight"])
        assert difference(model, EDGES, columns=["age", "weight"]) <= 1e-12
    assert isinstance(export(fitted(linear_model.Ridge(), VALUE), TOY), AdditiveScorer)


def test_naive_bayes_of_counts_is_linear() -> None:
    """MultinomialNB and ComplementNB are softmaxes of weighted sums."""
    for kind in (naive_bayes.MultinomialNB, naive_bayes.ComplementNB):
        model = fit(kind(), THREE, columns=["age"])
        assert difference(model, EDGES, columns=["age"]) <= 1e-12


def test_naive_bayes_of_categories_is_a_table() -> None:
    """CategoricalNB over integers of known bounds needs one look-up a feature."""
    model = fit(naive_bayes.CategoricalNB(min_categories=10), THREE, columns=["age"])
    assert difference(model, EDGES, columns=["age"]) <= 1e-12


def test_infinite_exponentials_are_infinite_where_numpy_says_so() -> None:
    """A log link overflows at the same value as numpy's exponential, not before."""
    model = fit(linear_model.PoissonRegressor(alpha=0.0), np.exp(VALUE), columns=["weight"])
    model.coef_, model.intercept_ = np.array([70.95]), 0.0
    rows: list[Row] = [{**EDGES[0], "weight": weight} for weight in (10.0, 9.99, -10.0)]
    assert difference(model, rows, columns=["weight"]) <= 1e-12
    model.coef_ = np.array([71.0])
    assert export(model, TOY).predict(rows[0]) == (float("inf"),)


@pytest.mark.parametrize(
    "estimator", [LogisticRegression(), naive_bayes.GaussianNB(), MLPClassifier((4,), max_iter=5)], ids=str
)
def test_missing_integers_are_looked_up(estimator: Any) -> None:
    """What an imputer makes of a missing number is in the table of its feature, whatever reads the table."""
    optional = Signature(tuple(field._replace(missing="accept") for field in TOY.fields if field.name == "age"))
    impute = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    model = fit(make_pipeline(impute, clone(estimator)), THREE, columns=["age"])
    rows: list[Row] = [{"age": age} for age in (*range(10), None)]
    assert difference(model, rows, signature=optional) <= 1e-12
