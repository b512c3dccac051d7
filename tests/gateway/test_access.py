"""Who may call what."""

from __future__ import annotations

import hmac
import json
from typing import TYPE_CHECKING, Any

import pytest

from challenge_neuralworks.gateway.access import ApiKey, KeyRing, needs_key
from challenge_neuralworks.gateway.plans import PlanKey
from challenge_neuralworks.serving import build
from challenge_neuralworks.settings import Settings
from tests.making import seal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("path", ["/", "/docs", "/docs/", "/openapi.json", "/health", "/ping"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_pages_and_health_are_open(method: str, path: str) -> None:
    """What people and probes read first takes no key."""
    assert needs_key(method, path) is False


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/inference/delay"),
        ("GET", "/inference/delay"),
        ("GET", "/models"),
        ("GET", "/models/delay"),
        ("GET", "/v2"),
        ("POST", "/v2/models/delay/infer"),
        ("POST", "/docs"),
        ("POST", "/"),
        ("get", "/docs"),
        ("GET", "/docs/../models"),
        ("GET", "/docs/x"),
        ("GET", "/%64ocs"),
        ("GET", "/nothing"),
        ("DELETE", "/models/delay"),
    ],
)
def test_everything_else_is_closed(method: str, path: str) -> None:
    """A route that nobody declared open takes a key, and so does a path that merely resembles an open one."""
    assert needs_key(method, path) is True


@pytest.mark.parametrize("path", ["/", "/docs", "/docs/", "/openapi.json"])
def test_locked_pages_take_a_key_and_probes_do_not(path: str) -> None:
    """Where the pages are locked, people need the key for them as well; who asks whether it lives does not."""
    assert needs_key("GET", path, locked=True) is True
    assert [needs_key("GET", probe, locked=True) for probe in ("/health", "/ping")] == [False, False]


@pytest.mark.parametrize("path", ["/", "/inference/delay", "/nothing"])
def test_preflight_is_open(path: str) -> None:
    """A browser's preflight never carries the key, whatever it asks about."""
    assert needs_key("OPTIONS", path) is False


def test_gateway_and_published_contract_agree(tmp_path: Path) -> None:
    """An operation takes a key here just where the OpenAPI document says that it does."""
    seal(tmp_path)
    handler = build(Settings(models_dir=str(tmp_path), metrics=False, log_level="OFF"))
    event: dict[str, Any] = {"httpMethod": "GET", "path": "/openapi.json"}
    paths = json.loads(handler(event, None)["body"])["paths"]
    stated = {(verb.upper(), path): bool(item["security"]) for path in paths for verb, item in paths[path].items()}
    assert len(stated) >= 8
    assert {operation: needs_key(*operation) for operation in stated} == stated


def test_key_is_found_among_several() -> None:
    """Each accepted key is recognised as itself, by an identifier that does not hold it."""
    ring = KeyRing(["first-key", "second-key"])
    assert ring.find("first-key") == ApiKey.of("first-key")
    assert ring.find("second-key") == ApiKey.of("second-key")
    assert len({ApiKey.of("first-key").id, ApiKey.of("second-key").id}) == 2
    assert len(ApiKey.of("first-key").id) == 10


@pytest.mark.parametrize(
    "given", [None, "", "first-kez", "first-ke", "first-key ", "FIRST-KEY", "first-key\ud800", "é"]
)
def test_other_keys_are_refused(given: str | None) -> None:
    """Only the very characters of a key are that key."""
    assert KeyRing(["first-key", "second-key"]).find(given) is None


def test_ring_without_keys_accepts_none() -> None:
    """Where no key is set, none fits, not even the empty one."""
    assert KeyRing([]).find("") is None
    assert KeyRing([]).find("local-dev-key") is None


def test_keys_of_usage_plans_are_found_by_their_digests() -> None:
    """They are accepted beside those given in plain text, and one that is disabled is not, wherever it stands."""
    planned = [PlanKey("p", ApiKey.of("planned").digest), PlanKey("p", ApiKey.of("gone").digest, enabled=False)]
    ring = KeyRing(["plain", "gone"], planned)
    found = {key: ring.find(key) for key in ("plain", "planned", "gone", "other")}
    assert found == {"plain": ApiKey.of("plain"), "planned": ApiKey.of("planned"), "gone": None, "other": None}


@pytest.mark.parametrize("given", ["first", "third", "no", "none of them is as long as this one"])
def test_every_key_is_compared_in_constant_time(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the length of what was sent nor the position of a match changes what is compared."""
    compared: list[tuple[int, int]] = []
    compare = hmac.compare_digest

    def note(ours: bytes, theirs: bytes) -> bool:
        compared.append((len(ours), len(theirs)))
        return compare(ours, theirs)

    monkeypatch.setattr(hmac, "compare_digest", note)
    KeyRing(["first", "second", "third"]).find(given)
    assert compared == [(32, 32)] * 3
