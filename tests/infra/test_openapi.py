"""The document that API Gateway imports is the one the code writes, and guards what the local gateway guards."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from click.testing import CliRunner

from challenge_neuralworks.cli.openapi import openapi
from challenge_neuralworks.gateway.access import OPEN_PATHS, PROBES, needs_key
from challenge_neuralworks.serving.problems import STATUSES, TYPE
from tests.infra.declarations import INFRA
from tests.making import ROOT

TEMPLATE = INFRA / "openapi.json.tftpl"
METHODS = {"x-amazon-apigateway-any-method": "PUT"}


@pytest.fixture(scope="module")
def document() -> Any:
    """Return the committed template."""
    return json.loads(TEMPLATE.read_text(encoding="utf-8"))


def test_the_template_is_what_the_command_writes() -> None:
    """`neuralworks openapi --gateway --output infra/openapi.json.tftpl` writes it anew."""
    written = CliRunner().invoke(openapi, ["--gateway", "--models-dir", str(ROOT / "models")])
    assert written.exit_code == 0
    assert written.stdout == TEMPLATE.read_text(encoding="utf-8")


def test_the_template_has_one_blank_to_fill() -> None:
    """Terraform reads ``${`` and ``%{`` as its own: nothing else of the document may look like it."""
    text = TEMPLATE.read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{[^}]*\}", text)) == {"${integration_uri}"}
    assert "%{" not in text


def test_both_gateways_ask_for_the_key_on_the_same_operations(document: Any) -> None:
    """What needs a key locally needs one on AWS, and the other way round."""
    for path, operations in document["paths"].items():
        called = path.replace("{proxy+}", "nosuch").replace("{model}", "delay").replace("{version}", "1")
        for method, operation in operations.items():
            keyed = operation["security"] == [{"api_key": []}]
            assert keyed is needs_key(METHODS.get(method, method.upper()), called), (method, path)


def test_the_module_knows_the_same_open_paths() -> None:
    """Terraform refuses an operation without a key by the rule of the local gateway."""
    text = (INFRA / "modules" / "api-gateway" / "body.tf").read_text(encoding="utf-8")
    lists = re.findall(r"^  (probes|pages) += (\[.*\])", text, flags=re.MULTILINE)
    listed = {name: set(json.loads(paths)) for name, paths in lists}
    assert listed == {"probes": PROBES, "pages": OPEN_PATHS - PROBES}


def test_problems_of_the_gateway_mean_what_they_mean_in_the_handler() -> None:
    """One code, one status and one title, whoever answers."""
    text = (INFRA / "modules" / "api-gateway" / "responses.tf").read_text(encoding="utf-8")
    known = {error.code: (status, title) for error, (status, title) in STATUSES.items()}
    rows = re.findall(r'^    [A-Z_0-9]+ += \[(\d+), "([a-z-]+)", "(.+)"\]', text, flags=re.MULTILINE)
    assert len(rows) >= 15
    assert TYPE in text
    shared = [(code, (int(status), title)) for status, code, title in rows if code in known]
    assert {code for code, _ in shared} == {"key-required", "unknown-route", "body-too-large", "unsupported-media-type"}
    assert [(code, known[code]) for code, _ in shared] == shared
