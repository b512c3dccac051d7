"""``neuralworks train`` and ``neuralworks compare``: from a data file to a sealed artifact, and how it was chosen."""

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
@models_dir
@seed
def train(model: str, data: Path | None, models_dir: Path, seed: int) -> None:
    """Train MODEL, prove its export equal to the fitted pipeline, and seal it under --models-dir.

    The same data and seed give the same artifact. Any file with the declared columns will do.
    """
    from challenge_neuralworks.training.recipes import find_recipe
    from challenge_neuralworks.training.train import STEPS
    from challenge_neuralworks.training.train import train as run

    path = data or _declared(find_recipe(model).dataset)
    with Steps(f"train {model}", STEPS) as report:
        manifest = run(model, path, models_dir, seed, report)
    click.echo(f"{models_dir / model}: version {manifest.version}, digest sha256:{manifest.pickle.sha256}")
    for part, values in manifest.metrics.items():
        click.echo(f"  {part}: " + ", ".join(f"{name} {value:g}" for name, value in values.items()))


@click.command()
@click.argument("model")
@data_file
def compare(model: str, data: Path | None) -> None:
    """Measure the candidates that MODEL's recipe was chosen from, and print them as a Markdown table."""
    from challenge_neuralworks.training.comparison import CANDIDATES, HEADER, measure
    from challenge_neuralworks.training.recipes import find_recipe

    recipe = find_recipe(model)
    examples = recipe.read(data or _declared(recipe.dataset))
    click.echo(HEADER)
    for candidate in CANDIDATES:
        click.echo(measure(candidate, examples, recipe.test_from_month))


def _declared(name: str) -> Path:
    from challenge_neuralworks.training.declarations import read_declaration
    from challenge_neuralworks.training.fetch import find

    return find(read_declaration(name, DATA_DIR), DATA_DIR)
