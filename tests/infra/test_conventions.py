"""What every Terraform module here is like, whoever writes the next one."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from challenge_neuralworks.settings import VARIABLES
from tests.infra.declarations import INFRA, MODULES, ROOTS, blocks, tables
from tests.making import ROOT

SOURCES = sorted(INFRA.glob("**/*.tf"))


@pytest.mark.parametrize("folder", ROOTS, ids=lambda folder: folder.name)
def test_a_variable_is_typed_described_and_bounded(folder: Path) -> None:
    """Whoever sets a variable reads what it means, and is refused what makes no sense."""
    variables = blocks(folder, "variable")
    assert 0 < len(variables) <= 15
    assert [v.name for v in variables if not (v.argument("type") and v.argument("description"))] == []
    assert [v.name for v in variables if "\n  validation {" not in "\n" + v.body] == []


@pytest.mark.parametrize("folder", ROOTS, ids=lambda folder: folder.name)
def test_versions_are_bounded_on_both_sides(folder: Path) -> None:
    """A new major version of Terraform or of the provider is a decision, not an accident."""
    (terraform,) = blocks(folder, "terraform")
    assert terraform.argument("required_version") == '">= 1.9, < 2"'
    assert re.findall(r' version = "(.+)"', terraform.body) == [">= 6.0, < 7"]


@pytest.mark.parametrize("folder", MODULES, ids=lambda folder: folder.name)
def test_a_module_is_four_files_a_readme_and_tests(folder: Path) -> None:
    """A reader finds the same things in the same places; files beside them are named after one concern."""
    files = {path.name for path in folder.iterdir() if path.is_file()}
    assert files >= {"README.md", "main.tf", "outputs.tf", "variables.tf", "versions.tf"}
    assert list(folder.glob("tests/*.tftest.hcl"))


@pytest.mark.parametrize("folder", ROOTS, ids=lambda folder: folder.name)
def test_every_variable_has_a_value_that_is_refused(folder: Path) -> None:
    """A bound that no test ever meets may as well not be there."""
    tests = "".join(path.read_text(encoding="utf-8") for path in folder.glob("tests/*.tftest.hcl"))
    refused = re.findall(r"expect_failures = \[(.*?)\]", tests, flags=re.DOTALL)
    named = set(re.findall(r"var\.(\w+)", " ".join(refused)))
    assert {variable.name for variable in blocks(folder, "variable")} - named == set()


@pytest.mark.parametrize("folder", ROOTS, ids=lambda folder: folder.name)
def test_the_readme_holds_the_tables_of_its_module(folder: Path) -> None:
    """`python -m tests.infra.declarations` writes them anew."""
    assert (folder / "README.md").read_text(encoding="utf-8").endswith(tables(folder))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(INFRA)))
def test_nothing_is_open_to_everybody(path: Path) -> None:
    """No wildcard principal or action but in a denial; all resources only where AWS knows no narrower ones."""
    statements = path.read_text(encoding="utf-8").split("Sid ")
    text = "Sid ".join(one for one in statements if not re.search(r'Effect\s*=\s*"Deny"', one))
    assert re.findall(r'(?:Principal|identifiers|AWS)\s*=\s*\[?"\*"', text) == []
    assert re.findall(r'"[a-z0-9-]+:[A-Za-z]*\*"', text) == []
    everywhere = {"ci/main.tf": 1, "lambda/access.tf": 1}
    key = f"{path.parent.name}/{path.name}"
    assert len(re.findall(r'Resource\s*=\s*\[?"\*"', text)) == everywhere.get(key, 0)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(INFRA)))
def test_a_suppressed_finding_says_why(path: Path) -> None:
    """The scanner's word is not overruled in silence."""
    suppressions = re.findall(r"checkov:skip=(.*)", path.read_text(encoding="utf-8"))
    assert [one for one in suppressions if not re.fullmatch(r"CKV2?_AWS_\d+:\S.{20,}", one)] == []


def test_the_function_takes_the_settings_that_there_are() -> None:
    """A setting that the code does not know is a slip; one that Terraform does not know cannot be set."""
    (settings,) = [v for v in blocks(INFRA / "modules" / "lambda", "variable") if v.name == "settings"]
    # Keys are API Gateway's there, and the port is the container's.
    expected = set(VARIABLES.values()) - {"NEURALWORKS_API_KEYS", "PORT"}
    assert set(re.findall(r'"(NEURALWORKS_\w+)"', settings.body)) == expected


def test_no_lock_file_of_a_stand_in_is_committed() -> None:
    """A lock file must hold the checksums of the real provider, on every platform that runs it."""
    for lock in INFRA.glob("**/.terraform.lock.hcl"):
        assert lock.parent == INFRA
        assert lock.read_text(encoding="utf-8").count('"h1:') >= 2


def test_stages_set_the_same_variables() -> None:
    """The stages' files differ by values alone."""
    names = [
        re.findall(r"^(\w+) +=", (INFRA / "stages" / f"{stage}.tfvars").read_text(encoding="utf-8"), flags=re.MULTILINE)
        for stage in ("dev", "prd")
    ]
    assert names[0] == names[1]
    assert json.dumps(names).count("image_digest") == 0


def test_ci_may_do_what_a_deploy_does_and_no_more() -> None:
    """A call that the role lacks fails in production only; one that nothing makes is a risk for nothing."""
    release = ROOT / "challenge_neuralworks" / "deploy" / "release"
    sources = "".join(path.read_text(encoding="utf-8") for path in release.glob("*.py"))
    called = set(re.findall(r'_(?:calls|guarded)\(\s*"(\w+)"', sources))
    policy = (INFRA / "modules" / "ci" / "main.tf").read_text(encoding="utf-8")
    allowed = set(re.findall(r'"(?:lambda|cloudwatch):(\w+)"', policy))
    assert {"InvokeFunction" if name == "invoke" else name.title().replace("_", "") for name in called} == allowed
