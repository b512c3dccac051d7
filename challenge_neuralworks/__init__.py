"""Serve scikit-learn models from AWS Lambda, shipping none of scikit-learn."""

__version__ = "0.1.0"
