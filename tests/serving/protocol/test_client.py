"""Triton's own client, and what the docs show, against a gateway process that serves the committed models."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import tritonclient.http as triton  # type: ignore[import-untyped]  # it publishes no types
from tritonclient.utils import InferenceServerException, triton_to_np_dtype  # type: ignore[import-untyped]

from challenge_neuralworks import __version__
from challenge_neuralworks.model import Model
from challenge_neuralworks.serving.protocol.envelope import OCTETS
from tests.gateway.echo import KEY, Running, serving
from tests.making import LISTED, ROOT
from tests.serving.protocol.asking import DATATYPES, serve

KEYED = {"x-api-key": KEY}
AS_BYTES = {**KEYED, "Content-Type": OCTETS}
PAGE = (ROOT / "docs" / "open-inference-protocol.md").read_text(encoding="utf-8")
FLIGHT: dict[str, Any] = {
    "OPERA": "Grupo LATAM",
    "TIPOVUELO": "I",
    "SIGLADES": "Miami",
    "DIA-I": 21,
    "MES-I": 7,
    "HORA-I": 18,
    "DIANOM": "Viernes",
}
NIGHT = {**FLIGHT, "OPERA": "Sky Airline", "HORA-I": 0}


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """A gateway over the committed models."""
    variables = {"NEURALWORKS_MODELS_DIR": str(ROOT / "models"), "NEURALWORKS_LOG_LEVEL": "ERROR"}
    with serving("", ["-m", "challenge_neuralworks.gateway"], **variables) as running:
        yield running


@pytest.fixture
def client(server: Running) -> Iterator[Any]:
    """Triton's client, connected to the gateway."""
    with triton.InferenceServerClient(f"127.0.0.1:{server.port}") as connected:
        yield connected


@pytest.fixture(scope="module")
def delay() -> Model:
    """The model that the gateway serves."""
    return serve(ROOT / "models").store.get("delay")


def tensors(rows: list[dict[str, Any]], model: Model, *, as_bytes: bool, deep: bool = False) -> list[Any]:
    """Return the client's input tensors of instances."""
    made = []
    for field in model.signature.fields:
        datatype = DATATYPES[field.kind]
        values = np.array([row[field.name] for row in rows], triton_to_np_dtype(datatype))
        values = values.reshape(-1, 1) if deep else values
        tensor = triton.InferInput(field.name, list(values.shape), datatype)
        made.append(tensor.set_data_from_numpy(values, binary_data=as_bytes))
    return made


def test_server_and_models(client: Any, delay: Model) -> None:
    """Live, ready, and described."""
    assert client.is_server_live(headers=KEYED)
    assert client.is_server_ready(headers=KEYED)
    assert client.get_server_metadata(headers=KEYED) == {
        "name": "challenge_neuralworks",
        "version": __version__,
        "extensions": ["binary_tensor_data"],
    }
    for version in ("", delay.version):
        assert client.is_model_ready("delay", version, headers=KEYED)
        metadata = client.get_model_metadata("delay", version, headers=KEYED)
        assert [one["name"] for one in metadata["inputs"]] == list(delay.signature.names)
    assert not client.is_model_ready("delay", "7", headers=KEYED)
    assert not client.is_model_ready("none", headers=KEYED)


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize("as_bytes", [True, False])
def test_infer(client: Any, delay: Model, as_bytes: bool, deep: bool) -> None:
    """As bytes, which is the client's default, or as JSON: the model's own numbers come back as arrays."""
    rows = [FLIGHT, NIGHT] * 50
    given = tensors(rows, delay, as_bytes=as_bytes, deep=deep)
    result = client.infer("delay", given, request_id="a", headers=AS_BYTES if as_bytes else KEYED)
    expected = [delay.predict(row) for row in rows]
    assert result.as_numpy("prediction").tolist() == [list(prediction) for prediction in expected]
    assert result.as_numpy("label").tolist() == [delay.label(prediction) for prediction in expected]
    assert result.get_response()["id"] == "a"


def test_infer_of_a_version_with_parameters_and_outputs(client: Any, delay: Model) -> None:
    """All that the client can ask at once; it copes with JSON where it asked for bytes."""
    names = ("contributions", "base", "label")
    result = client.infer(
        "delay",
        tensors([FLIGHT, NIGHT], delay, as_bytes=True),
        model_version=delay.version,
        outputs=[triton.InferRequestedOutput(name, binary_data=True) for name in names],
        headers=AS_BYTES,
        parameters={"threshold": 1.0, "explain": True},
    )
    assert result.as_numpy("prediction") is None
    assert result.as_numpy("label").tolist() == [0, 0]
    base, score = delay.explain(FLIGHT).base, delay.explain(FLIGHT).score
    assert result.as_numpy("base").tolist() == [base, base]
    assert result.as_numpy("contributions")[0].sum() + base == pytest.approx(score, abs=1e-9)


def test_unknown_and_missing_values(client: Any) -> None:
    """What is read otherwise is told; an array cannot hold a missing string, for the client makes 'None' of it."""
    income = serve(ROOT / "models").store.get("income")
    person = {**income.signature.example(), "native_country": "Narnia"}
    result = client.infer("income", tensors([person], income, as_bytes=True), headers=AS_BYTES)
    assert result.as_numpy("prediction").tolist() == [list(income.predict(person))]
    (warning,) = result.get_response()["parameters"]["warnings"]
    assert warning.startswith("input 'native_country', row 0: 'Narnia' was not seen in training")
    with pytest.raises(InferenceServerException, match="input 'workclass', row 0: 'None' is unknown"):
        client.infer("income", tensors([{**person, "workclass": None}], income, as_bytes=False), headers=KEYED)


def test_missing_value_as_json(server: Running) -> None:
    """A null is one, and scored as the plain API does."""
    income = serve(ROOT / "models").store.get("income")
    person = {**income.signature.example(), "workclass": None}
    columns = [
        {"name": field.name, "shape": [1], "datatype": DATATYPES[field.kind], "data": [person[field.name]]}
        for field in income.signature.fields
    ]
    headers = {**KEYED, "Content-Type": "application/json"}
    answer = server.ask("POST", "/v2/models/income/infer", headers, json.dumps({"inputs": columns}))
    assert json.loads(answer.body)["outputs"][0]["data"] == list(income.predict(person))


def test_errors_reach_the_caller(client: Any, delay: Model) -> None:
    """The exception's message is ours, with its status."""
    faulty = [FLIGHT, {**FLIGHT, "OPERA": "Grupo LATAN"}]
    with pytest.raises(InferenceServerException) as caught:
        client.infer("delay", tensors(faulty, delay, as_bytes=True), headers=AS_BYTES)
    assert caught.value.status() == "400"
    assert caught.value.message() == "input 'OPERA', row 1: 'Grupo LATAN' is unknown; did you mean 'Grupo LATAM'?"
    with pytest.raises(InferenceServerException, match=f"there is no model 'none'; served here: {LISTED}"):
        client.get_model_metadata("none", headers=KEYED)
    flags = triton.InferInput("DIA-I", [1], "BOOL").set_data_from_numpy(np.array([True]))
    given = [one if one.name() != "DIA-I" else flags for one in tensors([FLIGHT], delay, as_bytes=True)]
    with pytest.raises(InferenceServerException, match="'DIA-I': datatype 'BOOL' is not accepted: expected INT64"):
        client.infer("delay", given, headers=AS_BYTES)


def test_bytes_without_their_media_type_are_refused_with_the_remedy(client: Any, delay: Model) -> None:
    """As on AWS: what is declared as nothing is handed over as text, and a damaged body must not be scored."""
    rows = [{**FLIGHT, "SIGLADES": "x" * 200}]
    with pytest.raises(InferenceServerException, match=f"which loses bytes; send Content-Type: {OCTETS}"):
        client.infer("delay", tensors(rows, delay, as_bytes=True), headers=dict(KEYED))


def test_every_route_needs_a_key(server: Running) -> None:
    """Health too: who may not predict need not know."""
    for path in ("/v2", "/v2/health/live", "/v2/health/ready", "/v2/models/delay", "/v2/models/delay/ready"):
        assert server.ask("GET", path).status == 403
    assert server.ask("POST", "/v2/models/delay/infer", body=b"{}").status == 403


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of a language on the docs page."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)


def documented() -> tuple[str, dict[str, Any]]:
    """Return the path and the body of the documented curl."""
    (call,) = blocks("sh")
    words = shlex.split(call)
    headers = [words[place + 1] for place, word in enumerate(words) if word == "-H"]
    assert (words[0], headers) == ("curl", ["x-api-key: local-dev-key", "Content-Type: application/json"])
    body: dict[str, Any] = json.loads(words[words.index("-d") + 1])
    return words[1].removeprefix("http://127.0.0.1:8000"), body


def test_the_documented_call_gives_the_documented_answer(server: Running) -> None:
    """The curl of the page, sent to a server."""
    path, body = documented()
    answer = server.ask("POST", path, {**KEYED, "Content-Type": "application/json"}, json.dumps(body))
    (promised,) = blocks("json")
    assert json.loads(answer.body) == json.loads(promised)


def test_the_documented_error_is_the_real_one(server: Running) -> None:
    """The same call with two mistakes in its second row."""
    path, body = documented()
    columns = {one["name"]: one["data"] for one in body["inputs"]}
    columns["OPERA"][1], columns["HORA-I"][1] = "Grupo LATAN", 24
    answer = server.ask("POST", path, {**KEYED, "Content-Type": "application/json"}, json.dumps(body))
    (promised,) = blocks("json fault")
    assert (answer.status, json.loads(answer.body)) == (400, json.loads(promised))


def test_the_documented_program_runs(server: Running, capsys: pytest.CaptureFixture[str]) -> None:
    """It prints what the documented call answers, with the labels of its own threshold."""
    (program,) = blocks("python")
    program = program.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}").replace("local-dev-key", KEY)
    scope: dict[str, Any] = {}
    exec(program, scope)  # noqa: S102 - the documented example is what is tested
    (promised,) = blocks("json")
    data = json.loads(promised)["outputs"][0]["data"]
    assert scope["result"].as_numpy("prediction").flatten().tolist() == data
    assert capsys.readouterr().out.endswith("[1 0]\n")
