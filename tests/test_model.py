"""Models: proven on load, equal alone and in any batch, never answering a made-up value."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import ClassVar

import pytest

from challenge_neuralworks.artifact import Golden, load
from challenge_neuralworks.errors import GoldenMismatch, ManifestInvalid, NotExplainable
from challenge_neuralworks.model import Model, NotAPrediction
from challenge_neuralworks.models import model_class
from challenge_neuralworks.models.delay import Delay
from challenge_neuralworks.scorers import Scorer
from challenge_neuralworks.scorers.additive import AdditiveScorer
from challenge_neuralworks.scorers.explaining import ExplainedScorer
from challenge_neuralworks.scorers.explaining.additive import AdditiveExplainer
from challenge_neuralworks.scorers.links import sigmoid
from challenge_neuralworks.signature import Field, Row
from tests.making import INSTANCE, TOY, TOY_SCORER, seal


@pytest.fixture
def toy(tmp_path: Path) -> Model:
    """Return the toy model, loaded from its artifact."""
    seal(tmp_path)
    return Model.load(str(tmp_path / "toy"))


def test_a_prediction_is_the_sum_of_its_terms(toy: Model) -> None:
    """log-odds = bias + table entries + weight * (value - mean) / scale, by hand."""
    log_odds = -0.5 + 0.25 + 0.125 + 3 / 8 + 0.5 * (1.5 - 1.0) / 2.0
    assert toy.predict(INSTANCE) == (1 - sigmoid(log_odds), sigmoid(log_odds))


@pytest.mark.parametrize(("log_odds", "p"), [(0.0, 0.5), (800.0, 1.0), (-800.0, 0.0), (-1.0, 0.2689414213699951)])
def test_sigmoid_holds_at_both_ends(log_odds: float, p: float) -> None:
    """No overflow, however far out."""
    assert sigmoid(log_odds) == pytest.approx(p, abs=1e-15)


def test_a_broken_golden_promise_keeps_a_model_down(tmp_path: Path) -> None:
    """A model that does not reproduce a promised prediction is not served; the error has both."""
    seal(tmp_path, golden=(Golden(INSTANCE, (0.5, 0.5)),))
    with pytest.raises(GoldenMismatch) as refused:
        Model.load(str(tmp_path / "toy"))
    assert refused.value.promised == (0.5, 0.5)
    assert refused.value.computed == TOY_SCORER.predict(INSTANCE)


def test_a_row_is_worth_the_same_alone_in_a_batch_and_shuffled(toy: Model) -> None:
    """What stands beside a row cannot matter, and rows are not changed by being scored."""
    source = random.Random(5)
    rows: list[Row] = [
        {
            "colour": source.choice(["red", "dark green", "Málaga"]),
            "place": source.choice(["here", "there", "Narnia"]),
            "age": source.randrange(10),
            "weight": source.uniform(-10, 10),
        }
        for _ in range(500)
    ]
    before = copy.deepcopy(rows)
    alone = [toy.predict(row) for row in rows]
    order = list(range(500))
    source.shuffle(order)
    shuffled = toy.predict_many([rows[i] for i in order])
    assert toy.predict_many(rows) == alone
    assert [shuffled[order.index(i)] for i in range(500)] == alone
    assert rows == before


@pytest.mark.parametrize(
    ("prediction", "threshold", "label"),
    [((0.6, 0.4), None, "no"), ((0.5, 0.5), None, "yes"), ((0.6, 0.4), 0.4, "yes"), ((0.0, 1.0), 1.0, "yes")],
)
def test_the_label_is_the_second_class_from_the_threshold_on(
    toy: Model, prediction: tuple[float, float], threshold: float | None, label: str
) -> None:
    """p1 >= threshold is the second class; the manifest's threshold (0.5) holds where none is given."""
    assert toy.label(prediction, threshold) == label


def test_of_many_classes_the_likeliest_wins(tmp_path: Path) -> None:
    """With three classes a threshold means nothing."""
    seal(tmp_path)
    artifact = load(str(tmp_path / "toy"))
    manifest = artifact.manifest._replace(classes=("a", "b", "c"), threshold=None)
    three = Model(artifact._replace(manifest=manifest))
    assert three.label((0.2, 0.5, 0.3)) == "b"


class _Nan(Scorer):
    def predict(self, row: object) -> tuple[float, ...]:
        return float("nan"), float("nan")


def test_nan_is_never_answered(tmp_path: Path) -> None:
    """A scorer that computes no probability raises instead."""
    seal(tmp_path)
    model = Model(load(str(tmp_path / "toy"))._replace(scorer=_Nan()))
    with pytest.raises(NotAPrediction):
        model.predict(INSTANCE)
    with pytest.raises(NotAPrediction):
        model.predict_many([INSTANCE])


class _Derived(Model):
    fields: ClassVar[tuple[Field, ...]] = tuple(f._replace(categories=()) for f in TOY.fields)

    @classmethod
    def features(cls, row: Row) -> Row:
        """Double the age."""
        return {**row, "age": min(9, int(row["age"] or 0) * 2)}


def test_derived_features_reach_the_scorer(tmp_path: Path) -> None:
    """A subclass's `features` is what the scorer sees, alone and in a batch."""
    promised = TOY_SCORER.predict({**INSTANCE, "age": 6})
    seal(tmp_path, golden=(Golden(INSTANCE, promised),))
    model = _Derived.load(str(tmp_path / "toy"))
    assert model.predict(INSTANCE) == promised
    assert model.predict_many([INSTANCE]) == [promised]


def test_an_explanation_sums_to_the_score_over_the_fields(tmp_path: Path) -> None:
    """Contributions are of declared fields only: a derived feature's share goes to what it was made of."""

    class Parted(_Derived):
        parents: ClassVar = {"age": ("colour", "place")}

    explained = ExplainedScorer(TOY_SCORER, AdditiveExplainer(TOY_SCORER, {}))
    seal(tmp_path, "toy", explained, golden=(Golden(INSTANCE, TOY_SCORER.predict({**INSTANCE, "age": 6})),))
    explanation = Parted.load(str(tmp_path / "toy")).explain(INSTANCE)
    assert explanation.base == -0.5
    assert explanation.contributions == pytest.approx({"colour": 0.25 + 0.375, "place": 0.125 + 0.375, "weight": 0.125})
    assert explanation.base + sum(explanation.contributions.values()) == pytest.approx(explanation.score, abs=1e-12)


def test_a_model_sealed_without_an_explainer_says_so(toy: Model) -> None:
    """There is no explanation to be had, and no other is made up."""
    with pytest.raises(NotExplainable, match="sealed without an explainer"):
        toy.explain(INSTANCE)


def test_a_manifest_of_another_signature_is_refused(tmp_path: Path) -> None:
    """A model whose code declares other fields than its artifact does not load."""
    seal(tmp_path)
    with pytest.raises(ManifestInvalid, match="Delay"):
        Delay.load(str(tmp_path / "toy"))


def test_a_model_without_a_module_uses_the_base_class() -> None:
    """Serving a model needs no code; a module of its name is found where there is one."""
    assert model_class("no_such_model") is Model
    assert model_class("delay") is Delay


def test_a_scorer_pickles_as_plain_tables() -> None:
    """The pickled form is the class and built-in containers, so that its allow-list has one entry."""
    constructor, (bias, lookups, numbers) = TOY_SCORER.__reduce__()
    assert constructor is AdditiveScorer
    assert bias == -0.5
    assert {type(term) for term in (*lookups, *numbers)} == {tuple}
