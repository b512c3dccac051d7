"""`neuralworks new` on three data sets, in a copy of the project: tested, served, shown in a browser, taken away."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sklearn import datasets

from tests.gateway.echo import KEY, Running, serving
from tests.making import ROOT
from tests.serving.playground.visiting import MISSING, Visit, browsing, chromium

pytest.importorskip("dvc", reason="the extra 'pipeline' is not installed: pip install '.[pipeline]'")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

SETS = {
    "trial_wine": ("multiclass", datasets.load_wine),
    "trial_diabetes": ("regression", datasets.load_diabetes),
    "trial_breast_cancer": ("binary", datasets.load_breast_cancer),
}

# What is built, fetched or cached, and what belongs to git.
LEFT_BEHIND = shutil.ignore_patterns(
    *(".git", ".venv*", "__pycache__", "*_cache", ".hypothesis", "node_modules", "build", "dist", "reports", "*.csv"),
    *("adult.data", "interim", "processed", "raw", "cache", "tmp", "config.local", "*.egg-info", "images", "mlruns"),
)

SUITE = (
    *("tests/models", "tests/training/test_served_models.py", "tests/training/checks/test_declared.py"),
    *("tests/project/test_openapi.py", "tests/serving/playground/test_page.py", "tests/infra/test_openapi.py"),
)
"""Of the copy's own tests those that go through every model there is."""

# Asked of the copy: the pipeline of scikit-learn, fitted as it was, on rows of the data.
PIPELINE = """
import json, sys, warnings
from pathlib import Path
from challenge_neuralworks.training.frames import feature_rows, frame
from challenge_neuralworks.training.recipes import find_recipe
from challenge_neuralworks.training.tasks import predictions_of
answers = {}
for name in sys.argv[1:]:
    recipe = find_recipe(name)
    examples = recipe.read(Path(f"data/raw/{name}.csv"))
    features = frame(feature_rows(recipe.model, examples.rows))
    fitted = recipe.pipeline(42).fit(features, recipe.task.target(examples.target))
    answers[name] = [examples.rows[::37], predictions_of(fitted, features)[::37].tolist()]
print(json.dumps(answers))
"""

SERVE = """
import os, runpy, sys
os.chdir(sys.argv[1])
runpy.run_module("challenge_neuralworks.gateway", run_name="__main__")
"""


class Copy(NamedTuple):
    """A copy of the project, and what was in it before anything was made."""

    folder: Path
    before: dict[str, str]

    def python(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the copy, with the copy's own package."""
        environment = {**os.environ, "PYTHONPATH": str(self.folder), "DVC_NO_ANALYTICS": "1", "OMP_NUM_THREADS": "1"}
        environment |= {"DVC_SITE_CACHE_DIR": str(self.folder.parent / "site")}
        command = [sys.executable, *words]
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False, timeout=600
        )

    def neuralworks(self, *words: str) -> str:
        """Return what a command prints, which must succeed."""
        done = self.python("-m", "challenge_neuralworks.cli", *words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def _files(folder: Path) -> dict[str, str]:
    """Return path -> SHA-256 of what git would look at."""
    ignored = {"__pycache__", "cache", "tmp", "config.local", ".pytest_cache", ".hypothesis", "mlruns", "mlflow.db"}
    paths = (path for path in folder.rglob("*") if path.is_file() and not ignored & set(path.relative_to(folder).parts))
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in paths}


def _write(folder: Path, name: str) -> Path:
    """Write a data set as people would hand it over: one as a spreadsheet saves it, one with missing cells."""
    data: Any = SETS[name][1]()
    labels = getattr(data, "target_names", None)
    path = folder / f"{name}.csv"
    with path.open("w", encoding="utf-8-sig" if name == "trial_wine" else "utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";" if name == "trial_wine" else ",")
        writer.writerow([*data.feature_names, "answer"])
        for number, (row, target) in enumerate(zip(data.data.tolist(), data.target.tolist(), strict=True)):
            cells = ["?", *row[1:]] if name == "trial_diabetes" and number % 10 == 0 else row
            writer.writerow([*cells, target if labels is None else labels[target]])
    return path


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """Return a copy of the project in which three models were made, each by one command."""
    folder = tmp_path_factory.mktemp("new") / "project"
    shutil.copytree(ROOT, folder, ignore=LEFT_BEHIND)
    made = Copy(folder, _files(folder))
    for name, (kind, _) in SETS.items():
        data = str(_write(folder.parent, name))
        # MLflow takes as long as all the rest; tests/registry tracks.
        told = made.neuralworks("new", name, "--data", data, "--target", "answer", "--no-track")
        assert told.startswith(f"{name}: {kind} of 'answer'")
        assert f"POST /inference/{name} answers" in told
    return made


@pytest.fixture(scope="module")
def server(copy: Copy) -> Iterator[Running]:
    """A gateway in the copy, over all its models."""
    with serving("", ["-c", SERVE, str(copy.folder)], PYTHONPATH=str(copy.folder)) as running:
        yield running


def test_no_other_file_needs_a_hand(copy: Copy) -> None:
    """What changed beside the models' own files are those that describe all models."""
    after = _files(copy.folder)
    changed = {path for path, digest in copy.before.items() if after.get(path) != digest}
    assert changed == {"params.yaml", "dvc.lock", "docs/openapi.json"}
    own = {path for path in after if path not in copy.before}
    assert all(any(name in path for name in SETS) for path in own)


def test_the_suite_of_the_copy_is_green(copy: Copy) -> None:
    """Tests that were made with the models, and those that go through every model."""
    done = copy.python("-m", "pytest", "-q", "-p", "no:cacheprovider", *SUITE)
    assert done.returncode == 0, done.stdout[-5_000:]
    for name in SETS:
        assert (copy.folder / "tests" / "models" / f"test_{name}.py").is_file()


def test_dvc_has_nothing_left_to_do(copy: Copy) -> None:
    """The stages ran as DVC would have run them: `make train` trains none of them again."""
    done = copy.python("-m", "dvc", "status", *(f"{stage}@{name}" for name in SETS for stage in ("train", "evaluate")))
    assert (done.returncode, done.stdout.strip()) == (0, "Data and pipelines are up to date."), done.stderr


def test_every_answer_is_the_pipelines(copy: Copy, server: Running) -> None:
    """Over HTTP, one by one and as a batch, against scikit-learn fitted anew."""
    done = copy.python("-c", PIPELINE, *SETS)
    assert done.returncode == 0, done.stderr
    for name, (rows, expected) in json.loads(done.stdout).items():
        body = _ask(server, name, {"instances": rows})
        assert len(body["predictions"]) == len(expected) >= 4
        for row, prediction, promised in zip(rows, body["predictions"], expected, strict=True):
            alone = _ask(server, name, row)["prediction"]
            assert alone == prediction
            # A regression answers its number, not a list of one.
            assert (prediction if isinstance(prediction, list) else [prediction]) == pytest.approx(promised, abs=1e-9)


def test_the_playground_shows_each(copy: Copy, server: Running) -> None:
    """A form with a control a field, and the prediction of its example, in a real browser."""
    path = chromium()
    if path is None:
        pytest.skip(MISSING)
    with browsing(path) as browser:
        for name in SETS:
            page = browser.new_page()
            visit = Visit(page, server).model(name)
            manifest = json.loads((copy.folder / "models" / name / "manifest.json").read_text(encoding="utf-8"))
            example = {field["name"]: field["example"] for field in manifest["signature"]}
            for field in example:
                assert visit.field(field).count() == 1, field
            prediction = _ask(server, name, example)["prediction"]
            shown = float(page.locator("#number").get_attribute("value") or "nan")
            assert shown in (prediction if isinstance(prediction, list) else [prediction])
            page.close()


def test_what_was_made_is_taken_away_again(copy: Copy) -> None:
    """Exactly: every file of the project is as it was before. What was edited goes only if it is forced."""
    recipe = copy.folder / "challenge_neuralworks" / "training" / "recipes" / "trial_wine.py"
    recipe.write_text(recipe.read_text(encoding="utf-8") + "# Mine.\n", encoding="utf-8")
    before = _files(copy.folder)
    refused = copy.python("-m", "challenge_neuralworks.cli", "remove", "trial_wine")
    assert (refused.returncode, "recipes/trial_wine.py; --force removes" in refused.stderr) == (1, True)
    assert "nothing was removed" in copy.neuralworks("remove", "trial_wine", "--dry-run")
    assert _files(copy.folder) == before
    for name in SETS:
        assert f"{name} is gone" in copy.neuralworks("remove", name, *(["--force"] if name == "trial_wine" else []))
    assert _files(copy.folder) == copy.before


def _ask(server: Running, name: str, body: Any) -> Any:
    headers = {"x-api-key": KEY, "content-type": "application/json"}
    answer = server.ask("POST", f"/inference/{name}", headers, json.dumps(body))
    assert answer.status == 200, answer.body
    return json.loads(answer.body)
