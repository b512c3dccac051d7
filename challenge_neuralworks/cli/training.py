"""``neuralworks train``: from a data file to a sealed artifact."""

from __future__ import annotations

from pathlib import Path

import click

from challenge_neuralworks.cli.options import DATA_DIR, models_dir, seed
from challenge_neuralworks.cli.progress import Steps

data_file = click.option(
    "--data",
    type=click.Path(dir_okay=False, path_type=Path),
    help="CSV file to learn from.  [default: the declared file in data/, then in ../shared/data/]",
)


@click.command()
@click.argument("model")
@data_file
@click.option(
    "--interim",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Learn from what 'neuralworks preprocess' wrote, in place of a data file.",
)
@click.option(
    "--choice",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Fit what 'neuralworks search' chose.  [default: the recipe's own choice]",
)
@models_dir
@seed
def train(
    model: str, data: Path | None, interim: Path | None, choice: Path | None, models_dir: Path, seed: int
) -> None:
    """Train MODEL, prove its export equal to the fitted pipeline, and seal it under --models-dir.

    The same data and seed give the same artifact. Any file with the declared columns will do.
    """
    from challenge_neuralworks.training.recipes import find_recipe
    from challenge_neuralworks.training.searching.report import read_choice
    from challenge_neuralworks.training.stages import read_interim
    from challenge_neuralworks.training.train import STEPS, read_raw, train_on

    if data and interim:
        raise click.UsageError("--data and --interim cannot both be given: they are two things to learn from")
    recipe = find_recipe(model)
    recipe = read_choice(recipe, choice) if choice else recipe
    with Steps(f"train {model}", STEPS) as report:
        report(STEPS[0])
        path = interim or data or declared_file(recipe.dataset)
        examples, source = read_interim(recipe, interim) if interim else read_raw(recipe, path)
        manifest = train_on(model, recipe, examples, source, models_dir, seed, report)
    click.echo(f"{models_dir / model}: version {manifest.version}, digest sha256:{manifest.pickle.sha256}")
    for part, values in manifest.metrics.items():
        told = {name: value for name, value in values.items() if value is not None}
        click.echo(f"  {part}: " + ", ".join(f"{name} {value:g}" for name, value in told.items()))


def declared_file(name: str) -> Path:
    """Return the data file of a declared data set, in data/ or else in ../shared/data/."""
    from challenge_neuralworks.training.declarations import read_declaration
    from challenge_neuralworks.training.fetch import find

    return find(read_declaration(name, DATA_DIR), DATA_DIR)
