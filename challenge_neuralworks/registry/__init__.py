"""MLflow: every training as a run, sealed artifacts as versions of registered models, and a flavour that serves them.

`tracking` writes runs, `models` is the registry, `flavour` and `served` are what MLflow itself can run. Nothing here
imports MLflow before it is used: two seconds.
"""
