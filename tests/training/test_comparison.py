"""The comparison of candidates: its chosen line is the recipe, and its table is in the model's card."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from challenge_neuralworks.models.delay import Delay
from challenge_neuralworks.training.comparison import CANDIDATES, HEADER, derived, measure
from challenge_neuralworks.training.comparison import pipeline as candidate_pipeline
from challenge_neuralworks.training.datasets import Examples, read_flights
from challenge_neuralworks.training.evaluation import scores, splits
from challenge_neuralworks.training.frames import feature_rows, frame
from challenge_neuralworks.training.recipes.delay import RECIPE
from tests.making import ROOT

CARD = ROOT / "docs" / "models" / "delay.md"
CHOSEN = next(candidate for candidate in CANDIDATES if candidate.name.startswith("**"))


def test_crossed_categories_are_the_served_features(sample: Path) -> None:
    """The comparison derives what `Delay.features` derives, level for level, though one works on rows."""
    rows = read_flights(sample).rows
    crossed, served = derived(CHOSEN, frame(rows)), frame(feature_rows(Delay, rows))
    for name, feature in (("OPERA*SIGLADES*HORA-I", "FLIGHT"), ("TIPOVUELO*DIANOM*HORA-I/6", "SHIFT")):
        pairs = set(zip(crossed[name], served[feature], strict=True))
        assert len(pairs) == crossed[name].nunique() == served[feature].nunique()


def test_a_line_holds_what_the_candidate_scores(sample: Path) -> None:
    """AUC and Brier of the line are those of the candidate, fitted and tested on the two splits."""
    examples = read_flights(sample)
    (split, _), features = splits(examples, 11), derived(CHOSEN, frame(examples.rows))
    target = np.array(examples.target)
    fitted = candidate_pipeline(CHOSEN).fit(features.iloc[split.fit], target[split.fit])
    found = scores(target[split.test], fitted.predict_proba(features.iloc[split.test])[:, 1])
    cells = [cell.strip() for cell in measure(CHOSEN, examples, 11).strip("|").split("|")]
    assert cells[0] == CHOSEN.name
    assert cells[2:4] == [f"{found['auc']:.4f}", f"{found['brier']:.4f}"]
    assert len(cells) == HEADER.splitlines()[0].count("|") - 1


def test_the_card_shows_every_candidate_and_the_right_figures(real_examples: Examples) -> None:
    """The table in docs/ is what the comparison prints; the chosen line is measured anew."""
    card = CARD.read_text(encoding="utf-8")
    assert HEADER in card
    assert [candidate.name for candidate in CANDIDATES if f"| {candidate.name} |" not in card] == []
    assert measure(CHOSEN, real_examples, RECIPE.test_from_month) in card
