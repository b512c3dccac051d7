"""What becomes of each block in the docs: a table a kind. A block that none of them knows fails the tests.

Languages of blocks, and what is done with them:

sh, none      each command is run: `curl` against a real gateway, `neuralworks` as a process; a Make target must exist.
              A JSON block behind a single `curl` is its answer, value for value. A synopsis, `[--option X]`, is held
              to the command's own options and defaults. Behind ``$`` stand commands, below each what it prints;
              dots stand for the rest of a word, and how long something took may differ.
norun         a word behind sh or hcl: not run, for the reason in `NORUN`; what the block names must exist, be it
              modules, files, extras, targets or options.
python        run in order, a page's blocks in one namespace that begins with what `given.py` has for the page.
csv NAME      a file that the page's commands find; so are toml, json and jsonl with a name.
toml          usage plans, read by what reads them.
text, mermaid a picture, or what a server says, listed in `PICTURES`; files in it must exist.
"""

from __future__ import annotations

from tests.making import SERVED
from tests.project.pages import Block

ELSEWHERE = {
    "docs/add-a-model.md": ("python", "tests/project/test_docs.py"),
    "docs/api.md": ("json", "tests/project/test_docs.py"),
    "docs/cli.md": ("csv $predict $query", "tests/cli/test_documented.py"),
    "docs/data-checks.md": ("json python", "tests/training/checks/test_docs.py"),
    "docs/export.md": ("python", "tests/testing/test_export_docs.py"),
    "docs/local-gateway.md": ("json", "tests/gateway/test_accesslog.py"),
    **{f"docs/models/{name}.md": ("json", "tests/project/test_docs.py") for name in SERVED},
    "docs/security.md": ("sh json", "tests/lifecycle/test_documented.py"),
    "docs/registry.md": ("python", "tests/registry/test_docs.py"),
    "docs/lifecycle.md": ("sh csv $publish $promote $query $rollback", "tests/lifecycle/test_walk.py"),
    "docs/store.md": ("sh json python", "tests/store/test_documented.py"),
    "docs/open-inference-protocol.md": ("sh json python", "tests/serving/protocol/test_client.py"),
}
"""Page -> languages whose blocks a test module of the page's own executes, and that module; it must name the page.

``$predict`` stands for `neuralworks predict` with what it prints.
"""

PROGRAMS = ("curl", "make", "neuralworks", "cat", "head", "tail")
"""What a line that is run may begin with."""

NORUN = {
    "docker run": "needs a Docker engine; CI runs the image in a step of its own",
    "cp .env.example .env": "needs nothing, but the lines below it do; tests/project/test_containers.py reads the file",
    "docker compose ": "needs a Docker engine and public images; tests/project/test_containers.py holds the file",
    "docker tag": "needs a Docker engine",
    "docker push": "writes to a registry that is the reader's own",
    "printf 'FROM challenge-neuralworks": "needs a Docker engine",
    "gcloud ": "needs an account of the reader's own",
    "heroku ": "as gcloud",
    "curl -d @tests/events/rest_v1.json localhost:9000": "asks the container above; CI's step does the same",
    "dask ": "a cluster; tests/training/searching asks one within the process",
    "dvc ": "writes to a remote that is the reader's own",
    "pip install": "changes the environment that the tests run in",
    "poetry install": "as pip",
    "make train": "runs for minutes; tests/project/test_pipeline.py holds the stages",
    "neuralworks deploy": "asks the reader's own account; tests/deploy/release deploys to moto's server",
    "neuralworks smoke": "as deploy",
    "neuralworks rollback": "as deploy",
    "neuralworks status": "as deploy",
    "neuralworks track": "writes to MLflow; tests/registry tracks in a file and in a server",
    "mlflow ": "a server; tests/registry starts both kinds",
    "export MLFLOW_TRACKING_URI=": "names where the reader's own MLflow is",
    "curl -H 'Content-Type: application/json' 127.0.0.1:5001": "asks MLflow; tests/registry/test_served.py does",
    "neuralworks new": "trains and writes to the project; tests/training/scaffolding/test_new.py does, in a copy",
    "neuralworks remove": "as new",
    "neuralworks search": "runs for minutes; tests/test_cli_stages.py searches a small sample",
    "neuralworks train": "runs for minutes; tests/test_cli.py trains on a small sample",
    "EXPORT_PIPELINES=5000": "runs for an hour; the same test draws fewer in each run",
    ".venv/bin/python -m bench.export": "runs for minutes; tests/bench/export",
    ".venv/bin/python -m bench.sealing": "measures for half a minute; tests/bench/test_sealing.py",
    ".venv/bin/python -m bench.profile": "lays out what ships; tests/bench/test_profile.py does, once",
    ".venv/bin/python -m tests.scorers.explaining.write_shap_values": "needs shap, which is not among the packages",
    'resource "aws_api_gateway_rest_api"': "a piece of the Terraform under infra/, which `make infra-test` checks",
    "export TF_CLOUD_ORGANIZATION=": "names the reader's own organization in Terraform Cloud",
    "terraform ": "applies to the reader's own account; `make infra-test` checks what is applied",
    "aws ": "asks the reader's own account",
    ".venv/bin/python - <<": "writes the notebooks anew; tests/notebooks runs them",
}
"""How a command begins -> why it is not run. Its block says ``norun``."""

PICTURES = {
    "docs/architecture.md": ("cli  ",),
    "docs/cli.md": ("models/delay/delay-",),
    "docs/deploying.md": ("challenge-neuralworks-dev: live is version 1",),
    "docs/infra.md": ("flowchart ",),
    "docs/local-gateway.md": ("models/delay/manifest.json changed",),
    "docs/training.md": ("data/<file>", "fetch ->"),
}
"""Page -> how its drawings, tables in fixed width and pieces of a log begin."""

FILES = ("csv", "toml", "json", "jsonl")
"""Languages of files: where a name follows, ```` ```csv flights.csv ````, the page's commands find the file."""

SERVES = ("docs/local-gateway.md",)
"""Pages whose Python starts a server: run as a process of its own, asked, and stopped."""


def kind(block: Block, above: Block | None = None) -> str | None:
    """Return how a block is treated; None where nothing is known of it.

    above : the block before it on the page.
    """
    if block.runs_as in ELSEWHERE.get(block.page, ("",))[0].split() and "outline" not in block.words:
        return "elsewhere"
    if block.language in FILES and any("." in word for word in block.words[:1]):
        return "file"
    if block.language in ("sh", "bash", "console", "hcl", ""):
        return _kind_of_commands(block)
    known = {
        "python": "server" if block.page in SERVES else "python",
        "json": "answer" if above is not None and is_single_call(above) else None,
        "text": "picture" if block.text.startswith(PICTURES.get(block.page, ())) else None,
        "mermaid": "picture" if block.text.startswith(PICTURES.get(block.page, ())) else None,
        "toml": "toml",
    }
    return known.get(block.language)


def is_single_call(block: Block) -> bool:
    """Return whether a block is one `curl`, so that what follows can be its answer."""
    return kind(block) == "commands" and [command.split()[0] for command in block.commands] == ["curl"]


def _kind_of_commands(block: Block) -> str | None:
    if "norun" in block.words or block.language == "hcl":
        return "norun" if reasons(block) and "norun" in block.words else None
    if block.is_synopsis:
        return "synopsis"
    known = bool(block.commands) and all(command.split()[0] in PROGRAMS for command in block.commands)
    return "commands" if known and not any(map(reason, block.commands)) else None


def reason(command: str) -> str | None:
    """Return why a command is not run; None where it can be."""
    return next((why for start, why in NORUN.items() if command.startswith(start)), None)


def reasons(block: Block) -> list[str]:
    """Return the reasons for all commands of a block; none where one of them has none, and so is to be run."""
    one = block.language == "hcl" or "<<" in block.text
    found = [reason(command) for command in block.commands[: 1 if one else None]]
    return [why for why in found if why] if all(found) else []
