"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

DATA_DIR = Path("data")
"""Where the declarations of data sets are, and where fetched files go."""

models_dir = click.option(
    "--models-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("models"),
    show_default=True,
    help="Folder of artifacts, one sub-folder a model.",
)

seed = click.option("--seed", type=int, default=42, show_default=True, help="Seed of everything that is random.")
