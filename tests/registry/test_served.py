"""The same sealed artifact in MLflow's own hands: loaded by it, and served by it, it answers as ours does."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest

from challenge_neuralworks.artifact import Golden, read_manifest
from challenge_neuralworks.deploy.package import NOT_SHIPPED
from challenge_neuralworks.registry.flavour import ABOVE, save
from challenge_neuralworks.scorers.additive import AdditiveScorer
from challenge_neuralworks.serving import Application, build
from challenge_neuralworks.settings import Settings
from challenge_neuralworks.signature import Signature
from tests.making import INSTANCE, ROOT, TOY_SCORER, Context, drawn, rest_event, seal
from tests.project.commands import free_port
from tests.registry.backends import mlflow

NAMES = ("delay", "income")
ROWS = 50
TYPES: dict[str, Any] = {"category": object, "integer": "int64", "number": "float64"}

# What serves a model: MLflow, pandas, NumPy, and neither this project nor scikit-learn.
ALONE = """
import json, os, sys
sys.modules["sklearn"] = None
sys.path[:] = [path for path in sys.path if not os.path.exists(os.path.join(path, "challenge_neuralworks"))]
sys.meta_path[:] = [finder for finder in sys.meta_path if "editable" not in type(finder).__module__ + repr(finder)]
import mlflow.pyfunc
loaded = mlflow.pyfunc.load_model(sys.argv[1])
import challenge_neuralworks
assert challenge_neuralworks.__file__.startswith(sys.argv[1]), challenge_neuralworks.__file__
print(json.dumps(loaded.predict(loaded.input_example).to_dict("records")))
"""


class Saved(NamedTuple):
    """A committed model as an MLflow model, loaded by it, with rows and the handler's answers to them."""

    path: Path
    loaded: Any
    rows: list[dict[str, Any]]
    table: pd.DataFrame
    signature: Signature


@pytest.fixture(scope="module")
def handler() -> Application:
    """Return the handler over the committed models."""
    return build(Settings(models_dir=str(ROOT / "models"), log_level="OFF", metrics=False))


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Saved]:
    """Return each committed model."""
    return {name: _saved(name, tmp_path_factory.mktemp(name)) for name in NAMES}


def _saved(name: str, folder: Path) -> Saved:
    import mlflow.pyfunc

    signature = save(ROOT / "models" / name, folder / "model").signature
    draw = random.Random(f"rows of {name}")
    rows = [drawn(signature, draw) for _ in range(ROWS)]
    types = {field.name: TYPES[field.kind] for field in signature.fields}
    table = pd.DataFrame(rows).astype(types)
    return Saved(folder / "model", mlflow.pyfunc.load_model(str(folder / "model")), rows, table, signature)


def _asked(handler: Application, name: str, rows: list[dict[str, Any]], **query: str) -> dict[str, Any]:
    event = rest_event("POST", f"/inference/{name}", {"instances": rows}, queryStringParameters=query or None)
    answer = handler(event, Context())
    assert answer["statusCode"] == 200, answer["body"]
    content: dict[str, Any] = json.loads(answer["body"])
    return content


def _as_rows(answer: dict[str, Any], classes: tuple[int | str, ...]) -> list[dict[str, Any]]:
    """Return the handler's answer as MLflow's rows are, without warnings."""
    return [
        {**{f"probability_{one}": p for one, p in zip(classes, prediction, strict=True)}, "label": label}
        for prediction, label in zip(answer["predictions"], answer["labels"], strict=True)
    ]


def _without(rows: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != key} for row in rows]


@pytest.mark.parametrize("name", NAMES)
def test_a_loaded_model_answers_as_the_handler(handler: Application, saved: dict[str, Saved], name: str) -> None:
    """Bit for bit: every probability and label, at the model's own threshold and at another."""
    model = saved[name]
    ours = _asked(handler, name, model.rows)
    theirs = model.loaded.predict(model.table).to_dict("records")
    assert _without(theirs, "warnings") == _as_rows(ours, (0, 1))
    told = {(int(w["pointer"].split("/")[2]), w["detail"]) for w in ours.get("warnings", ())}
    for place, row in enumerate(theirs):
        assert bool(row["warnings"]) == any(place == at for at, _ in told)
        assert all(detail in row["warnings"] for at, detail in told if at == place)
    moved = _asked(handler, name, model.rows, threshold="0.05")
    found = model.loaded.predict(model.table, params={"threshold": 0.05})
    assert found["label"].tolist() == moved["labels"] != ours["labels"]


@pytest.mark.parametrize("name", NAMES)
def test_an_explanation_is_the_handlers(handler: Application, saved: dict[str, Saved], name: str) -> None:
    """Base, score and each field's contribution, as columns."""
    model = saved[name]
    ours = _asked(handler, name, model.rows[:5], explain="true")["explanations"]
    for row, explanation in zip(
        model.loaded.predict(model.table[:5], params={"explain": True}).to_dict("records"), ours, strict=True
    ):
        assert (row["base"], row["score"]) == (explanation["base"], explanation["score"])
        told = {
            key.removeprefix("contribution_"): value for key, value in row.items() if key.startswith("contribution_")
        }
        assert told == explanation["contributions"]


def test_the_signature_is_the_models(saved: dict[str, Saved]) -> None:
    """Types, which fields may be null, and the API's parameters with their defaults."""
    signature = saved["income"].loaded.metadata.signature
    manifest = read_manifest(str(ROOT / "models" / "income"))
    types = {"category": "string", "integer": "long"}
    expected = [
        {"type": types[field.kind], "name": field.name, "required": field.missing == "refuse"}
        for field in manifest.signature.fields
    ]
    assert signature.inputs.to_dict() == expected
    assert [one["name"] for one in signature.outputs.to_dict()] == [
        "probability_0",
        "probability_1",
        "label",
        "warnings",
    ]
    assert {one["name"]: one["default"] for one in signature.params.to_dict()} == {
        "explain": False,
        "threshold": manifest.threshold,
    }


def test_wrong_rows_and_parameters_are_refused(saved: dict[str, Saved]) -> None:
    """With every fault and its place, as the API names them."""
    from mlflow.exceptions import MlflowException

    model = saved["delay"]
    table = model.table[:2].assign(OPERA="Grupo LATAN", **{"HORA-I": [24, 3]})
    with pytest.raises(MlflowException, match="Grupo LATAM") as refused:
        model.loaded.predict(table)
    for place in ("#/instances/0/OPERA", "#/instances/0/HORA-I", "#/instances/1/OPERA"):
        assert place in refused.value.message
    with pytest.raises(MlflowException, match=r"threshold='1\.5'"):
        model.loaded.predict(model.table, params={"threshold": 1.5})


def test_a_model_brings_all_that_it_needs(saved: dict[str, Saved]) -> None:
    """In a process that finds neither this project nor scikit-learn, it answers its own example as here."""
    model = saved["delay"]
    done = subprocess.run(
        [sys.executable, "-I", "-W", "ignore", "-c", ALONE, str(model.path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=model.path,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == model.loaded.predict(model.loaded.input_example).to_dict("records")


def test_what_is_left_out_is_what_is_not_shipped() -> None:
    """The rooms above the heavy line, and those that only serve HTTP."""
    assert ABOVE | {"registry"} == set(NOT_SHIPPED) | {"gateway", "serving"}


@pytest.fixture(scope="module")
def serving(saved: dict[str, Saved]) -> Iterator[str]:
    """Run ``mlflow models serve`` on the income model; yield its address."""
    port = free_port()
    words = ["models", "serve", "--model-uri", str(saved["income"].path), "--env-manager", "local"]
    words += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    with mlflow(words, port, "/ping", saved["income"].path.parent) as address:
        yield address


def _post(address: str, body: Any) -> tuple[int, Any]:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{address}/invocations", json.dumps(body).encode(), headers)  # noqa: S310 - http
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - http
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_mlflows_own_server_answers_as_the_handler(handler: Application, saved: dict[str, Saved], serving: str) -> None:
    """Fifty rows over HTTP, nulls and unknown categories among them, bit for bit; wrong ones are a 400."""
    rows = saved["income"].rows
    assert any(value is None for row in rows for value in row.values())
    status, answer = _post(serving, {"dataframe_records": rows})
    assert status == 200, answer
    assert _without(answer["predictions"], "warnings") == _as_rows(_asked(handler, "income", rows), (0, 1))
    split = {"columns": list(rows[0]), "data": [list(row.values()) for row in rows[:3]]}
    moved = _post(serving, {"dataframe_split": split, "params": {"threshold": 0.0}})[1]["predictions"]
    assert [row["label"] for row in moved] == [1, 1, 1]
    status, answer = _post(serving, {"dataframe_records": [{**rows[0], "age": 16}]})
    assert status == 400
    assert "#/instances/0/age" in json.dumps(answer)


def test_a_regression_answers_its_value(tmp_path: Path) -> None:
    """Under ``prediction``; it has no threshold. A number may be stated as an integer in JSON, as in the API."""
    import mlflow.pyfunc
    from mlflow.pyfunc.scoring_server import infer_and_parse_data

    scorer = AdditiveScorer(0.5, TOY_SCORER.lookups, TOY_SCORER.numbers, "identity")
    golden = (Golden(dict(INSTANCE), scorer.predict(INSTANCE)),)
    seal(tmp_path, "value", scorer, classes=(), threshold=None, golden=golden)
    save(tmp_path / "value", tmp_path / "model")
    loaded = mlflow.pyfunc.load_model(str(tmp_path / "model"))
    assert [one["name"] for one in loaded.metadata.signature.params.to_dict()] == ["explain"]
    assert [one["name"] for one in loaded.metadata.signature.outputs.to_dict()] == ["prediction", "warnings"]
    rows = [{**INSTANCE, "weight": 5}, {**INSTANCE, "place": "elsewhere"}]
    table = infer_and_parse_data({"dataframe_records": rows}, loaded.metadata.get_input_schema())
    answers = loaded.predict(table)
    assert answers["prediction"].tolist() == [scorer.predict(row)[0] for row in rows]
    first, second = answers["warnings"]
    assert (first, second.partition(":")[0]) == ("", "place")


def test_what_mlflow_does_with_columns(saved: dict[str, Saved]) -> None:
    """A field that may be null may be left out, another not; a column that is none of the model's is dropped."""
    from mlflow.exceptions import MlflowException

    model = saved["income"]
    table = model.table[:3]
    nulls = model.loaded.predict(table.assign(occupation=None))
    assert model.loaded.predict(table.drop(columns="occupation")).equals(nulls)
    assert model.loaded.predict(table.assign(more=1)).equals(model.loaded.predict(table))
    with pytest.raises(MlflowException, match="age"):
        model.loaded.predict(table.drop(columns="age"))
