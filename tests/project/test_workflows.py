"""The workflows: what they run is there, what they use is pinned, and a branch is deployed to its own stage only."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.making import ROOT
from tests.project.commands import faults

pytest.importorskip("ruamel.yaml", reason="the extra 'train' is not installed")
from tests.project.workflows import FILES, FOLDER, Step, holds, jobs, read, steps

CI, DEPLOY, STAGE = (read(FOLDER / f"{name}.yml") for name in ("ci", "deploy", "stage"))
JOBS = list(jobs())
RUNS = [step for step in steps() if "run" in step.fields]
USES = [step for step in steps() if "uses" in step.fields]
NOT_OURS = ("sudo apt-get ", "NEURALWORKS_API_KEY=$(aws apigateway get-api-key ", "echo ", "export ")
"""How a line begins that runs nothing of this project: the runner's own tools."""


def by_place(found: list[Step]) -> pytest.MarkDecorator:
    """Return the parameters of a test of some steps."""
    return pytest.mark.parametrize("step", found, ids=[step.place for step in found])


def unknown(command: str) -> list[str]:
    """Return what a line of a script names that is not there."""
    if command.startswith(NOT_OURS):
        return []
    script = re.match(r"(?:\.venv/bin/)?python3? ([\w./-]+\.py)", command)
    if script:
        return [] if (ROOT / script[1]).is_file() else [f"there is no file {script[1]}"]
    if not command.startswith(("make ", ".venv/bin/python -m ", ".venv/bin/neuralworks ")):
        return [f"nothing is known of {command}"]
    return list(faults(re.sub(r'"?\$\{?[\w#*/@$]+\}?"?', "X", command).removeprefix(".venv/bin/")))


@by_place(RUNS)
def test_what_is_run_is_there(step: Step) -> None:
    """Targets, commands, options, modules and files exist, so that each step can be tried on any machine."""
    assert [fault for command in step.commands for fault in unknown(command)] == []


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        ("make nothing", "the Makefile has no target nothing"),
        ('.venv/bin/neuralworks deploy --stge "$STAGE"', "neuralworks deploy has no option --stge"),
        (".venv/bin/neuralworks fly", "there is no command neuralworks fly"),
        (
            ".venv/bin/python -m challenge_neuralworks.deploy.none",
            "there is no module challenge_neuralworks.deploy.none",
        ),
        ("python3 .github/none.py", "there is no file .github/none.py"),
        ("curl https://example.org | sh", "nothing is known of curl https://example.org | sh"),
    ],
)
def test_what_is_not_there_is_found(command: str, fault: str) -> None:
    """The check above fails where it should."""
    assert unknown(command) == [fault]


def test_stages_of_training_that_are_named_exist() -> None:
    """`make train` hands its arguments to DVC, which knows the stages of dvc.yaml."""
    named = {stage for step in RUNS for stage in re.findall(r'make train ARGS="(\w+)"', str(step.fields["run"]))}
    assert named
    assert named <= set(read(ROOT / "dvc.yaml")["stages"])


@by_place(RUNS)
def test_a_script_holds_no_expression(step: Step) -> None:
    """GitHub would paste its value into the script, and a branch may be called anything: values come by environment."""
    assert "${{" not in step.fields["run"]


@by_place(USES)
def test_actions_are_pinned(step: Step) -> None:
    """By commit, since a tag can be moved; the comment says which version that is."""
    used = step.fields["uses"]
    assert re.fullmatch(r"[\w-]+/[\w/.-]+@[0-9a-f]{40}", used)
    lines = [line for line in (FOLDER / step.file).read_text().splitlines() if used in line]
    assert all(re.search(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line) for line in lines)


def test_an_action_has_one_version() -> None:
    """What was updated in one place only would be tested in another version than it deploys with."""
    versions = {step.fields["uses"] for step in USES}
    assert len({used.partition("@")[0] for used in versions}) == len(versions)


def test_called_workflows_exist() -> None:
    """They are this repository's own, of the same commit."""
    called = {job["uses"] for _, _, job in JOBS if "uses" in job}
    assert called == {"./.github/workflows/ci.yml", "./.github/workflows/stage.yml"}


@by_place([step for step in USES if step.fields["uses"].startswith("actions/checkout@")])
def test_checkouts_leave_no_credentials(step: Step) -> None:
    """The token would lie in .git for every later step to read."""
    assert step.fields["with"] == {"persist-credentials": False}


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_a_workflow_has_no_permissions_of_its_own(file: Path) -> None:
    """Each job says what it needs; one that forgets can do nothing."""
    assert read(file)["permissions"] == {}


@pytest.mark.parametrize(("file", "name", "job"), JOBS, ids=[f"{file}: {name}" for file, name, _ in JOBS])
def test_a_job_may_do_what_it_needs(file: str, name: str, job: dict[str, Any]) -> None:
    """All read the code; a token for AWS is for the job that deploys, and for who calls it."""
    deploys = file == "stage.yml" or job.get("uses", "").endswith("/stage.yml")
    assert job["permissions"] == {"contents": "read", **({"id-token": "write"} if deploys else {})}


@pytest.mark.parametrize(("file", "name", "job"), JOBS, ids=[f"{file}: {name}" for file, name, _ in JOBS])
def test_a_job_ends(file: str, name: str, job: dict[str, Any]) -> None:
    """GitHub would let one that hangs run for six hours; where a workflow is called, its own jobs say."""
    assert 0 < job.get("timeout-minutes", 0) <= 90 or "uses" in job


def test_what_starts_a_workflow() -> None:
    """`pull_request_target` and `workflow_run` give strangers' code this repository's permissions: neither is here."""
    assert DEPLOY["on"] == {"push": {"branches": ["develop", "main"]}, "pull_request": {"branches": ["develop"]}}
    assert CI["on"] == {
        "pull_request": {"branches-ignore": ["develop"]},
        "workflow_call": None,
        "workflow_dispatch": None,
    }
    assert list(STAGE["on"]) == ["workflow_call"]


PUSH = {"github.event_name": "push", "github.repository": "team/ours"}
PULL = {
    "github.event_name": "pull_request",
    "github.repository": "team/ours",
    "github.ref": "refs/pull/7/merge",
    "github.base_ref": "develop",
    "github.event.pull_request.head.repo.full_name": "team/ours",
    "github.event.pull_request.user.login": "somebody",
}


@pytest.mark.parametrize(
    ("event", "stages"),
    [
        ({**PUSH, "github.ref": "refs/heads/develop"}, {"dev"}),
        ({**PUSH, "github.ref": "refs/heads/main"}, {"prd"}),
        ({**PUSH, "github.ref": "refs/heads/develop2"}, set()),
        ({**PUSH, "github.ref": "refs/tags/main"}, set()),
        (PULL, {"dev"}),
        ({**PULL, "github.base_ref": "main"}, set()),
        ({**PULL, "github.event.pull_request.head.repo.full_name": "stranger/ours"}, set()),
        ({**PULL, "github.event.pull_request.head.repo.full_name": ""}, set()),
        ({**PULL, "github.event.pull_request.user.login": "dependabot[bot]"}, set()),
        ({**PULL, "github.event_name": "pull_request_target", "github.ref": "refs/heads/develop"}, set()),
    ],
)
def test_a_branch_is_a_stage(event: dict[str, str], stages: set[str]) -> None:
    """Develop is dev, main is prd, a pull request to develop from this repository is dev; no other is any."""
    deploys = {name: job for name, job in DEPLOY["jobs"].items() if job["uses"].endswith("/stage.yml")}
    assert {job["with"]["stage"] for job in deploys.values() if holds(job["if"], event)} == stages
    assert all(job["needs"] == "ci" for job in deploys.values())


def test_a_stage_is_an_environment() -> None:
    """Its rules, its variables and its role in AWS are bound to the environment's name, so it must be the stage's."""
    (job,) = STAGE["jobs"].values()
    assert job["environment"]["name"] == "${{ inputs.stage }}"
    assert job["env"]["STAGE"] == "${{ inputs.stage }}"


def test_deploys_are_never_cut_off() -> None:
    """A newer push ends the checks of the older, but waits for its deploy; the two never wait for each other."""
    assert STAGE["concurrency"] == {"group": "deploy-${{ inputs.stage }}", "cancel-in-progress": False}
    assert CI["concurrency"]["cancel-in-progress"] is True
    assert CI["concurrency"]["group"].startswith("ci-")
    # A called workflow sees the caller's name: with it, caller and called would be one group.
    assert "github.workflow" not in CI["concurrency"]["group"]
    assert "concurrency" not in DEPLOY


def test_an_image_is_deployed_by_its_digest() -> None:
    """A tag that is pushed anew changes nothing in Lambda: what was scanned and what is deployed is one digest."""
    (job,) = STAGE["jobs"].values()
    by_name = {step["name"]: step for step in job["steps"]}
    digest = "${{ steps.image.outputs.digest }}"
    for name in ("Refuse what ECR's scan found to be critical", "Deploy and smoke"):
        assert by_name[name]["env"]["DIGEST"] == digest
        assert "$DIGEST" in by_name[name]["run"]
    # Lambda refuses an index, which attestations would make of it; tags are immutable, so each attempt has its own.
    pushed = by_name["Build and push"]["with"]
    assert (pushed["provenance"], pushed["sbom"]) == (False, False)
    assert pushed["tags"].endswith(":${{ github.sha }}-${{ github.run_id }}-${{ github.run_attempt }}")


def test_variables_are_documented() -> None:
    """Who sets a stage up finds every variable that the workflow reads, and none that it does not."""
    read_there = set(re.findall(r"\bvars\.(\w+)", (FOLDER / "stage.yml").read_text()))
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").partition("## On GitHub")[2]
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE)) == read_there


def test_the_order_of_a_deploy() -> None:
    """Packages are installed before there are credentials; nothing is deployed unscanned."""
    (job,) = STAGE["jobs"].values()
    names = [step["name"] for step in job["steps"]]
    order = ["Install neuralworks", "Log in to AWS", "Build and push", "Refuse what ECR's scan found to be critical"]
    order += ["Deploy and smoke", "Say what happened"]
    assert [name for name in names if name in order] == order


def test_every_python_is_tried() -> None:
    """Those that pyproject.toml allows, and only the newest may fail."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    found = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", wanted)
    assert found
    first, last = int(found[1]), int(found[2]) - 1
    test = CI["jobs"]["test"]
    assert test["strategy"]["matrix"]["python"] == [f"3.{minor}" for minor in range(first, last + 1)]
    assert test["continue-on-error"] == f"${{{{ matrix.python == '3.{last}' }}}}"


def test_the_summary_of_a_deploy() -> None:
    """The page says what was deployed and where to look at it, also where the build failed and there is no image."""
    job = {
        "AWS_REGION": "us-east-1",
        "STAGE": "dev",
        "STATUS": "failure",
        "GITHUB_SHA": "abc",
        "REPOSITORY_URL": "1.dkr.ecr.us-east-1.amazonaws.com/challenge-neuralworks-dev",
        "API_URL": "https://x.example/dev/",
        "DIGEST": "",
    }
    command = [sys.executable, ".github/summary.py"]
    done = subprocess.run(command, cwd=ROOT, env=job, capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert lines[0] == "## dev: failure"
    assert "| image | none was pushed |" in lines
    assert "| reference | <https://x.example/dev/docs> |" in lines
    assert any(line.startswith("| function | <https://us-east-1.console.aws.amazon.com/lambda/") for line in lines)


@pytest.fixture(scope="module")
def linters() -> Path:
    """Return the folder of the pinned linters, which make has installed."""
    venv = sys.prefix if sys.prefix != sys.base_prefix else str(ROOT / ".venv")
    target = f"{venv}-workflows/.done"
    command = ["make", f"VENV={venv}", f"PYTHON={sys.executable}", target]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if "No matching distribution" in done.stderr or "Connection" in done.stderr:
        pytest.skip("the linters come from a package index, which cannot be reached: make workflow-lint")
    assert done.returncode == 0, done.stderr
    return Path(f"{venv}-workflows/bin")


def lint(linters: Path, folder: Path) -> tuple[int, str]:
    """Return the status of the linters over a folder, and what they say."""
    command = [str(folder / "tests/project/workflow_lint/check"), str(linters)]
    done = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_linters_find_nothing(linters: Path) -> None:
    """Schemas of workflows and compose file, zizmor at its strictest, and actionlint where it is to be had."""
    status, said = lint(linters, ROOT)
    assert status == 0, said


PLANTED = {
    "template-injection": (
        ".github/workflows/stage.yml",
        "        run: make install\n",
        "        run: make install TITLE='${{ github.event.pull_request.title }}'\n",
    ),
    "unpinned-uses": (
        ".github/workflows/ci.yml",
        "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2",
        "actions/checkout@v6",
    ),
    "excessive-permissions": (".github/workflows/ci.yml", "permissions: {}\n", "permissions: write-all\n"),
    "artipacked": (".github/workflows/stage.yml", "persist-credentials: false", "fetch-depth: 0"),
    "dangerous-triggers": (".github/workflows/deploy.yml", "  pull_request:\n", "  pull_request_target:\n"),
    "timeout-minutes": (".github/workflows/ci.yml", "    timeout-minutes: 20\n", ""),
    "'port' was unexpected": ("docker-compose.yml", "    ports: [", "    port: ["),
    "dependabot-cooldown": (".github/dependabot.yml", "default-days: 7", "default-days: 1"),
}
"""What the linters say of a mistake -> the file it is put into, what stood there, and what stands there then."""


@pytest.fixture(scope="module")
def found(linters: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what the linters say of a copy of the real files with every mistake in it."""
    folder = tmp_path_factory.mktemp("planted")
    lint_folder = Path("tests/project/workflow_lint")
    shutil.copytree(ROOT / ".github", folder / ".github")
    shutil.copytree(ROOT / lint_folder, folder / lint_folder)
    shutil.copy(ROOT / "docker-compose.yml", folder)
    for name, sound, broken in PLANTED.values():
        text = (folder / name).read_text()
        assert sound in text
        (folder / name).write_text(text.replace(sound, broken))
    status, said = lint(linters, folder)
    assert status == 1
    return said


@pytest.mark.slow
@pytest.mark.parametrize("words", PLANTED)
def test_linters_find_what_was_planted(found: str, words: str) -> None:
    """A mistake of each kind is found and named: the linters do look."""
    assert words in found
