"""Pure-Python scorers: what an artifact's pickle holds, exported from a fitted sklearn pipeline."""

from challenge_neuralworks.scorers.parts import Scorer

__all__ = ["Scorer"]
