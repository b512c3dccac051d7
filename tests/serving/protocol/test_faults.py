"""Every fault of an inference: its status, and an error that names the input, the row and the remedy."""

from __future__ import annotations

import json
from typing import Any

import pytest

from challenge_neuralworks.serving import Application
from challenge_neuralworks.serving.body import MAX_BODY_BYTES
from challenge_neuralworks.serving.inference import MAX_EXPLAINED, MAX_INSTANCES
from tests.making import INSTANCE
from tests.serving.protocol.asking import INFER, ask, inputs, tensor, with_tensor

BOTH = [INSTANCE, INSTANCE]
INPUTS = inputs(BOTH)


def error(handler: Application, body: Any, **changes: Any) -> tuple[int, str]:
    """Return status and error of an inference."""
    status, document = ask(handler, body, **changes)
    return status, document["error"]


def test_an_instance_that_does_not_fit_names_input_and_row(handler: Application) -> None:
    """With the nearest known category."""
    rows = [INSTANCE, INSTANCE, INSTANCE, {**INSTANCE, "colour": "rad", "age": 10}]
    status, said = error(handler, {"inputs": inputs(rows)})
    assert status == 400
    assert said.splitlines() == [
        "input 'colour', row 3: 'rad' is unknown; did you mean 'red'?",
        "input 'age', row 3: 10 is out of range: expected an integer from 0 to 9",
    ]


@pytest.mark.parametrize(
    ("rows", "end"),
    [(11, "and 1 more"), (10, "input 'age', row 9"), (99, "and 89 more"), (150, "and at least 90 more")],
)
def test_ten_faults_are_listed_and_the_others_counted(handler: Application, rows: int, end: str) -> None:
    """Looking for faults ends at 100."""
    status, said = error(handler, {"inputs": inputs([{**INSTANCE, "age": -1}] * rows)})
    lines = said.splitlines()
    assert (status, len(lines), lines[-1].startswith(end)) == (400, min(rows, 11), True)
    assert [line.partition(":")[0] for line in lines[:10]] == [f"input 'age', row {row}" for row in range(10)]


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("age", {"datatype": "BOOL"}, "datatype 'BOOL' is not accepted: expected INT64 or another integer"),
        ("age", {"datatype": "FP64"}, "datatype 'FP64' is not accepted: expected INT64 or another integer"),
        ("age", {"datatype": "BYTES"}, "datatype 'BYTES' is not accepted: expected INT64 or another integer"),
        ("age", {"datatype": ...}, "datatype null is not accepted: expected INT64 or another integer"),
        ("age", {"datatype": ["INT64"]}, "datatype an array is not accepted: expected INT64 or another integer"),
        ("colour", {"datatype": "INT64"}, "datatype 'INT64' is not accepted: expected BYTES"),
        ("colour", {"datatype": "bytes"}, "datatype 'bytes' is not accepted: expected BYTES"),
        ("weight", {"datatype": "BOOL"}, "'BOOL' is not accepted: expected FP64, FP32, FP16 or an integer"),
        ("weight", {"datatype": "BF16"}, "'BF16' is not accepted: expected FP64, FP32, FP16 or an integer"),
        ("age", {"shape": ...}, "the shape is null: expected [n] or [n, 1], of one row or more"),
        ("age", {"shape": []}, "the shape is []: expected"),
        ("age", {"shape": 2}, "the shape is 2: expected"),
        ("age", {"shape": [0]}, "the shape is [0]: expected"),
        ("age", {"shape": [-1]}, "the shape is [-1]: expected"),
        ("age", {"shape": [2, 2]}, "the shape is [2, 2]: expected"),
        ("age", {"shape": [1, 2]}, "the shape is [1, 2]: expected"),
        ("age", {"shape": [2, 1, 1]}, "the shape is [2, 1, 1]: expected"),
        ("age", {"shape": [2, True]}, "the shape is [2, true]: expected"),
        ("age", {"shape": [True]}, "the shape is [true]: expected"),
        ("age", {"shape": [2.0]}, "the shape is [2.0]: expected"),
        ("age", {"shape": ["2"]}, "the shape is ['2']: expected"),
        ("age", {"shape": [10**400]}, "the shape is [an integer of more than 38 digits]: expected"),
        ("age", {"shape": [1]}, "the shape says 1 rows, but an input before it has 2"),
        ("age", {"data": ...}, "data is null: expected an array of 2 values"),
        ("age", {"data": {}}, "data is an object: expected an array of 2 values"),
        ("age", {"data": [1]}, "data holds 1 values, but the shape says 2"),
        ("age", {"data": [1, 2, 3]}, "data holds 3 values, but the shape says 2"),
        ("age", {"extra": 1}, "a tensor has name, shape, datatype, parameters and data, not 'extra'"),
        ("age", {"parameters": 1}, "parameters are 1: expected an object"),
        ("age", {"parameters": {"shared_memory_region": "a"}}, "known here is binary_data_size, not 'shared_memory"),
        ("age", {"parameters": {"binary_data_size": -1}}, "binary_data_size is -1: expected a number of bytes"),
        ("age", {"parameters": {"binary_data_size": True}}, "binary_data_size is true: expected a number of bytes"),
        ("age", {"parameters": {"binary_data_size": 10**30}}, "expected a number of bytes"),
        ("age", {"parameters": {"binary_data_size": 0}}, "the values come twice, as data and as bytes"),
    ],
)
def test_a_tensor_that_breaks_the_protocol(handler: Application, name: str, changes: dict[str, Any], said: str) -> None:
    """The error names the input, what is wrong with it and what was expected."""
    status, found = error(handler, with_tensor(BOTH, name, **changes))
    assert status == 400
    assert found.startswith(f"input '{name}': ")
    assert said in found


@pytest.mark.parametrize(
    ("name", "changes", "row", "said"),
    [
        ("age", {"data": [1, 9.0]}, 1, "9.0 is not an integer: expected an integer from 0 to 9"),
        ("age", {"data": [1, True]}, 1, "true is not an integer: expected an integer from 0 to 9"),
        ("age", {"data": [1, "1"]}, 1, "'1' is not an integer: expected an integer from 0 to 9"),
        ("age", {"data": [[1], [2]]}, 0, "an array is not an integer: expected an integer from 0 to 9"),
        ("age", {"data": [[1], 2], "shape": [2, 1]}, 1, "2 is not an array of one value, as the shape says"),
        ("age", {"data": [[1], [2, 3]], "shape": [2, 1]}, 1, "an array is not an array of one value"),
        ("colour", {"data": ["red", 1]}, 1, "1 is no string: expected one of red, dark green, Málaga"),
        ("colour", {"data": ["red", None]}, 1, "null is no string: expected one of red, dark green, Málaga"),
        ("weight", {"data": [1, 1.5], "datatype": "INT64"}, 1, "1.5 is no INT64"),
        ("weight", {"data": [1, 1e300]}, 1, "1e+300 is out of range: expected a number from -10.0 to 10.0"),
    ],
)
def test_a_value_that_does_not_fit_names_its_row(
    handler: Application, name: str, changes: dict[str, Any], row: int, said: str
) -> None:
    """Rows count from 0, as in the plain API's pointers."""
    status, found = error(handler, with_tensor(BOTH, name, **changes))
    assert status == 400
    assert found.startswith(f"input '{name}', row {row}: {said}")


def test_faults_of_several_tensors_are_told_at_once(handler: Application) -> None:
    """Not only the first."""
    changed = [tensor("colour", ["red"] * 2, datatype="BOOL"), *INPUTS[1:3], tensor("weight", [1.5])]
    status, said = error(handler, {"inputs": changed})
    assert (status, [line.partition(":")[0] for line in said.splitlines()]) == (
        400,
        ["input 'colour'", "input 'weight'"],
    )


@pytest.mark.parametrize(
    ("entries", "lines"),
    [
        (INPUTS[:3], ["input 'weight' is missing: expected FP64, FP32, FP16 or an integer"]),
        ([*INPUTS, tensor("age", [1])], ["input 'age' stands twice"]),
        ([*INPUTS, {"name": "wieght"}], ["'wieght' is no input of this model; did you mean 'weight'?"]),
        ([*INPUTS, {"name": "x" * 500}], [f"'{'x' * 75}...' is no input of this model"]),
        ([*INPUTS, 5], ["inputs[4] is 5: expected an object with name, shape, datatype and data"]),
        ([*INPUTS, {}], ["inputs[4]: the name is null: expected a string"]),
        ([*INPUTS, {"name": ["age"]}], ["inputs[4]: the name is an array: expected a string"]),
        (
            [{"name": "Age"}, *INPUTS[:2]],
            [
                "'Age' is no input of this model; did you mean 'age'?",
                "input 'age' is missing: expected INT64 or another integer",
                "input 'weight' is missing: expected FP64, FP32, FP16 or an integer",
            ],
        ),
        (None, ["inputs are null: expected an array of tensors"]),
        ({}, ["inputs are an object: expected an array of tensors"]),
        ("colour", ["inputs are 'colour': expected an array of tensors"]),
    ],
    ids=lambda value: str(value)[:30],
)
def test_inputs_that_are_not_the_fields(handler: Application, entries: Any, lines: list[str]) -> None:
    """Each field is an input, once, and no other is."""
    status, said = error(handler, {"inputs": entries})
    assert (status, said.splitlines()) == (400, lines)


def test_endless_strange_inputs_are_counted(handler: Application) -> None:
    """Only those listed are compared with the fields."""
    status, said = error(handler, {"inputs": [{"name": f"n{number}"} for number in range(50_000)]})
    assert (status, len(said.splitlines()), said.splitlines()[-1]) == (400, 11, "and 49994 more")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"more": 1}, "an inference has id, inputs, outputs, parameters, model_name, model_version, not 'more'"),
        ({"id": 5}, "the id is 5: expected a string"),
        ({"model_name": "delay"}, "model_name is 'delay', but the URL asks for 'toy'"),
        ({"model_version": "1"}, "model_version is '1', but the URL asks for"),
        ({"parameters": []}, "parameters are an array: expected an object"),
        ({"parameters": [1]}, "parameters are an array: expected an object"),
        ({"parameters": "x"}, "parameters are 'x': expected an object"),
        ({"parameters": {"treshold": 0.3}}, "treshold='0.3': expected no parameters but threshold, explain"),
        ({"parameters": {"threshold": 1.5}}, "threshold='1.5': expected a number from 0 to 1"),
        ({"parameters": {"threshold": [1]}}, "parameter 'threshold' is an array: expected a string, number or boolean"),
        ({"parameters": {"timeout": {}}}, "parameter 'timeout' is an object: expected a string, number or boolean"),
        ({"parameters": {"explain": 1}}, "explain='1': expected true or false"),
        ({"parameters": {"explain": True}}, "model 'toy' cannot be explained: its artifact was sealed without"),
        ({"outputs": {}}, "outputs are an object: expected an array of objects with a name"),
        ({"outputs": 1}, "outputs are 1: expected an array of objects with a name"),
        ({"outputs": [1]}, "1 is none of this answer's, which are prediction, label"),
        ({"outputs": [{}]}, "output null is none of this answer's, which are prediction, label"),
        ({"outputs": [{"name": ["label"]}]}, "output an array is none of this answer's"),
        ({"outputs": [{"name": "p"}]}, "output 'p' is none of this answer's, which are prediction, label"),
        (
            {"outputs": [{"name": "base"}]},
            """'base' is none of this answer's, which are prediction, label; parameters {"explain": true} add it""",
        ),
        ({"outputs": [{"name": "label"}] * 2}, "an output is asked for twice"),
        ({"outputs": [{"name": "label"}] * 9}, "an output is asked for twice"),
        ({"outputs": [{"name": "label", "parameters": {"classification": 2}}]}, "are not known: 'classification'"),
        ({"outputs": [{"name": "label", "parameters": 5}]}, "output 'label': parameters are not known"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_stands_beside_the_inputs(handler: Application, more: dict[str, Any], said: str) -> None:
    """Nothing that would change the answer is ignored."""
    status, found = error(handler, {"inputs": INPUTS, **more})
    assert status == 400
    assert said in found


def test_parameters_in_the_url_are_refused(handler: Application) -> None:
    """The plain API has them there; here they would be ignored in silence."""
    query = {"queryStringParameters": {"threshold": "0.3"}}
    assert error(handler, {"inputs": INPUTS}, **query) == (
        400,
        "threshold='0.3': expected no parameters in the URL, but in the body: \"parameters\"",
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (None, 'the body is empty: send {"inputs": [...]}'),
        ("{", "Expecting property name enclosed in double quotes at line 1, column 2"),
        ("[]", "the body is an array: expected an object with inputs"),
        ("null", "the body is null: expected an object with inputs"),
        ('{"inputs": [NaN]}', "NaN is no JSON value"),
        ('{"inputs": 1, "inputs": 2}', "the key 'inputs' stands twice in one object"),
        ("[" * 100_000, "the body is nested too deeply"),
        ('{"inputs": ' + "9" * 5_000 + "}", "a number has too many digits"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_body_that_is_no_object(handler: Application, body: str | None, said: str) -> None:
    """JSON is read as strictly as in the plain API."""
    status, found = error(handler, body)
    assert (status, found.startswith(said)) == (400, True)


@pytest.mark.parametrize(("explain", "limit"), [(False, MAX_INSTANCES), (True, MAX_EXPLAINED)])
def test_too_many_rows_are_413(handler: Application, explain: bool, limit: int) -> None:
    """The plain API's limits; what the shape says is believed before any value is read."""
    body = {**with_tensor(BOTH, "colour", shape=[limit + 1]), "parameters": {"explain": explain}}
    assert error(handler, body) == (
        413,
        f"instances: {limit + 1:,} is over the limit of {limit:,}; split the request",
    )


def test_as_many_rows_as_allowed(handler: Application) -> None:
    """The limit itself is not over it."""
    status, document = ask(handler, {"inputs": inputs([INSTANCE] * MAX_INSTANCES)})
    assert (status, document["outputs"][0]["shape"]) == (200, [MAX_INSTANCES, 2])


@pytest.mark.parametrize("declared", ["application/json", "application/octet-stream"])
def test_a_body_over_the_limit_is_413(handler: Application, declared: str) -> None:
    """Whatever it holds."""
    status, said = error(handler, " " * (MAX_BODY_BYTES + 1), headers={"Content-Type": declared})
    assert (status, said.startswith("bytes in the body: ")) == (413, True)


def test_another_media_type_is_415(handler: Application) -> None:
    """Bytes are welcome here, text is not."""
    said = "Content-Type 'text/plain' is not understood; send application/json in UTF-8"
    assert error(handler, {"inputs": INPUTS}, headers={"Content-Type": "text/plain"}) == (415, said)
    lengthy = {"Content-Type": "text/plain", "Inference-Header-Content-Length": "5"}
    assert error(handler, {"inputs": INPUTS}, headers=lengthy) == (415, said)


@pytest.mark.parametrize("path", [INFER, "/inference/toy"])
def test_octets_are_taken_here_and_only_here(handler: Application, path: str) -> None:
    """A JSON body declared as bytes, as tritonclient sends it where asked to."""
    from tests.making import Context, rest_event

    body = {"inputs": INPUTS} if path == INFER else INSTANCE
    changes = {"headers": {"Content-Type": "application/octet-stream; charset=binary"}}
    status = handler(rest_event("POST", path, json.dumps(body), **changes), Context())["statusCode"]
    assert status == (200 if path == INFER else 415)
