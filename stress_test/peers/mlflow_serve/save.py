# mypy: ignore-errors
"""Saves the pipeline as an MLflow model that answers probabilities; arguments: the pipeline, and the folder to be."""

import sys

import joblib
import mlflow.sklearn

# Without a signature, which would be enforced at each request and only take time.
mlflow.sklearn.save_model(
    joblib.load(sys.argv[1]), sys.argv[2], pyfunc_predict_fn="predict_proba", serialization_format="pickle"
)
