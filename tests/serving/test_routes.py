"""Routes: what is where, for which methods, under which prefixes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from challenge_neuralworks.serving import Application
from tests.making import INSTANCE, ROOT, TOY
from tests.serving.conftest import Call


def body(response: dict[str, Any]) -> Any:
    """Return the decoded body."""
    return json.loads(response["body"])


@pytest.mark.parametrize("path", ["/inference/toy", "/inference/toy/", "/dev/inference/toy", "/dev/inference/toy/"])
def test_stage_and_trailing_slash_do_not_matter(call: Call, path: str) -> None:
    """The event's stage is `dev`: its prefix is taken off, and a slash at the end is no other path."""
    assert call("POST", path, INSTANCE)["statusCode"] == 200


@pytest.mark.parametrize("path", ["/", "/models", "/health", "/ping", "/openapi.json", "/docs", "/models/toy"])
def test_get_routes_answer_get_head_and_options(call: Call, path: str) -> None:
    """HEAD is GET without the body; OPTIONS tells what is allowed."""
    got, head, options = (call(method, path) for method in ("GET", "HEAD", "OPTIONS"))
    assert (got["statusCode"], head["statusCode"], options["statusCode"]) == (200, 200, 204)
    assert (head["headers"], head["body"], options["body"]) == (got["headers"], "", "")
    assert options["headers"]["Allow"] == "GET, HEAD, OPTIONS"


def test_a_browser_may_call_from_another_origin(call: Call) -> None:
    """The preflight names methods and headers, and every answer lets any origin read it."""
    headers = call("OPTIONS", "/inference/toy")["headers"]
    assert headers["Access-Control-Allow-Methods"] == "OPTIONS, POST"
    assert headers["Access-Control-Allow-Headers"] == "content-type, x-api-key, inference-header-content-length"
    for response in (call("GET", "/ping"), call("POST", "/inference/toy", "{"), call("GET", "/none")):
        assert response["headers"]["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/inference/toy"), ("PUT", "/models"), ("POST", "/"), ("X", "/ping")]
)
def test_another_method_is_405_and_says_which_are_allowed(call: Call, method: str, path: str) -> None:
    """The Allow header and the detail name the methods."""
    response = call(method, path)
    assert (response["statusCode"], body(response)["code"]) == (405, "method-not-allowed")
    assert "OPTIONS" in response["headers"]["Allow"]


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "HEAD"])
@pytest.mark.parametrize("path", ["/none", "/inference", "/inference/toy/more", "/models/toy/x", "/inference//"])
def test_another_path_is_404(call: Call, method: str, path: str) -> None:
    """What is no route is unknown, whatever the method."""
    assert call(method, path)["statusCode"] == 404


def test_models_and_one_model(call: Call, handler: Application) -> None:
    """What is served, and one model's whole description."""
    version = handler.store.get("toy").version
    assert body(call("GET", "/models")) == {"models": [{"name": "toy", "status": "ready", "version": version}]}
    one = body(call("GET", "/models/toy"))
    assert (one["name"], one["version"], one["classes"], one["threshold"]) == ("toy", version, ["no", "yes"], 0.5)
    assert one["signature"] == TOY.json_schema()
    assert one["digest"] == f"sha256:{handler.store.get('toy').artifact.manifest.pickle.sha256}"
    assert body(call("GET", "/models/none"))["models"] == ["toy"]


def test_health_and_ping(call: Call, handler: Application) -> None:
    """Ready with every model's version; alive."""
    version = handler.store.get("toy").version
    assert body(call("GET", "/health")) == {
        "status": "ready",
        "models": {"toy": {"status": "ready", "version": version}},
    }
    assert body(call("GET", "/ping")) == {"status": "alive"}


def test_paths_remembered_are_bounded(call: Call, handler: Application) -> None:
    """Asking for endless models does not grow the memory for ever."""
    for number in range(1_500):
        call("GET", f"/models/m{number}")
    assert len(handler.router._found) <= 1_000


def test_paths_that_nobody_asks_for_again_keep_no_other_out(call: Call, handler: Application) -> None:
    """However many have been asked for, the one that everybody asks for is remembered."""
    for number in range(1_500):
        call("GET", f"/models/m{number}")
    call("GET", "/models/toy")
    assert ("GET", "/models/toy") in handler.router._found


def test_every_route_is_documented(handler: Application) -> None:
    """docs/api.md and the OpenAPI document name each route."""
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert [route.pattern for route in handler.router.routes if f"`{route.method} {route.pattern}`" not in text] == []


def test_the_pages_are_whole_and_bound_by_a_policy(call: Call) -> None:
    """Both pages name the model, and nothing runs or loads but what their policy admits."""
    for path in ("/", "/docs"):
        response = call("GET", path)
        assert response["headers"]["Content-Type"] == "text/html; charset=utf-8"
        assert response["headers"]["Content-Security-Policy"].startswith("default-src 'none'; ")
        assert "toy" in response["body"]
