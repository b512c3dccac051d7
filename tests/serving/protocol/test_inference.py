"""POST infer: tensors in, the predictions of POST /inference out."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from challenge_neuralworks.artifact import Golden
from challenge_neuralworks.scorers.explaining import ExplainedScorer
from challenge_neuralworks.scorers.explaining.additive import AdditiveExplainer
from challenge_neuralworks.serving import Application
from challenge_neuralworks.settings import Settings
from challenge_neuralworks.signature import Signature
from tests.making import EVENTS, INSTANCE, ROOT, TOY, TOY_SCORER, Context, drawn, rest_event, seal
from tests.serving.protocol.asking import INFER, ask, inputs, outputs, serve, with_tensor

P0, P1 = TOY_SCORER.predict(INSTANCE)
OTHER = {**INSTANCE, "colour": "dark green", "weight": -3}
BOTH = [INSTANCE, OTHER]


@pytest.fixture
def explained(tmp_path: Path) -> Application:
    """Return a handler over the toy model, sealed with an explainer."""
    explainer = AdditiveExplainer(TOY_SCORER, {"age": 0.5, "colour": -0.25})
    seal(tmp_path, scorer=ExplainedScorer(TOY_SCORER, explainer))
    return serve(tmp_path)


def test_the_whole_answer(handler: Application) -> None:
    """Model, version, the caller's id, and one flat tensor an output."""
    version = handler.store.get("toy").version
    expected = {
        "model_name": "toy",
        "model_version": version,
        "id": "é-1",
        "outputs": [
            {
                "name": "prediction",
                "shape": [2, 2],
                "datatype": "FP64",
                "data": [P0, P1, *TOY_SCORER.predict(OTHER)],
            },
            {"name": "label", "shape": [2], "datatype": "BYTES", "data": ["yes", "no"]},
        ],
    }
    body = {"id": "é-1", "inputs": inputs(BOTH)}
    assert ask(handler, body) == (200, expected)
    assert ask(handler, body, f"/v2/models/toy/versions/{version}/infer") == (200, expected)
    repeated = {**body, "model_name": "toy", "model_version": version}
    assert ask(handler, repeated) == (200, expected)


def test_without_an_id_there_is_none(handler: Application) -> None:
    """Absent and null are the same."""
    for body in ({"inputs": inputs(BOTH)}, {"inputs": inputs(BOTH), "id": None, "parameters": None, "outputs": None}):
        status, document = ask(handler, body)
        assert (status, list(document)) == (200, ["model_name", "model_version", "outputs"])


@pytest.mark.parametrize("name", ["delay", "income"])
def test_a_prediction_is_the_very_same_number(name: str) -> None:
    """1,000 rows in one call each way: equal bit for bit, labels and warnings too."""
    handler = serve(ROOT / "models")
    signature = handler.store.get(name).signature
    draw = random.Random(name)
    rows = [drawn(signature, draw) for _ in range(1_000)]
    status, tensors = ask(handler, {"inputs": inputs(rows, signature)}, f"/v2/models/{name}/infer")
    plain = json.loads(handler(rest_event("POST", f"/inference/{name}", {"instances": rows}), Context())["body"])
    assert (status, len(plain["predictions"])) == (200, 1_000)
    found = outputs(tensors)
    assert found["prediction"] == [number for prediction in plain["predictions"] for number in prediction]
    assert found["label"] == plain["labels"]
    assert len(tensors["parameters"]["warnings"]) == len(plain["warnings"])


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("age", {"shape": [2, 1]}),
        ("age", {"shape": [2, 1], "data": [[3], [3]]}),
        ("colour", {"shape": [2, 1], "data": [["red"], ["dark green"]]}),
        *[("age", {"datatype": f"{kind}{bits}"}) for kind in ("INT", "UINT") for bits in (8, 16, 32, 64)],
        *[("weight", {"datatype": f"FP{bits}"}) for bits in (16, 32, 64)],
        ("weight", {"datatype": "FP32", "data": [1.5, -3.0]}),
        ("age", {"parameters": {}}),
        ("age", {"parameters": None}),
        ("age", {"parameters": {"content_type": "np"}}),
    ],
    ids=str,
)
def test_what_clients_write_differently(handler: Application, name: str, changes: dict[str, Any]) -> None:
    """A column of any shape and datatype that says the same is read the same."""
    assert outputs(ask(handler, with_tensor(BOTH, name, **changes))[1]) == outputs(
        ask(handler, {"inputs": inputs(BOTH)})[1]
    )


def test_a_number_field_takes_integers(handler: Application) -> None:
    """As in the plain API, 2 is a number."""
    rows = [{**INSTANCE, "weight": 2}]
    status, document = ask(handler, with_tensor(rows, "weight", datatype="INT8"))
    assert (status, outputs(document)["prediction"]) == (200, list(TOY_SCORER.predict(rows[0])))


def test_inputs_may_stand_in_any_order(handler: Application) -> None:
    """They are told apart by name."""
    shuffled = list(reversed(inputs(BOTH)))
    assert ask(handler, {"inputs": shuffled}) == ask(handler, {"inputs": inputs(BOTH)})


def test_null_is_a_missing_value_where_the_field_accepts_one(tmp_path: Path) -> None:
    """In columns of any datatype, and a fault elsewhere."""
    fields = [field._replace(missing="accept") if field.name == "colour" else field for field in TOY.fields]
    row = {**INSTANCE, "colour": None}
    seal(tmp_path, signature=Signature(fields), golden=(Golden(row, TOY_SCORER.predict(row)),))
    handler = serve(tmp_path)
    status, document = ask(handler, {"inputs": inputs([INSTANCE, row])})
    assert (status, outputs(document)["prediction"]) == (200, [P0, P1, *TOY_SCORER.predict(row)])
    assert ask(handler, {"inputs": inputs([INSTANCE, {**row, "age": None}])}) == (
        400,
        {"error": "input 'age', row 1: null is not an integer: expected an integer from 0 to 9"},
    )


def test_a_spelling_that_was_read_is_told(handler: Application) -> None:
    """Warnings are strings under the answer's parameters."""
    rows = [INSTANCE, {**INSTANCE, "colour": "RED", "place": "Narnia"}]
    status, document = ask(handler, {"inputs": inputs(rows)})
    assert status == 200
    assert document["parameters"] == {
        "warnings": [
            "input 'colour', row 1: 'RED' was read as 'red'",
            "input 'place', row 1: 'Narnia' was not seen in training and is scored as unknown",
        ]
    }


@pytest.mark.parametrize(("threshold", "labels"), [(0, ["yes", "yes"]), (1, ["no", "no"]), ("0.5", ["yes", "no"])])
def test_the_threshold_moves_the_labels(handler: Application, threshold: object, labels: list[str]) -> None:
    """And nothing else."""
    body = {"inputs": inputs(BOTH), "parameters": {"threshold": threshold}}
    found = outputs(ask(handler, body)[1])
    assert (found["label"], found["prediction"][:2]) == (labels, [P0, P1])


def test_explanations_are_two_more_outputs(explained: Application) -> None:
    """Contributions a field, and the base they start from: the plain API's numbers."""
    body = {"inputs": inputs(BOTH), "parameters": {"explain": True}}
    status, document = ask(explained, body)
    query = {"queryStringParameters": {"explain": "true"}}
    event = rest_event("POST", "/inference/toy", {"instances": BOTH}, **query)
    plain = json.loads(explained(event, Context())["body"])["explanations"]
    assert status == 200
    assert document["outputs"][2:] == [
        {
            "name": "contributions",
            "shape": [2, 4],
            "datatype": "FP64",
            "data": [share for one in plain for share in one["contributions"].values()],
        },
        {"name": "base", "shape": [2], "datatype": "FP64", "data": [one["base"] for one in plain]},
    ]


@pytest.mark.parametrize("names", [["label"], ["base", "prediction"], ["prediction", "label", "contributions"]])
def test_outputs_asked_for_are_those_answered(explained: Application, names: list[str]) -> None:
    """In the order asked for; that they should be binary is no fault, the answer is JSON."""
    asked = [{"name": name, "parameters": {"binary_data": True}} for name in names]
    body = {"inputs": inputs(BOTH), "outputs": asked, "parameters": {"explain": True, "binary_data_output": True}}
    status, document = ask(explained, body)
    assert (status, [output["name"] for output in document["outputs"]]) == (200, names)
    assert [output for output in document["outputs"] if "parameters" in output] == []


def test_the_log_names_route_model_version_and_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line, as for any inference."""
    from challenge_neuralworks.serving import build

    seal(tmp_path)
    handler = build(Settings(models_dir=str(tmp_path), metrics=False))
    version = handler.store.get("toy").version
    for path in (INFER, f"/v2/models/toy/versions/{version}/infer"):
        assert ask(handler, {"inputs": inputs(BOTH)}, path)[0] == 200
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["route"], line["model"], line["version"], line["instances"]) for line in lines] == [
        ("POST /v2/models/{model}/infer", "toy", version, 2),
        ("POST /v2/models/{model}/versions/{version}/infer", "toy", version, 2),
    ]


def test_an_ordinary_inference_imports_nothing_of_it() -> None:
    """Nor does a plain refusal: only who speaks the protocol pays for it."""
    code = (
        "import json, sys; from challenge_neuralworks.lambda_handler import lambda_handler; "
        f"event = json.load(open({str(EVENTS / 'rest_v1.json')!r})); "
        "statuses = [lambda_handler({**event, **more}, None)['statusCode'] for more in ({}, {'body': '{'})]; "
        "print(statuses, [name for name in sys.modules if 'serving.protocol' in name or name == 'struct'], "
        "file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stderr.strip() == "[200, 400] []"
