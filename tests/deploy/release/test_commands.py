"""The four commands, each in a process of its own or by click, against the same AWS."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from challenge_neuralworks.cli import main
from challenge_neuralworks.cli.deploy import stage_choice
from challenge_neuralworks.deploy.release.calling import Calls
from challenge_neuralworks.deploy.release.connecting import STAGES, function_name
from challenge_neuralworks.deploy.release.lock import Lock
from challenge_neuralworks.deploy.release.stopping import Stop
from tests.cli.live import KEY, MODELS, gateway
from tests.deploy.release.asked import Asked, problem
from tests.deploy.release.cloud import CREDENTIALS, REPOSITORY, Cloud
from tests.deploy.release.staging import Release, Stage, options
from tests.making import ROOT, SERVED


def run(stage: Stage, name: str, *arguments: str | Path, **variables: str | None) -> Result:
    """Run a command of a stage in this process."""
    environment = {**CREDENTIALS, "AWS_ENDPOINT_URL": stage.cloud.url, "NEURALWORKS_FUNCTION": stage.name, **variables}
    return CliRunner().invoke(main, [name, *map(str, arguments)], env=environment, prog_name="neuralworks")


def test_a_stage_is_deployed_shown_and_rolled_back(stage: Stage, old: Release, new: Release) -> None:
    """As people do it, one command after the other."""
    versions = [release.wanted().manifests[0].version for release in (old, new)]
    done = run(stage, "deploy", "--stage", "dev", *options(new))
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "deployed")
    told = json.loads(run(stage, "status", "--stage", "dev", "--json").stdout)
    (live,) = told.pop("live")
    assert told == {"function": stage.name, "previous": "1", "lock": {"state": "free"}}
    assert (live["version"], live["share"], live["digest"]) == ("2", 1.0, new.digest)
    assert live["models"] == {"toy": versions[1]}
    back = run(stage, "rollback", "--stage", "dev", "--models-dir", new.models_dir)
    assert (back.exit_code, back.stdout.splitlines()[-1]) == (0, "rolled back")
    shown = run(stage, "status", "--stage", "dev").stdout.splitlines()
    assert shown[:2] == [stage.name, "  live      version 1, 100 % of the calls"]
    assert shown[3:] == [f"            model toy {versions[0]}", "  previous  version 1", "  lock      free"]


def test_the_status_shows_a_lock_and_a_canary(stage: Stage, new: Release) -> None:
    """And a version that does not answer, with the reason."""
    stage.deploy(new.wanted())
    weights = {"AdditionalVersionWeights": {"2": 0.25}}
    stage.cloud.client("lambda").update_alias(
        FunctionName=stage.name, Name="live", FunctionVersion="1", RoutingConfig=weights
    )
    Lock(stage.bench().function, "tester", 60).take()
    stage.cloud.rules(stage.name).pending["1"] = 2
    lines = run(stage, "status", "--stage", "dev").stdout.splitlines()
    assert lines[1] == "  live      version 1, 75 % of the calls"
    assert lines[3].startswith(f"            does not answer: Invoke of {stage.name}:1: ResourceConflictException")
    assert lines[4] == "  live      version 2, 25 % of the calls"
    assert lines[-1].startswith("  lock      held by tester until 20")


def test_the_image_s_repository_is_that_of_the_live_one(stage: Stage, new: Release) -> None:
    """A digest alone is enough."""
    done = run(stage, "deploy", "--stage", "dev", "--image", new.digest, "--models-dir", new.models_dir, "--dry-run")
    assert done.exit_code == 0
    assert new.digest in done.stdout
    assert stage.live == ("1", {})


@pytest.mark.parametrize(
    ("more", "warned"),
    [
        (["--canary", "10%", "--watch", "179s"], "--watch 179s"),
        (["--canary", "10%", "--watch", "180s"], ""),
        (["--canary", "10%"], ""),
        (["--watch", "60s"], ""),
    ],
)
def test_a_canary_too_short_to_be_seen_is_warned_of(stage: Stage, new: Release, more: list[str], warned: str) -> None:
    """CloudWatch is late: five minutes are the default, and under three one line says what that means."""
    done = run(
        stage, "deploy", "--stage", "dev", "--image", new.digest, "--models-dir", new.models_dir, "--dry-run", *more
    )
    said = f"warning: {warned}: CloudWatch may have nothing to judge the canary by yet; give it 180s or more\n"
    assert (done.exit_code, done.stderr) == (0, said if warned else "")


def test_a_failure_is_one_line(stage: Stage, new: Release, old: Release) -> None:
    """The reason on stderr, and exit status 1."""
    done = run(stage, "deploy", "--stage", "dev", *options(new), "--models-dir", old.models_dir)
    assert done.exit_code == 1
    assert done.stderr.startswith(f"error: {stage.name}:2: serves toy ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (f"{REPOSITORY}:latest", "names an image by the tag 'latest', which may mean another image tomorrow"),
        ("project:v1", "names an image by the tag 'v1'"),
        (f"{REPOSITORY}@sha256:12", "is no image: expected REPOSITORY@sha256: and 64 hexadecimal digits"),
        ("sha256:12", "is no image: expected REPOSITORY@sha256:"),
    ],
)
def test_a_tag_is_refused(stage: Stage, new: Release, image: str, said: str) -> None:
    """Nothing is deployed that could be another image tomorrow."""
    done = run(stage, "deploy", "--stage", "dev", "--image", image, "--models-dir", new.models_dir)
    assert done.exit_code == 1
    assert said in done.stderr
    assert {asked.method for asked in stage.cloud.asked} <= {"GET"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["deploy", "--stage", "dev"], "say what to deploy: either --image or --zip"),
        (["deploy", "--stage", "stg", "--image", "x"], "'stg' is not one of 'dev', 'prd'"),
        (["deploy", "--stage", "dev", "--image", "x", "--canary", "10"], "'10' is no share: write 10% or 0.1"),
        (["deploy", "--stage", "dev", "--image", "x", "--canary", "110%"], "'110%' is no share"),
        (["deploy", "--stage", "dev", "--image", "x", "--watch", "60"], "'60' is no time: write 90s or 5m"),
        (["rollback", "--stage", "dev", "--to", "live"], "--to live: a version is a number"),
        (["smoke"], "say what to ask: --stage, --url or both"),
    ],
)
def test_a_mistake_in_the_command_line_is_told(stage: Stage, arguments: list[str], said: str) -> None:
    """Before AWS is asked anything; exit status 2."""
    done = run(stage, *arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert stage.cloud.asked == []


def test_a_permission_that_lacks_is_named(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The call, the resource and the permission, in one line."""
    denied = problem(403, "AccessDeniedException", "User: x is not authorized")
    monkeypatch.setattr(Cloud, "_get_alias", lambda self, asked: denied)
    done = run(stage, "status", "--stage", "dev")
    assert done.exit_code == 1
    assert done.stderr == (
        f"error: GetAlias of {stage.name}:live: AccessDeniedException: User: x is not authorized; "
        "check that this role may lambda:GetAlias on it\n"
    )


@pytest.mark.parametrize("region", ["", None])
def test_without_a_region_the_variable_is_named(stage: Stage, tmp_path: Path, region: str | None) -> None:
    """A machine that was never set up."""
    none = dict.fromkeys(("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_ENDPOINT_URL"), region)
    done = run(stage, "status", "--stage", "dev", **none, AWS_CONFIG_FILE=str(tmp_path / "none"))
    assert done.exit_code == 1
    assert done.stderr.startswith("error: the set-up of AWS: ")
    assert "; name the region in AWS_REGION" in done.stderr


def test_no_answer_at_all_is_told(stage: Stage) -> None:
    """Nobody listens on that port."""
    done = run(stage, "status", "--stage", "dev", AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_MAX_ATTEMPTS="1")
    assert done.exit_code == 1
    assert "Could not connect to the endpoint URL" in done.stderr
    assert "check the credentials (aws sts get-caller-identity), the region (AWS_REGION) and the network" in done.stderr


def test_a_stage_is_smoked_through_aws(stage: Stage, old: Release, new: Release) -> None:
    """The function as the models here promise; another release is not."""
    version = old.wanted().manifests[0].version
    done = run(stage, "smoke", "--stage", "dev", "--models-dir", old.models_dir)
    assert done.stdout == f"smoke of {stage.name}:live: toy {version}: 1 golden instances as promised\n"
    failed = run(stage, "smoke", "--stage", "dev", "--version", "1", "--models-dir", new.models_dir)
    assert failed.exit_code == 1
    assert failed.stderr.startswith(f"error: {stage.name}:1: serves toy {version}, but models/ here holds toy ")


def test_the_clock_is_that_of_aws(stage: Stage) -> None:
    """Machines that deploy need not agree on the time."""
    stage.cloud.ahead_s = 3600.0
    calls = Calls(stage.cloud.client("lambda"), Stop())
    before = calls.now()
    calls("get_alias", "live", FunctionName=stage.name, Name="live")
    ahead_s = (calls.now() - before).total_seconds()
    lock = Lock(stage.bench().function, "ana", 60.0)
    lock.take()
    # The header has whole seconds.
    assert 3595 < ahead_s < 3605
    assert 3655 < (lock.until - before).total_seconds() < 3665


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    """Yield the URL of a gateway that serves the committed models and wants a key."""
    with gateway(MODELS, KEY) as url:
        yield url


def test_a_live_api_is_smoked(api: str) -> None:
    """Each check has its line: with the key, without one, with a wrong one, and what must be refused."""
    done = CliRunner().invoke(
        main, ["smoke", "--url", api, "--models-dir", str(MODELS)], env={"NEURALWORKS_API_KEY": KEY}
    )
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    # Two of the service, and five of each model.
    assert [line[:4] for line in lines] == ["ok  "] * (2 + 5 * len(SERVED))
    for text in ("GET /health", "/inference/delay: no key is 403", "/inference/income: a bad instance is 400"):
        assert any(text in line for line in lines)


class _Open(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@pytest.fixture
def open_api() -> Iterator[str]:
    """Yield the URL of an API that answers anybody, and nothing of sense."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Open)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_live_api_that_lets_anybody_in_fails(open_api: str, new: Release) -> None:
    """A stage that was deployed before its key existed answers without one: that is found, and so is another model."""
    arguments = ["smoke", "--url", open_api, "--models-dir", str(new.models_dir)]
    done = CliRunner().invoke(main, arguments, env={"NEURALWORKS_API_KEY": KEY})
    assert done.exit_code == 1
    assert "FAIL  POST /inference/toy: no key is 403: status 200, not 403" in done.stdout.splitlines()
    assert "FAIL  POST /inference/toy: a wrong key is 403: status 200, not 403" in done.stdout.splitlines()
    assert done.stderr == f"error: {open_api}: 7 of its checks failed\n"


def test_an_api_that_fails_takes_its_deploy_back(stage: Stage, open_api: str, new: Release) -> None:
    """The function may be well and the API in front of it not: with --url that counts too."""
    arguments = ["--stage", "dev", *options(new, "--url", open_api)]
    done = run(stage, "deploy", *arguments, NEURALWORKS_API_KEY=KEY)
    assert done.exit_code == 1
    assert done.stdout.splitlines()[-1] == "live is back at version 1"
    assert stage.live == ("1", {})
    without = run(stage, "deploy", *arguments, NEURALWORKS_API_KEY=None)
    assert "NEURALWORKS_API_KEY='' cannot be used" in without.stderr


def test_a_live_smoke_without_a_key_is_refused(new: Release) -> None:
    """It could not tell a stage that lets anybody in from one that lets nobody in."""
    done = CliRunner().invoke(
        main,
        ["smoke", "--url", "http://127.0.0.1:9", "--models-dir", str(new.models_dir)],
        env={"NEURALWORKS_API_KEY": ""},
    )
    assert done.exit_code == 1
    assert "NEURALWORKS_API_KEY='' cannot be used: expected a key of the stage's usage plan" in done.stderr


def test_sigterm_takes_a_canary_back(stage: Stage, new: Release) -> None:
    """A job that is cancelled ends its deploy: live is back before the process is gone."""
    process: list[subprocess.Popen[str]] = []

    def end(asked: Asked) -> None:
        if asked.kind == "POST metrics":
            stage.cloud.after = lambda asked: None
            process[0].terminate()

    stage.cloud.after = end
    process.append(stage.command("deploy", *options(new, "--canary", "10%", "--watch", "5m")))
    said, failed = process[0].communicate(timeout=60)
    assert (process[0].returncode, failed) == (1, "error: stopped by SIGTERM\n")
    assert said.splitlines()[-1] == "live is back at version 1"
    assert (stage.live, stage.lock) == (("1", {}), "free")


def test_names_are_those_of_infra() -> None:
    """The function and its alias are called as Terraform calls them, and the stages are its stages."""
    infra = ROOT / "infra"
    (project,) = re.findall(
        r'variable "project" \{.*?default +=\s+"([^"]+)"', (infra / "variables.tf").read_text("utf-8"), re.DOTALL
    )
    assert 'name = "${var.project}-${var.stage}"' in (infra / "locals.tf").read_text("utf-8")
    assert 'alias = "live"' in (infra / "modules" / "lambda" / "main.tf").read_text("utf-8")
    assert function_name("dev") == f"{project}-dev"
    assert sorted(path.stem for path in (infra / "stages").glob("*.tfvars")) == sorted(STAGES)
    assert isinstance(stage_choice, click.Choice)
    assert tuple(stage_choice.choices) == STAGES
