"""How good a model is on rows it has not seen: at random, and later in time; measured, and reported."""

from challenge_neuralworks.training.evaluation.importance import predictor
from challenge_neuralworks.training.evaluation.inputs import Candidate, Effort, Given, Spread, Trial
from challenge_neuralworks.training.evaluation.metrics import METRICS, measure, scores
from challenge_neuralworks.training.evaluation.report import evaluation_report, write_report
from challenge_neuralworks.training.evaluation.splitting import Split, evaluate, out_of_fold, splits
from challenge_neuralworks.training.evaluation.trying import try_recipe

__all__ = [
    "METRICS",
    "Candidate",
    "Effort",
    "Given",
    "Split",
    "Spread",
    "Trial",
    "evaluate",
    "evaluation_report",
    "measure",
    "out_of_fold",
    "predictor",
    "scores",
    "splits",
    "try_recipe",
    "write_report",
]
