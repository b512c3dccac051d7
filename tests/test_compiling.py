"""A busy scorer's code gives what its tables give, to the last bit."""

from __future__ import annotations

import random
from array import array
from pathlib import Path
from typing import Any

import pytest

from challenge_neuralworks import model as module
from challenge_neuralworks.compiling import MOST_TERMS, compiled, compiled_explanation
from challenge_neuralworks.model import Model
from challenge_neuralworks.scorers.explaining import ExplainedScorer, Explainer
from challenge_neuralworks.scorers.explaining.pairs import PairExplainer
from challenge_neuralworks.scorers.pairs import PairHead, PairScorer
from challenge_neuralworks.store import FolderStore
from tests.making import INSTANCE, ROOT, TOY_SCORER, drawn, seal

COLOURS = {"red": 0, "blue": 1, None: 2}
THRESHOLDS = (-1.0, 0.0, 2.5)


def tables(*numbers: float) -> bytes:
    """Return numbers as an artifact holds them."""
    return array("d", numbers).tobytes()


def scorer(link: str = "sigmoid", base: float = 0.1, pairs: int = 1) -> PairScorer:
    """Return the sum of one table of a category and a number, as often as asked, and one of each alone."""
    axes = ((0, COLOURS, 3), (1, 1.0, 2.0, THRESHOLDS))
    pair = (0, 1, tables(*(place / 7 for place in range(4 * 5))))
    singles = ((1, tables(0.3, -0.7, 1e-17, 4.0, 0.11)), (0, tables(1 / 3, -1 / 3, 0.2, 0.5)))
    return PairScorer(("colour", "weight"), PairHead(base, axes, singles, (pair,) * pairs, link))


def explained(tabled: PairScorer) -> ExplainedScorer:
    """Return a scorer with an explainer whose averages are anything: the arithmetic is under test."""
    averages = (0.25, tables(0.1, -0.2, 1 / 3, 0.7), tables(0.5, 1e-17, -0.3, 2 / 7, 0.9))
    head = tabled.head
    features = ("weightless", *tabled.features)
    moved = PairHead(head.base, [(axis[0] + 1, *axis[1:]) for axis in head.axes], head.singles, head.pairs, head.link)
    return ExplainedScorer(tabled, PairExplainer(features, moved, 0.05, (0.11, -0.01), [averages] * len(head.pairs)))


ROWS: list[dict[str, Any]] = [
    {"colour": colour, "weight": weight}
    for colour in ("red", "blue", None, "never seen")
    for weight in (None, -1e308, -1.0, -0.999, 1, 1.0, 5.9, 6.0, 1e308)
]


@pytest.mark.parametrize("link", ["sigmoid", "identity"])
@pytest.mark.parametrize("base", [0.1, -900.0, 900.0])
def test_code_and_tables_agree(link: str, base: float) -> None:
    """Missing and unknown values, both sides of each threshold, and sums whose exponential overflows."""
    tabled = scorer(link, base)
    predict = compiled(tabled)
    assert predict is not None
    assert [predict(row) for row in ROWS * 2] == [tabled.predict(row) for row in ROWS * 2]


@pytest.mark.parametrize("name", ["delay", "income"])
def test_code_and_tables_of_the_served_models_agree(name: str) -> None:
    """On random instances, those at the bounds and those with nulls and unknown categories among them."""
    model = FolderStore(str(ROOT / "models")).get(name)
    predict = compiled(model.artifact.scorer)
    assert predict is not None
    draw = random.Random(7)
    rows = [model.features(drawn(model.signature, draw)) for _ in range(2_000)]
    assert [predict(row) for row in rows] == [model.artifact.scorer.predict(row) for row in rows]


@pytest.mark.parametrize("pairs", [1, 3])
def test_code_and_tables_explain_alike(pairs: int) -> None:
    """To the last bit, signs of zeros included; a feature without a table adds 0."""
    tabled = explained(scorer(base=-3.0, pairs=pairs))
    explain = compiled_explanation(tabled)
    assert explain is not None
    rows = [{**row, "weightless": 7} for row in ROWS * 2]
    assert [repr(explain(row)) for row in rows] == [repr(tabled.explain(row)) for row in rows]


@pytest.mark.parametrize("name", ["delay", "income"])
def test_explanations_of_the_served_models_are_the_same(name: str) -> None:
    """On random instances, as predictions."""
    scorer = FolderStore(str(ROOT / "models")).get(name).artifact.scorer
    explain = compiled_explanation(scorer)
    assert explain is not None
    model = FolderStore(str(ROOT / "models")).get(name)
    draw = random.Random(11)
    rows = [model.features(drawn(model.signature, draw)) for _ in range(2_000)]
    assert [repr(explain(row)) for row in rows] == [repr(scorer.explain(row)) for row in rows]  # type: ignore[attr-defined]


def test_an_explanation_of_something_else_is_not_compiled() -> None:
    """No explainer, one of another kind, and one of too many tables: each stays what it is."""
    assert compiled_explanation(TOY_SCORER) is None
    assert compiled_explanation(ExplainedScorer(scorer(), Explainer())) is None
    assert compiled_explanation(explained(scorer(pairs=MOST_TERMS))) is None


def test_no_word_of_an_artifact_gets_into_an_explanation() -> None:
    """As for predictions: what should be an axis and is Python is an error."""
    head = scorer().head
    evil = PairHead(0.1, head.axes, [("0] + exit() + [0", head.singles[0][1])], [], "sigmoid")
    with pytest.raises(TypeError):
        compiled_explanation(ExplainedScorer(scorer(), PairExplainer(("colour", "weight"), evil, 0.0, (0.0,), [])))


def test_a_busy_model_explains_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is busy with explanations, as it becomes so and after; predictions alone do not make it so."""
    monkeypatch.setattr(module, "BUSY", 10)
    model = FolderStore(str(ROOT / "models")).get("delay")
    draw = random.Random(5)
    rows = [drawn(model.signature, draw) for _ in range(30)]
    model.predict_many(rows)
    assert (model._explain, model._compiled is None) == (None, False)
    answers = [[repr(model.explain(row)) for row in rows] for _ in range(2)]
    assert model._explain not in {None, getattr(model.artifact.scorer, "explain", None)}
    assert answers[0] == answers[1]


def test_an_explained_scorer_is_compiled_as_the_one_it_explains() -> None:
    """What explains has no part in a prediction."""
    tabled = scorer()
    predict = compiled(ExplainedScorer(tabled, Explainer()))
    assert predict is not None
    assert predict(ROWS[0]) == tabled.predict(ROWS[0])


def test_what_is_no_sum_of_pairs_stays_as_it_is() -> None:
    """Another scorer, and one of so many tables that Python could not compile the sum."""
    assert compiled(TOY_SCORER) is None
    assert compiled(scorer(pairs=MOST_TERMS - 1)) is None
    assert compiled(scorer(pairs=MOST_TERMS - 2)) is not None


def test_negative_axes_count_from_the_end() -> None:
    """As the loop's own indices do."""
    head = scorer().head
    turned = PairHead(0.1, head.axes, [(-1, head.singles[0][1])], [(-2, -1, head.pairs[0][2])], "sigmoid")
    tabled = PairScorer(("colour", "weight"), turned)
    predict = compiled(tabled)
    assert predict is not None
    assert [predict(row) for row in ROWS] == [tabled.predict(row) for row in ROWS]


def test_no_word_of_an_artifact_gets_into_the_code() -> None:
    """An axis that is a piece of Python is an error, and is not run."""
    head = scorer().head
    evil = PairHead(0.1, head.axes, [("0] + exit() + [0", head.singles[0][1])], head.pairs, "sigmoid")
    with pytest.raises(TypeError):
        compiled(PairScorer(("colour", "weight"), evil))


def test_unknown_values_are_not_remembered() -> None:
    """They have no end: a caller that invents them must not fill the memory."""
    predict = compiled(scorer())
    assert predict is not None
    cells = [cell.cell_contents for cell in predict.__closure__ or ()]
    axes = [cell for cell in cells if isinstance(cell, dict) and hasattr(cell, "_places")]
    for number in range(1_000):
        predict({"colour": f"made up {number}", "weight": 0.0})
    assert sum(map(len, axes)) == 2


def test_a_busy_model_answers_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is busy, as it becomes so and after, alone and in batches, an instance has one prediction."""
    monkeypatch.setattr(module, "BUSY", 10)
    model = FolderStore(str(ROOT / "models")).get("delay")
    draw = random.Random(3)
    rows = [drawn(model.signature, draw) for _ in range(30)]
    expected = [model.artifact.scorer.predict(model.features(row)) for row in rows]
    assert [model.predict(row) for row in rows] == model.predict_many(rows) == expected
    fresh = Model.load(str(ROOT / "models" / "income"))
    many = [drawn(fresh.signature, draw) for _ in range(30)]
    assert fresh.predict_many(many) == fresh.predict_many(many) == [fresh.predict(row) for row in many]


def test_a_model_that_cannot_be_compiled_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own scorer answers, alone and in batches."""
    monkeypatch.setattr(module, "BUSY", 2)
    seal(tmp_path)
    model = Model.load(str(tmp_path / "toy"))
    expected = TOY_SCORER.predict(INSTANCE)
    assert [model.predict(INSTANCE) for _ in range(5)] == model.predict_many([INSTANCE] * 5) == [expected] * 5
