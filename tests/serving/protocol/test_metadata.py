"""What the protocol asks of a server and its models besides predictions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from challenge_neuralworks import __version__
from challenge_neuralworks.scorers.additive import AdditiveScorer
from challenge_neuralworks.serving import Application
from tests.making import INSTANCE, Context, draft, rest_event, seal
from tests.serving.conftest import Call
from tests.serving.protocol.asking import answered, inputs, serve


def get(handler: Application, path: str) -> tuple[int, dict[str, Any]]:
    """Return status and document of a GET."""
    return answered(handler(rest_event("GET", path), Context()))


def test_server(handler: Application) -> None:
    """Name, version of the package, and the one extension."""
    assert get(handler, "/v2") == (
        200,
        {"name": "challenge_neuralworks", "version": __version__, "extensions": ["binary_tensor_data"]},
    )


def test_live_and_ready(handler: Application) -> None:
    """Both are 200 while the model answers."""
    assert get(handler, "/v2/health/live") == (200, {"live": True})
    assert get(handler, "/v2/health/ready") == (200, {"ready": True})


def spoil(models_dir: Path, name: str) -> None:
    """Seal a model and change a byte of its pickle."""
    path = models_dir / name / seal(models_dir, name).pickle.file
    path.write_bytes(path.read_bytes()[:-1] + b"!")


def test_a_model_that_is_down_is_503_and_the_server_ready_while_another_answers(tmp_path: Path) -> None:
    """The rule of /health: one bad artifact does not take the others down, all of them do."""
    spoil(tmp_path, "bad")
    handler = serve(tmp_path)
    assert get(handler, "/v2/health/ready") == (503, {"ready": False})
    assert get(handler, "/v2/health/live")[0] == 200
    seal(tmp_path)
    assert get(handler, "/v2/health/ready") == (200, {"ready": True})
    refused = "model 'bad' is not available: its artifact failed a check (digest-mismatch)"
    for path in ("/v2/models/bad", "/v2/models/bad/ready", "/v2/models/bad/versions/1"):
        assert get(handler, path) == (503, {"error": refused})
    response = handler(rest_event("POST", "/v2/models/bad/infer", {"inputs": inputs([INSTANCE])}), Context())
    assert answered(response) == (503, {"error": refused})
    assert response["headers"]["Retry-After"] == "30"


def test_model(handler: Application) -> None:
    """A column an input field, in the signature's order, and the outputs that an inference answers."""
    version = handler.store.get("toy").version
    expected = {
        "name": "toy",
        "versions": [version],
        "platform": "challenge_neuralworks",
        "inputs": [
            {"name": "colour", "datatype": "BYTES", "shape": [-1]},
            {"name": "place", "datatype": "BYTES", "shape": [-1]},
            {"name": "age", "datatype": "INT64", "shape": [-1]},
            {"name": "weight", "datatype": "FP64", "shape": [-1]},
        ],
        "outputs": [
            {"name": "prediction", "datatype": "FP64", "shape": [-1, 2]},
            {"name": "label", "datatype": "BYTES", "shape": [-1]},
        ],
    }
    assert get(handler, "/v2/models/toy") == (200, expected)
    assert get(handler, f"/v2/models/toy/versions/{version}") == (200, expected)


def test_model_ready(handler: Application) -> None:
    """A model that loads is ready, in the version that is served."""
    ready = (200, {"name": "toy", "ready": True})
    assert get(handler, "/v2/models/toy/ready") == ready
    assert get(handler, f"/v2/models/toy/versions/{handler.store.get('toy').version}/ready") == ready


def test_labels_that_are_integers_and_regressions_without_any(tmp_path: Path) -> None:
    """Integer classes are INT64; a regression has one number a row and no label."""
    seal(tmp_path, "numbered", classes=(0, 1))
    value = AdditiveScorer(1_000.0, (), (("weight", 2.0, 0.0, 1.0),), "identity")
    golden = (draft().golden[0]._replace(prediction=value.predict(INSTANCE)),)
    seal(tmp_path, "value", value, classes=(), threshold=None, golden=golden)
    handler = serve(tmp_path)
    assert get(handler, "/v2/models/numbered")[1]["outputs"][1]["datatype"] == "INT64"
    outputs = get(handler, "/v2/models/value")[1]["outputs"]
    assert outputs == [{"name": "prediction", "datatype": "FP64", "shape": [-1, 1]}]
    answer = handler(rest_event("POST", "/v2/models/value/infer", {"inputs": inputs([INSTANCE] * 2)}), Context())
    assert answered(answer)[1]["outputs"] == [
        {"name": "prediction", "shape": [2, 1], "datatype": "FP64", "data": [1_003.0, 1_003.0]}
    ]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["/v2/models/toy/versions/7", "/v2/models/toy/versions/7/ready"])
def test_another_version_is_404(handler: Application, method: str, path: str) -> None:
    """The error names the version that is served."""
    path = path if method == "GET" else "/v2/models/toy/versions/7/infer"
    version = handler.store.get("toy").version
    assert answered(handler(rest_event(method, path, "{}" if method == "POST" else None), Context())) == (
        404,
        {"error": f"there is no version '7' of model 'toy'; served here: {version}"},
    )


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", "/v2/models/none", 404, "there is no model 'none'; served here: toy"),
        ("POST", "/v2/models/none/infer", 404, "there is no model 'none'; served here: toy"),
        ("GET", "/v2/none", 404, "there is nothing at '/v2/none'"),
        ("GET", "/dev/v2/none", 404, "there is nothing at '/v2/none'"),
        ("GET", "/v2/models", 404, "there is nothing at '/v2/models'"),
        ("OPTIONS", "/v2/none", 404, "there is nothing at '/v2/none'"),
        ("POST", "/v2/", 405, "'POST' is not possible here; use GET or HEAD or OPTIONS"),
        ("PUT", "/v2/models/toy/infer", 405, "'PUT' is not possible here; use OPTIONS or POST"),
    ],
)
def test_errors_of_routing_have_the_protocols_shape(call: Call, method: str, path: str, status: int, said: str) -> None:
    """Whatever is under /v2 answers as the protocol does, what is not does not."""
    found, document = answered(call(method, path))
    assert (found, document["error"].startswith(said)) == (status, True)


@pytest.mark.parametrize("path", ["/v3", "/v2x", "/models/v2", "/"])
def test_errors_elsewhere_are_problems(call: Call, path: str) -> None:
    """The hook is for /v2 alone."""
    assert call("POST", path)["headers"]["Content-Type"] == "application/problem+json"


def test_a_defect_is_500_with_the_request_id_and_nothing_else(
    handler: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What broke is for the log."""

    def broken(name: str) -> None:
        raise ZeroDivisionError(name)

    monkeypatch.setattr(handler.store, "get", broken)
    assert get(handler, "/v2/models/toy") == (
        500,
        {"error": f"internal error; request id {Context.aws_request_id}"},
    )


@pytest.mark.parametrize("path", ["/v2", "/v2/health/live", "/v2/models/toy", "/v2/models/toy/ready"])
def test_get_routes_take_head_and_options(call: Call, path: str) -> None:
    """As everywhere: HEAD is GET without the body, OPTIONS says what is allowed."""
    got, head, options = (call(method, path) for method in ("GET", "HEAD", "OPTIONS"))
    assert (head["statusCode"], head["headers"], head["body"]) == (200, got["headers"], "")
    assert options["headers"]["Allow"] == "GET, HEAD, OPTIONS"
