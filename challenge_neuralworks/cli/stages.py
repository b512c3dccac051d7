"""The stages of training, one command each; dvc.yaml runs them in order and reruns what has changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from challenge_neuralworks.cli.options import DATA_DIR, models_dir, seed
from challenge_neuralworks.cli.progress import Count, Lines
from challenge_neuralworks.cli.training import data_file, declared_file

INTERIM = DATA_DIR / "interim"
PROCESSED = DATA_DIR / "processed"
REPORTS = Path("reports")

TOLD = {
    "binary": ("auc", "brier", "ece", "f1"),
    "multiclass": ("auc", "accuracy", "log_loss"),
    "regression": ("r2", "rmse", "mae"),
}
"""Kind of task -> metrics that an evaluation ends with."""


def _parts(model: str) -> Path:
    return PROCESSED / model / "parts"


jobs = click.option("--jobs", type=int, default=-1, show_default=True, help="Processes; -1 is one a core.")
cluster = click.option("--cluster", default="", metavar="ADDRESS", help="Fit on the Dask cluster at this address.")


@click.command()
@click.argument("model")
@data_file
def preprocess(model: str, data: Path | None) -> None:
    """Read MODEL's data file and write it as requests would state it, to data/interim/MODEL.csv."""
    from challenge_neuralworks.training.recipes import find_recipe
    from challenge_neuralworks.training.stages import preprocess as run

    recipe = find_recipe(model)
    path = data or declared_file(recipe.dataset)
    origin = run(recipe, path, INTERIM / f"{model}.csv")
    click.echo(f"{INTERIM / model}.csv: {origin.rows:,} rows of {path.name} (SHA-256 {origin.sha256[:12]}...)")


@click.command()
@click.argument("model")
@data_file
@click.option(
    "--reference",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Data file to compare with.  [default: the profile data/reference/MODEL.json]",
)
@click.option("--alpha", type=click.FloatRange(0, 1), default=0.01, show_default=True, help="Significance level.")
@click.option("--ks", type=click.FloatRange(0, 1), default=0.1, show_default=True, help="Largest effect of a number.")
@click.option(
    "--v",
    "cramers_v",
    type=click.FloatRange(0, 1),
    default=0.1,
    show_default=True,
    help="Largest effect of a category.",
)
@click.option("--auc", type=click.FloatRange(0, 1), default=0.9, show_default=True, help="Largest AUC of one field.")
def check_data(model: str, data: Path | None, reference: Path | None, **limits: float) -> None:
    """Check data for MODEL and write reports/MODEL/data.html; exit 1 where a check fails.

    Without --data the rows are those of data/interim/MODEL.csv.
    """
    from challenge_neuralworks.training.checks import Limits, read_profile, refuse_failed, write_report
    from challenge_neuralworks.training.checks import check_data as run
    from challenge_neuralworks.training.datasets import read_examples
    from challenge_neuralworks.training.recipes import find_recipe

    recipe = find_recipe(model)
    path = data or INTERIM / f"{model}.csv"
    numeric = recipe.task.kind == "regression"
    examples = recipe.read(data) if data else read_examples(path, recipe.model.fields, numeric=numeric)
    other = recipe.read(reference) if reference else read_profile(DATA_DIR / "reference" / f"{model}.json")
    report = run(model, examples, other, Limits(**limits), path.name)
    page = write_report(report, REPORTS / model)
    refuse_failed(report, page)
    click.echo(f"{page}: {len(report.findings)} checks passed on {report.rows:,} rows")


@click.command()
@click.argument("model")
def segregate(model: str) -> None:
    """Split data/interim/MODEL.csv into rows to fit on and to test on, under data/processed/MODEL/parts/."""
    from challenge_neuralworks.training.recipes import find_recipe
    from challenge_neuralworks.training.stages import read_interim
    from challenge_neuralworks.training.stages import segregate as run

    recipe = find_recipe(model)
    examples, _ = read_interim(recipe, INTERIM / f"{model}.csv")
    counts = run(recipe, examples, _parts(model))
    click.echo(f"{_parts(model)}: " + ", ".join(f"{part} {rows:,}" for part, rows in counts.items()))


@click.command()
@click.argument("model")
@seed
@click.option("--fits", type=click.IntRange(1), default=200, show_default=True, help="Most fits to spend.")
@jobs
@cluster
def search(model: str, seed: int, fits: int, jobs: int, cluster: str) -> None:
    """Compare every way to train MODEL by cross validation; writes data/processed/MODEL/candidates.json.

    Only rows that no split tests on are looked at.
    """
    from challenge_neuralworks.training.recipes import find_recipe
    from challenge_neuralworks.training.reporting import write_whole
    from challenge_neuralworks.training.searching.engine import Engine
    from challenge_neuralworks.training.searching.report import found_json
    from challenge_neuralworks.training.searching.search import search as run
    from challenge_neuralworks.training.stages import read_searched

    recipe = find_recipe(model)
    examples = read_searched(recipe, _parts(model))
    with Count(f"search {model}", "fits") as progress:
        found = run(recipe, examples, seed, Engine(jobs, cluster), fits, progress)
    for one in found.tried:
        mark = "*" if one is found.chosen else " "
        click.echo(f"{mark} {one.headline.upper()} {one.worth:.4f}  {one.candidate.name}  {json.dumps(one.params)}")
    for name in found.absent:
        click.echo(f"  not tried: {name}, which needs the extra 'boosting'")
    text = json.dumps(found_json(found, recipe, seed), indent=1, ensure_ascii=False)
    write_whole(PROCESSED / model / "candidates.json", f"{text}\n")


@click.command()
@click.argument("model")
@seed
@click.option("--resamples", type=click.IntRange(2), default=500, show_default=True, help="For each interval.")
@click.option("--repeats", type=click.IntRange(1), default=5, show_default=True, help="Shuffles of each field.")
@jobs
@cluster
def evaluate(model: str, seed: int, resamples: int, repeats: int, jobs: int, cluster: str) -> None:
    """Measure MODEL and every other candidate on rows they were not fitted on; writes reports/MODEL/evaluation.html."""
    from challenge_neuralworks.training.assessing import assess
    from challenge_neuralworks.training.declarations import read_declaration
    from challenge_neuralworks.training.evaluation import Effort, write_report
    from challenge_neuralworks.training.recipes import find_recipe
    from challenge_neuralworks.training.searching.engine import Engine
    from challenge_neuralworks.training.searching.report import read_choice
    from challenge_neuralworks.training.stages import read_splits

    recipe, folder = find_recipe(model), PROCESSED / model
    chosen = read_choice(recipe, folder / "candidates.json")
    found = json.loads((folder / "candidates.json").read_text(encoding="utf-8"))
    dataset = read_declaration(recipe.dataset, DATA_DIR)
    about = {"title": dataset.title, "licence": dataset.licence, "rows_in_file": dataset.rows}
    effort = Effort(resamples, repeats, seed)
    with Lines(f"evaluate {model}") as report:
        made = assess(
            model, chosen, read_splits(recipe, _parts(model)), found, about, effort, Engine(jobs, cluster), report
        )
    write_report(made, REPORTS / model)
    for split in made["splits"]:
        values = ", ".join(f"{name} {split['metrics'][name]['value']:.4f}" for name in TOLD[chosen.task.kind])
        click.echo(f"{split['name']}: {values}")
    click.echo(f"{REPORTS / model / 'evaluation.html'} has the rest")


@click.command()
@click.argument("model")
@click.option("--made", type=click.Path(file_okay=False, path_type=Path), help="Folder of the artifact to check.")
@models_dir
@click.option("--least", multiple=True, metavar="SPLIT.METRIC=X", help="A metric must be X or more.")
@click.option("--most", multiple=True, metavar="SPLIT.METRIC=X", help="A metric must be X or less.")
def check_model(model: str, made: Path | None, models_dir: Path, least: tuple[str, ...], most: tuple[str, ...]) -> None:
    """Hold MODEL to the conformance suite and to what it must be worth; then put it under --models-dir, with its card.

    The artifact is that of data/processed/MODEL/models, the figures are those of reports/MODEL/evaluation.json.
    """
    from challenge_neuralworks.artifact.manifest import read_manifest
    from challenge_neuralworks.testing import check_model as conform
    from challenge_neuralworks.training.cards import card, find_declaration
    from challenge_neuralworks.training.gates import check_gates, parse_gate, put
    from challenge_neuralworks.training.reporting import write_whole

    trained = made or PROCESSED / model / "models"
    evaluation = _evaluation(REPORTS / model / "evaluation.json")
    gates = [parse_gate(text, least=True) for text in least] + [parse_gate(text, least=False) for text in most]
    for line in check_gates(evaluation, gates):
        click.echo(f"  {line}")
    click.echo(str(conform(model, str(trained))))
    text = card(read_manifest(str(trained / model)), evaluation, find_declaration(model))
    put(trained / model, models_dir / model)
    page = Path("docs") / "models" / f"{model}.md"
    write_whole(page, text)
    # Beside the card, so that anybody can see that the one follows from the other.
    whole = json.dumps(evaluation, ensure_ascii=False, separators=(",", ":"))
    write_whole(page.with_suffix(".json"), f"{whole}\n")
    click.echo(f"{models_dir / model}: conforms, {len(gates)} gates passed; {page} is its card")


def _evaluation(path: Path) -> Any:
    from challenge_neuralworks.errors import DataError

    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read: {error}; 'neuralworks evaluate' writes it") from error
