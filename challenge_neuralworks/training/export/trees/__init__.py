"""Assemblers of decision trees and what is made of them: one module a family."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from challenge_neuralworks.training.export.assembly import HeadOfColumns, PlainHead

HEADS: dict[type, PlainHead] = {}

FOLDING: dict[type, HeadOfColumns] = {}
