"""Assemblers of estimators other than trees: one module a family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from challenge_neuralworks.training.export.composition import pipeline_head
from challenge_neuralworks.training.export.heads.linear import logistic_regression

if TYPE_CHECKING:
    from challenge_neuralworks.training.export.assembly import HeadOfColumns, PlainHead

HEADS: dict[type, PlainHead] = {}

FOLDING: dict[type, HeadOfColumns] = {
    LogisticRegression: logistic_regression,
    Pipeline: pipeline_head,
}
