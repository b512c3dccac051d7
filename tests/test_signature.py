"""Signatures: what an instance may hold, and how every fault of it is named."""

from __future__ import annotations

import json
import math
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenge_neuralworks.errors import Fault, InvalidInstances, SignatureError
from challenge_neuralworks.inexact import MAX_LISTED, MAX_WARNINGS
from challenge_neuralworks.matching import match, nearest
from challenge_neuralworks.signature import Field, Signature
from tests.making import INSTANCE, TOY

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["red", "here", 3]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NEAR = st.fixed_dictionaries(
    {}, optional={name: ANYTHING | st.just(value) for name, value in {**INSTANCE, "extra": 1}.items()}
)


def faults(**changes: Any) -> list[tuple[str, str]]:
    """Return pointer and code of each fault of the toy instance with changes."""
    return [(fault.pointer, fault.code) for fault in TOY.faults({**INSTANCE, **changes})]


def test_a_clean_instance_has_no_fault() -> None:
    """An instance within its bounds passes as it is, the very same object."""
    assert TOY.is_exact(INSTANCE)
    assert TOY.check([INSTANCE]).rows[0] is INSTANCE
    assert TOY.check([INSTANCE]).warnings == ()


@pytest.mark.parametrize(
    ("age", "code"),
    [
        (-1, "out-of-range"),
        (10, "out-of-range"),
        (10**400, "out-of-range"),
        (9.0, "not-an-integer"),
        (True, "not-an-integer"),
        ("3", "not-an-integer"),
        (None, "not-an-integer"),
        ([3], "not-an-integer"),
        ({}, "not-an-integer"),
        (math.nan, "not-an-integer"),
    ],
)
def test_an_integer_is_an_integer_within_its_bounds(age: object, code: str) -> None:
    """Neither a boolean, nor 9.0, nor a numeral in quotes is an integer, and bounds hold."""
    assert faults(age=age) == [("#/age", code)]


@pytest.mark.parametrize("age", [0, 9])
def test_bounds_are_inclusive(age: int) -> None:
    """Both bounds themselves are accepted."""
    assert faults(age=age) == []


@pytest.mark.parametrize(
    ("weight", "code"),
    [
        (math.nan, "out-of-range"),
        (math.inf, "out-of-range"),
        (-math.inf, "out-of-range"),
        (10.000001, "out-of-range"),
        (True, "not-a-number"),
        ("1", "not-a-number"),
        (None, "not-a-number"),
    ],
)
def test_a_number_is_finite_and_within_its_bounds(weight: object, code: str) -> None:
    """NaN and infinities are out of range, whether bounds were stated or not."""
    assert faults(weight=weight) == [("#/weight", code)]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400, -(10**400)])
def test_an_unbounded_number_is_finite_all_the_same(value: float) -> None:
    """A number without bounds still refuses what float64 cannot hold."""
    free = Signature([Field("x", "number", "Any number.", 1.0)])
    assert [fault.code for fault in free.faults({"x": value})] == ["out-of-range"]
    assert free.faults({"x": 1e308}) == ()


def test_every_fault_is_reported_not_the_first() -> None:
    """All faults of an instance come back at once, in the order of the fields, strangers last."""
    assert faults(colour="blue", age=10, weight="x", extra=1) == [
        ("#/colour", "unknown-category"),
        ("#/age", "out-of-range"),
        ("#/weight", "not-a-number"),
        ("#/extra", "unknown-field"),
    ]


def test_missing_fields_are_named() -> None:
    """An empty object lacks every field."""
    assert [fault.pointer for fault in TOY.faults({})] == ["#/colour", "#/place", "#/age", "#/weight"]
    assert {fault.code for fault in TOY.faults({})} == {"missing-field"}


@pytest.mark.parametrize("instance", [None, [], "x", 3, True, [INSTANCE]])
def test_what_is_no_object_is_one_fault(instance: object) -> None:
    """An instance must be an object of fields."""
    assert [(fault.pointer, fault.code) for fault in TOY.faults(instance)] == [("#", "not-an-object")]


@pytest.mark.parametrize(
    ("spelt", "read"),
    [
        ("RED", "red"),
        (" red ", "red"),
        ("darkgreen", "dark green"),
        ("Dark  Green", "dark green"),
        ("malaga", "Málaga"),
    ],
)
def test_folding_reads_case_accents_and_spaces(spelt: str, read: str) -> None:
    """A spelling that differs in case, accents or white space is read, and the answer says so."""
    checked = TOY.check([{**INSTANCE, "colour": spelt}])
    assert checked.rows[0]["colour"] == read
    assert checked.warnings == (Fault("#/colour", "read-as", f"'{spelt}' was read as '{read}'"),)


def test_an_unknown_category_is_refused_with_the_nearest() -> None:
    """A string that matches no category is a fault that suggests the nearest one."""
    (fault,) = TOY.faults({**INSTANCE, "colour": "dark greem"})
    assert fault == Fault("#/colour", "unknown-category", "'dark greem' is unknown; did you mean 'dark green'?")


def test_an_unknown_category_far_from_all_lists_them() -> None:
    """Where none is near, the fault says what there is."""
    (fault,) = TOY.faults({**INSTANCE, "colour": "zzz"})
    assert fault.detail == "'zzz' is unknown: expected one of red, dark green, Málaga"


def test_a_field_may_accept_unknown_categories() -> None:
    """With unknown="accept" the value passes as it is, with a warning."""
    checked = TOY.check([{**INSTANCE, "place": "Narnia"}])
    assert checked.rows[0]["place"] == "Narnia"
    assert [(w.pointer, w.code) for w in checked.warnings] == [("#/place", "unknown-category")]


def test_a_field_may_accept_missing_values() -> None:
    """With missing="accept" null is a value, for the check and for the schema; the field must be there all the same."""
    optional = Signature([field._replace(missing="accept") for field in TOY.fields])
    empty = dict.fromkeys(INSTANCE)
    assert optional.check([empty]).rows == (empty,)
    assert TOY.faults(empty) != ()
    assert [fault.code for fault in optional.faults({})] == ["missing-field"] * 4
    schema = jsonschema.Draft202012Validator(optional.json_schema())
    assert schema.is_valid(empty)
    assert not jsonschema.Draft202012Validator(TOY.json_schema()).is_valid(empty)
    assert Signature.from_json(optional.to_json()) == optional


def test_categories_that_fold_alike_are_not_folded() -> None:
    """Where two categories share a folded spelling, guessing between them would be guessing."""
    twins = Signature([Field("x", "category", "Twins.", "a b", categories=("a b", "AB"))])
    assert [fault.code for fault in twins.faults({"x": "Ab"})] == ["unknown-category"]
    assert twins.faults({"x": "AB"}) == ()


def test_a_row_of_a_batch_is_named_in_the_pointer() -> None:
    """Faults and warnings of a batch say which instance they belong to."""
    with pytest.raises(InvalidInstances) as refused:
        TOY.check([INSTANCE, {**INSTANCE, "age": 99}, 5], "#/instances")
    assert [fault.pointer for fault in refused.value.faults] == ["#/instances/1/age", "#/instances/2"]
    assert not refused.value.truncated


def test_the_list_of_faults_is_capped() -> None:
    """A batch of nothing but faults answers the first hundred, and says that there are more."""
    with pytest.raises(InvalidInstances) as refused:
        TOY.check([{**INSTANCE, "colour": "blux"}] * 5_000, "#/instances")
    assert len(refused.value.faults) == MAX_LISTED
    assert refused.value.truncated


def test_a_huge_string_is_refused_without_being_repeated() -> None:
    """The message about a long value stays short, and no time is spent on comparing it."""
    (fault,) = TOY.faults({**INSTANCE, "colour": "x" * 1_000_000})
    assert fault.code == "unknown-category"
    assert len(fault.detail) < 200


def test_pointers_escape_field_names() -> None:
    """A name with ~, / or other letters is one token of the pointer (RFC 6901)."""
    odd = {**INSTANCE, "a/b~c d": 1, "\ud800": 2}
    assert [fault.pointer for fault in TOY.faults(odd)] == ["#/a~1b~0c%20d", "#/?"]


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [Field("a", "integer", "", 1), Field("a", "integer", "", 1)],
        [Field("a", "colour", "", 1)],  # type: ignore[arg-type]
        [Field("a", "category", "", "x", unknown="ignore")],  # type: ignore[arg-type]
        [Field("a", "integer", "", 1, "", 5, 4)],
        [Field("a", "category", "", "x", categories=(1,))],  # type: ignore[arg-type]
    ],
)
def test_a_contradictory_signature_is_refused(fields: list[Field]) -> None:
    """A signature that could never be met is an error where it is declared."""
    with pytest.raises(SignatureError):
        Signature(fields)


def test_json_round_trip() -> None:
    """A signature read from its own JSON is equal."""
    assert Signature.from_json(json.loads(json.dumps(TOY.to_json()))) == TOY


@pytest.mark.parametrize(
    "content", [None, 5, [5], [{}], [{"name": "a", "nonsense": 1}], [{"name": "a", "kind": "integer"}]]
)
def test_malformed_json_is_refused(content: object) -> None:
    """A signature that is not one names what is wrong."""
    with pytest.raises(SignatureError):
        Signature.from_json(content)


@given(ANYTHING | NEAR)
def test_checking_never_raises_anything_but_faults(instance: object) -> None:
    """Whatever an instance holds, it passes or its faults are listed."""
    found = TOY.faults(instance)
    if not found:
        assert TOY.check([instance]).rows[0].keys() == INSTANCE.keys()


@given(NEAR)
def test_the_exact_check_agrees_with_the_full_check(instance: dict[str, Any]) -> None:
    """What passes the quick check has no fault and no warning, and what has neither passes it."""
    try:
        checked = TOY.check([instance])
    except InvalidInstances:
        assert not TOY.is_exact(instance)
        return
    assert TOY.is_exact(instance) == (checked.warnings == ())


@given(NEAR)
def test_the_schema_agrees_with_the_check(instance: dict[str, Any]) -> None:
    """JSON Schema accepts what is_exact accepts, but for unknown categories and NaN, which JSON does not have."""
    if any(isinstance(value, float) and not math.isfinite(value) for value in instance.values()):
        return
    valid = jsonschema.Draft202012Validator(TOY.json_schema()).is_valid(instance)
    if TOY.is_exact(instance):
        assert valid
    # JSON Schema counts 9.0 as an integer; we do not, and an accepted unknown place is valid to it.
    elif valid:
        assert isinstance(instance["age"], float) or instance["place"] not in ("here", "there")


def test_the_schema_has_an_example_that_passes() -> None:
    """The documented example is one."""
    schema = TOY.json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["examples"] == [INSTANCE]
    assert TOY.is_exact(schema["examples"][0])


def test_no_warning_of_a_batch_is_lost() -> None:
    """Each value that was read otherwise is told, however many there are."""
    checked = TOY.check([{**INSTANCE, "colour": "RED", "place": "nowhere"}] * 500, "#/instances")
    assert [warning.pointer for warning in checked.warnings[-2:]] == ["#/instances/499/colour", "#/instances/499/place"]
    assert len(checked.warnings) == 1_000
    assert len({warning.detail for warning in checked.warnings}) == 2


def test_beyond_the_limit_of_warnings_the_rest_is_counted() -> None:
    """What Lambda could not answer any more is at least said."""
    checked = TOY.check([{**INSTANCE, "colour": "RED"}] * (MAX_WARNINGS + 7), "#/instances")
    assert len(checked.warnings) == MAX_WARNINGS + 1
    assert checked.warnings[-1].code == "more-warnings"
    assert checked.warnings[-1].detail.startswith("and 7 more")


def test_the_last_instance_may_have_one_fault_too_many() -> None:
    """A hundred and one faults are a hundred, and more."""
    with pytest.raises(InvalidInstances) as refused:
        TOY.check([{**INSTANCE, "colour": "blue"}] * (MAX_LISTED + 1), "#/instances")
    assert (len(refused.value.faults), refused.value.truncated) == (MAX_LISTED, True)


def test_a_letter_that_comes_apart_into_many_is_not_compared() -> None:
    """Two hundred of U+FDFA are 3,600 letters once folded: comparing those would cost the caller's neighbours."""
    folded = {"red": "red"}
    assert match("\ufdfa" * 200, folded) is None
    assert nearest("\ufdfa" * 200, folded) is None
    assert match("R\u0301 e d", folded) == "red"
