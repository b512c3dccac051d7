"""Conformance suites that you run on your own models, as `check_estimator` does for scikit-learn's."""

from challenge_neuralworks.testing.exports import check_export
from challenge_neuralworks.testing.report import NotConforming, Report, Result
from challenge_neuralworks.testing.sealed import check_model

__all__ = ["NotConforming", "Report", "Result", "check_export", "check_model"]
