"""An instance that is valid for production is valid for the candidate, or the gate says why not."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from challenge_neuralworks.lifecycle.compatibility import field_changes, incompatibilities
from challenge_neuralworks.signature import Field, Signature
from tests.lifecycle.storing import sealed
from tests.making import INSTANCE, TOY, drawn

COLOUR, PLACE, AGE, WEIGHT = TOY.fields
NEW = Field("size", "integer", "How large it is.", 3, minimum=0, maximum=9)

NARROWER: list[tuple[Any, Any, str, dict[str, Any]]] = [
    (TOY.fields, TOY.fields[1:], "field 'colour' is gone, and unknown fields are refused", {}),
    (TOY.fields, (*TOY.fields, NEW), "field 'size' is new, and every field is needed", {}),
    (
        (COLOUR,),
        (COLOUR._replace(categories=("red", "Málaga")),),
        "field 'colour': 'dark green' is no category any more",
        {"colour": "dark green"},
    ),
    (
        (COLOUR,),
        (COLOUR._replace(categories=("red",)),),
        "field 'colour': 'dark green', 'Málaga' are no category any more",
        {"colour": "Málaga"},
    ),
    (
        (PLACE,),
        (PLACE._replace(unknown="refuse"),),
        "field 'place': unknown categories were accepted, and are refused",
        {"place": "nowhere"},
    ),
    ((AGE,), (AGE._replace(minimum=1),), "field 'age': the least value was 0, and is 1", {"age": 0}),
    ((AGE,), (AGE._replace(maximum=8),), "field 'age': the largest value was 9, and is 8", {"age": 9}),
    (
        (Field("x", "number", "", 1.0),),
        (Field("x", "number", "", 1.0, minimum=0.0),),
        "field 'x': the least value was unbounded, and is 0",
        {"x": -1.0},
    ),
    (
        (AGE._replace(missing="accept"),),
        (AGE,),
        "field 'age': null was accepted, and is refused",
        {"age": None},
    ),
    (
        (WEIGHT,),
        (WEIGHT._replace(kind="integer", example=1),),
        "field 'weight': it was a number, and is of kind integer",
        {"weight": 1.5},
    ),
    (
        (AGE,),
        (Field("age", "category", "", "3", categories=("3",)),),
        "field 'age': it was an integer, and is of kind category",
        {"age": 3},
    ),
]

WIDER: list[tuple[Any, Any]] = [
    (TOY.fields, TOY.fields),
    (TOY.fields, TOY.fields[::-1]),
    ((COLOUR,), (COLOUR._replace(categories=("blue", *COLOUR.categories)),)),
    ((COLOUR,), (COLOUR._replace(unknown="accept", categories=("red",)),)),
    ((AGE,), (AGE._replace(minimum=-5, maximum=90, missing="accept"),)),
    ((AGE,), (AGE._replace(kind="number"),)),
    ((PLACE,), (PLACE._replace(categories=("elsewhere",)),)),
    ((WEIGHT,), (WEIGHT._replace(description="Another one.", unit="g", example=2.5),)),
]


@pytest.mark.parametrize(("before", "after", "change", "witness"), NARROWER)
def test_what_is_narrower_is_named_and_refuses_an_instance(
    before: Any, after: Any, change: str, witness: dict[str, Any]
) -> None:
    """The message is no false alarm: there is an instance that production takes and the candidate refuses."""
    production, candidate = Signature(before), Signature(after)
    assert field_changes(production, candidate) == (change,)
    instance = {**production.example(), **witness}
    assert production.faults(instance) == ()
    assert candidate.faults(instance) != ()


@pytest.mark.parametrize(("before", "after"), WIDER)
def test_what_is_wider_takes_whatever_production_takes(before: Any, after: Any) -> None:
    """No alarm is missed: random instances of production, edges and unknowns among them, are all valid."""
    production, candidate = Signature(before), Signature(after)
    assert field_changes(production, candidate) == ()
    draw = random.Random(1)
    for _ in range(300):
        instance = drawn(production, draw)
        assert candidate.faults(instance) == (), instance


def test_every_change_is_listed() -> None:
    """One run says all there is to mend."""
    after = Signature((COLOUR._replace(categories=("red",)), AGE._replace(minimum=1, maximum=8), NEW))
    assert len(field_changes(TOY, after)) == 6


@pytest.mark.parametrize(
    ("classes", "change"),
    [
        (("yes", "no"), "the classes were 'no', 'yes', and are 'yes', 'no'"),
        (("no", "perhaps", "yes"), "the classes were 'no', 'yes', and are 'no', 'perhaps', 'yes'"),
        ((), "it predicted classes, and predicts a number"),
    ],
)
def test_other_classes_let_callers_down(tmp_path: Path, classes: Any, change: str) -> None:
    """They read a prediction by the place of a class: even another order is another answer."""
    before = sealed(tmp_path)
    after = before._replace(classes=classes)
    assert incompatibilities(before, after) == (change,)
    assert incompatibilities(before, before) == ()
    assert before.signature.faults(INSTANCE) == ()
