"""Redocly's linter finds nothing to say of docs/openapi.json, nor of the variant for API Gateway."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable

from challenge_neuralworks.serving.openapi import document
from challenge_neuralworks.serving.openapi.rest_api import rest_api
from challenge_neuralworks.store import FolderStore
from tests.making import ROOT

HERE = ROOT / "tests" / "project" / "openapi_lint"
NODE, _ = compute_driver_executable()
"""Playwright's own Node.js: the system's may be older than the linter takes."""

# It would send what it lints to nobody, but say that it was used.
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"}


@pytest.fixture(scope="module")
def linter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that npm has installed the pinned linter in."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm on PATH, which installs the linter: apt-get install npm")
    folder = tmp_path_factory.mktemp("linter")
    for file in HERE.iterdir():
        shutil.copy(file, folder)
    command = [npm, "ci", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1", "--loglevel=error"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        unreachable = any(code in done.stderr for code in ("ENOTFOUND", "ECONNREFUSED", "ETIMEDOUT", "EAI_AGAIN"))
        assert unreachable, done.stderr
        pytest.skip("npm's registry cannot be reached: the linter is installed from there")
    return folder


def lint(folder: Path, file: Path, config: str) -> str:
    """Return what the linter has to say of a file; "" where it is nothing."""
    script = folder / "node_modules" / "@redocly" / "cli" / "bin" / "cli.js"
    command = [NODE, str(script), "lint", str(file), "--config", config]
    done = subprocess.run(
        [*command, "--format", "json"],
        cwd=folder,
        env={**os.environ, **QUIET},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("{"), done.stderr
    problems = json.loads(done.stdout)["problems"]
    return "\n".join(f"{one['ruleId']}: {one['message']} {one['location'][0].get('pointer')}" for one in problems)


def test_the_document_breaks_no_rule(linter: Path) -> None:
    """Every rule the linter has, but for those that redocly.yaml gives a reason against."""
    assert lint(linter, ROOT / "docs" / "openapi.json", "redocly.yaml") == ""


def test_the_variant_for_api_gateway_is_well_formed(linter: Path, tmp_path: Path) -> None:
    """The rules of the format itself."""
    file = tmp_path / "gateway.json"
    file.write_text(json.dumps(rest_api(document(FolderStore(str(ROOT / "models"))))), encoding="utf-8")
    assert lint(linter, file, "gateway.yaml") == ""


def test_a_broken_rule_is_found(linter: Path, tmp_path: Path) -> None:
    """The linter does look: an operation without a summary is told."""
    made = document(FolderStore(str(ROOT / "models")))
    del made["paths"]["/ping"]["get"]["summary"]
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(made), encoding="utf-8")
    found = lint(linter, file, "redocly.yaml")
    assert found == "operation-summary: Operation object should contain `summary` field. #/paths/~1ping/get/summary"


def test_the_linter_is_pinned() -> None:
    """One exact version, locked with its hash, from whichever registry npm is set to."""
    asked = json.loads((HERE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    packages = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    locked = {path.removeprefix("node_modules/"): entry for path, entry in packages.items() if path}
    assert {name: entry["version"] for name, entry in locked.items()} == asked
    assert all(entry["integrity"].startswith("sha512-") and "resolved" not in entry for entry in locked.values())
