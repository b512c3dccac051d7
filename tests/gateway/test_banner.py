"""What the gateway says once it listens."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import pytest

from challenge_neuralworks.gateway import Options
from challenge_neuralworks.gateway.banner import banner, base_url
from challenge_neuralworks.gateway.start import DEFAULT_KEY, Plan
from challenge_neuralworks.settings import Settings
from tests.gateway.echo import build
from tests.making import INSTANCE, seal

if TYPE_CHECKING:
    from pathlib import Path


def plan(models_dir: Path, *keys: str, address: str = "127.0.0.1") -> Plan:
    """Return a plan for a folder of models."""
    return Plan(Settings(models_dir=str(models_dir)), build, address, keys)


def test_whole_banner(tmp_path: Path) -> None:
    """It names where, which version, the key, and a call whose instance is one that the model takes."""
    manifest = seal(tmp_path)
    text = banner(plan(tmp_path, DEFAULT_KEY), "granian")
    assert text == (
        "Serving on http://127.0.0.1:8000 with granian; Ctrl-C stops it.\n"
        f"  model toy {manifest.version}\n"
        "  x-api-key: local-dev-key (for this machine only; set NEURALWORKS_API_KEYS for others)\n"
        "Playground: http://127.0.0.1:8000/#key=local-dev-key\n"
        "API reference: http://127.0.0.1:8000/docs\n"
        "Try:\n"
        "  curl http://127.0.0.1:8000/inference/toy -H 'x-api-key: local-dev-key'"
        f" -H 'content-type: application/json' -d '{json.dumps(INSTANCE)}'"
    )
    assert json.loads(shlex.split(text.splitlines()[-1])[-1]) == INSTANCE


def test_delay_is_the_example_where_it_is_served(tmp_path: Path) -> None:
    """Of several models the one everybody knows is shown."""
    for name in ("aardvark", "toy"):
        seal(tmp_path, name)
    assert "/inference/aardvark " in banner(plan(tmp_path, DEFAULT_KEY), "granian")


def test_model_that_is_down_is_told_with_its_cause(tmp_path: Path) -> None:
    """A broken artifact is named, and the call shows a model that works."""
    seal(tmp_path, "broken")
    seal(tmp_path, "toy")
    pickle = next((tmp_path / "broken").glob("*.pkl"))
    pickle.write_bytes(pickle.read_bytes() + b"x")
    lines = banner(plan(tmp_path, DEFAULT_KEY), "granian").splitlines()
    assert [line[:25] for line in lines if "broken" in line] == ["  model broken is down: " + str(tmp_path)[0]]
    assert lines[-1].startswith("  curl http://127.0.0.1:8000/inference/toy ")


def test_no_models(tmp_path: Path) -> None:
    """An empty folder is said to be empty, and no call is made up."""
    assert banner(plan(tmp_path / "absent", DEFAULT_KEY), "granian").splitlines()[1:] == [
        f"  no models in {tmp_path / 'absent'}",
        "  x-api-key: local-dev-key (for this machine only; set NEURALWORKS_API_KEYS for others)",
        "Playground: http://127.0.0.1:8000/#key=local-dev-key",
        "API reference: http://127.0.0.1:8000/docs",
    ]


def test_real_keys_are_not_printed(tmp_path: Path) -> None:
    """Keys can be told apart but not used, and the call takes the first from the shell's environment."""
    seal(tmp_path)
    text = banner(plan(tmp_path, "a-long-and-secret-key", "short"), "granian")
    assert "  x-api-key: a-... (21 characters), ...\n" in text
    assert '-H "x-api-key: ${NEURALWORKS_API_KEYS%%,*}" ' in text
    assert "Playground: http://127.0.0.1:8000/\n" in text
    assert "secret" not in text
    assert "short" not in text


def test_stage_is_in_every_link(tmp_path: Path) -> None:
    """With a stage in front of every path, what is printed can be opened and called as it stands."""
    seal(tmp_path)
    lines = banner(plan(tmp_path, DEFAULT_KEY)._replace(options=Options(stage="dev")), "granian").splitlines()
    assert lines[0] == "Serving on http://127.0.0.1:8000/dev with granian; Ctrl-C stops it."
    assert lines[3:5] == [
        "Playground: http://127.0.0.1:8000/dev/#key=local-dev-key",
        "API reference: http://127.0.0.1:8000/dev/docs",
    ]
    assert lines[-1].startswith("  curl http://127.0.0.1:8000/dev/inference/toy ")


@pytest.mark.parametrize("pages", ["locked", "hidden"])
def test_pages_that_a_link_cannot_open_are_not_offered(tmp_path: Path, pages: str) -> None:
    """A browser cannot send a key of its own accord."""
    settings = Settings(models_dir=str(tmp_path), pages=pages)
    text = banner(plan(tmp_path, DEFAULT_KEY)._replace(settings=settings), "granian")
    assert "Playground" not in text
    assert "/docs" not in text


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (Options(concurrency=3), "  environments: 3 at most, cold start 0 ms"),
        (Options(cold_start_ms=1500), "  environments: 1,000 at most, cold start 1,500 ms"),
    ],
)
def test_environments_are_told(tmp_path: Path, options: Options, line: str) -> None:
    """What makes the gateway slower or refuse is said at the start."""
    assert line in banner(plan(tmp_path, DEFAULT_KEY)._replace(options=options), "granian").splitlines()


def test_keys_of_usage_plans_are_counted(tmp_path: Path) -> None:
    """Nobody here knows the keys themselves, so the call asks for one."""
    models, plans = tmp_path / "models", tmp_path / "plans.toml"
    seal(models)
    plans.write_text('[plans.p]\n[keys.a]\nplan = "p"\nsha256 = "' + "0" * 64 + '"\n', encoding="utf-8")
    planned = plan(models)._replace(options=Options(usage_plans=str(plans)), reload=True)
    lines = banner(planned, "granian").splitlines()
    assert lines[2:5] == [
        "  reloads when code, models or usage plans change",
        f"  x-api-key: 1 of {plans}",
        "Playground: http://127.0.0.1:8000/",
    ]
    assert ' -H "x-api-key: ${API_KEY:?set it to a key of the usage plans}" ' in lines[-1]


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),  # noqa: S104  # nothing is bound
        ("::1", "http://[::1]:8000"),
        ("::", "http://[::1]:8000"),
        ("192.0.2.1", "http://192.0.2.1:8000"),
    ],
)
def test_url_is_one_that_can_be_opened(tmp_path: Path, address: str, url: str) -> None:
    """Every interface is none that can be called: the URL names this machine instead."""
    assert base_url(plan(tmp_path, address=address)) == url
