"""Assemblers of estimators other than trees: one module a family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sklearn import linear_model, naive_bayes
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline
from sklearn.svm import LinearSVR

from challenge_neuralworks.training.export.composition import pipeline_head
from challenge_neuralworks.training.export.heads import bayes, margins
from challenge_neuralworks.training.export.heads.classifiers import linear_classifier
from challenge_neuralworks.training.export.heads.meta import META
from challenge_neuralworks.training.export.heads.neural import perceptron
from challenge_neuralworks.training.export.heads.regressors import generalized, linear_regressor

if TYPE_CHECKING:
    from challenge_neuralworks.training.export.assembly import HeadOfColumns, PlainHead

LINEAR_REGRESSORS: tuple[type, ...] = (
    linear_model.ARDRegression,
    linear_model.BayesianRidge,
    linear_model.ElasticNet,
    linear_model.ElasticNetCV,
    linear_model.HuberRegressor,
    linear_model.Lars,
    linear_model.LarsCV,
    linear_model.Lasso,
    linear_model.LassoCV,
    linear_model.LassoLars,
    linear_model.LassoLarsCV,
    linear_model.LassoLarsIC,
    linear_model.LinearRegression,
    linear_model.OrthogonalMatchingPursuit,
    linear_model.OrthogonalMatchingPursuitCV,
    linear_model.QuantileRegressor,
    linear_model.Ridge,
    linear_model.RidgeCV,
    linear_model.SGDRegressor,
    linear_model.TheilSenRegressor,
    LinearSVR,
)
"""All predict ``coef_ @ columns + intercept_``."""

HEADS: dict[type, PlainHead] = {**margins.REFUSALS}

FOLDING: dict[type, HeadOfColumns] = {
    **dict.fromkeys(LINEAR_REGRESSORS, linear_regressor),
    **META,
    LinearDiscriminantAnalysis: linear_classifier,
    MLPClassifier: perceptron,
    MLPRegressor: perceptron,
    Pipeline: pipeline_head,
    linear_model.GammaRegressor: generalized,
    linear_model.LogisticRegression: linear_classifier,
    linear_model.LogisticRegressionCV: linear_classifier,
    linear_model.PoissonRegressor: generalized,
    linear_model.SGDClassifier: margins.sgd_classifier,
    linear_model.TweedieRegressor: generalized,
    naive_bayes.BernoulliNB: bayes.bernoulli,
    naive_bayes.CategoricalNB: bayes.categorical,
    naive_bayes.ComplementNB: bayes.multinomial,
    naive_bayes.GaussianNB: bayes.gaussian,
    naive_bayes.MultinomialNB: bayes.multinomial,
}
