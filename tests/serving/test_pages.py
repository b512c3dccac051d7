"""`NEURALWORKS_PAGES`: open to all, locked behind a key, or hidden."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from challenge_neuralworks.serving import Application, build
from challenge_neuralworks.settings import Settings
from tests.making import INSTANCE, Context, event, rest_event, seal

PAGES = ("/", "/docs", "/openapi.json")


def serve(tmp_path: Path, pages: str) -> Application:
    """Return a handler over the toy model."""
    seal(tmp_path)
    return build(Settings(models_dir=str(tmp_path), log_level="OFF", metrics=False, pages=pages))


def get(handler: Application, path: str, key_id: str | None) -> dict[str, Any]:
    """Ask for a page, as API Gateway does of a caller whose key it checked, or who needed none."""
    asked = rest_event("GET", path)
    asked["requestContext"]["identity"]["apiKeyId"] = key_id
    return handler(asked, Context())


@pytest.mark.parametrize("path", PAGES)
def test_open_pages_are_for_everybody(tmp_path: Path, path: str) -> None:
    """No key was checked, and the page comes."""
    assert get(serve(tmp_path, "open"), path, None)["statusCode"] == 200


@pytest.mark.parametrize("path", PAGES)
def test_locked_pages_come_where_a_key_was_checked(tmp_path: Path, path: str) -> None:
    """API Gateway says so in the event; without that they are 403, by whichever way the event came."""
    handler = serve(tmp_path, "locked")
    assert get(handler, path, "abc123")["statusCode"] == 200
    refused = get(handler, path, None)
    assert (refused["statusCode"], json.loads(refused["body"])["code"]) == (403, "key-required")
    url = event("function_url")
    url["rawPath"], url["requestContext"]["http"]["method"], url["body"] = path, "GET", None
    assert handler(url, Context())["statusCode"] == 403


@pytest.mark.parametrize("path", PAGES)
def test_hidden_pages_are_not_there(tmp_path: Path, path: str) -> None:
    """They are 404 for everybody, and no hint leads to one of them."""
    answer = get(serve(tmp_path, "hidden"), path, "abc123")
    assert answer["statusCode"] == 404
    assert "openapi" not in json.loads(answer["body"])["detail"].replace(path, "")


@pytest.mark.parametrize("pages", ["open", "locked", "hidden"])
def test_predictions_and_probes_do_not_mind(tmp_path: Path, pages: str) -> None:
    """The setting is about pages."""
    handler = serve(tmp_path, pages)
    assert handler(rest_event("POST", "/inference/toy", INSTANCE), Context())["statusCode"] == 200
    assert get(handler, "/health", None)["statusCode"] == 200


def test_the_contract_is_made_once_for_the_same_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody may ask for it, so asking must be cheap; another model is in it at once."""
    handler = serve(tmp_path, "open")
    first = get(handler, "/openapi.json", None)["body"]
    made = handler._contract
    assert get(handler, "/openapi.json", None)["body"] is first
    assert handler._contract is made
    seal(tmp_path, "other")
    assert "/inference/other" in get(handler, "/openapi.json", None)["body"]
