"""Exact explanations: what each feature adds to a row's score."""

from challenge_neuralworks.scorers.explaining.parts import ExplainedScorer, Explainer, Explanation, NotExplainable

__all__ = ["ExplainedScorer", "Explainer", "Explanation", "NotExplainable"]
