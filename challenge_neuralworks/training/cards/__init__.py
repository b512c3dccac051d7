"""Model cards: what a model is for and how good it is, in Markdown, every figure taken from its reports."""

from challenge_neuralworks.training.cards.card import card
from challenge_neuralworks.training.cards.declaration import Declaration, find_declaration

__all__ = ["Declaration", "card", "find_declaration"]
