"""From a data file to a sealed artifact: read, evaluate, choose the threshold, fit, export, prove, load, seal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from challenge_neuralworks.errors import NotExplainable
from challenge_neuralworks.training.edges import edge_rows
from challenge_neuralworks.training.equality import prove
from challenge_neuralworks.training.evaluation import evaluate, out_of_fold, splits
from challenge_neuralworks.training.evaluation.splitting import threshold_of
from challenge_neuralworks.training.export import export
from challenge_neuralworks.training.export.explaining import explained
from challenge_neuralworks.training.fetch import sha256_of
from challenge_neuralworks.training.frames import feature_rows, frame
from challenge_neuralworks.training.golden import golden_instances, promise
from challenge_neuralworks.training.recipes import find_recipe
from challenge_neuralworks.training.sealing import Fitted, origin, seal
from challenge_neuralworks.training.signing import learn_signature
from challenge_neuralworks.training.thresholds import cut

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from challenge_neuralworks.artifact import Manifest
    from challenge_neuralworks.scorers import Scorer
    from challenge_neuralworks.signature import Row, Signature
    from challenge_neuralworks.training.datasets import Examples
    from challenge_neuralworks.training.recipes import Recipe

PROVEN_ROWS = 10_000
"""Rows of the data on which scorer and estimator are compared, besides the edges of the signature."""

STEPS = ("read", "evaluate", "choose the threshold", "fit", "export and prove", "seal")
"""What `train` reports, one after the other, as it begins it."""


def train(
    name: str, data: Path, models_dir: Path, seed: int, report: Callable[[str], None] = lambda _: None
) -> Manifest:
    """Train a model and seal it into ``models_dir/name``; the same data and seed give the same pickle.

    Parameters
    ----------
    data : CSV file with the columns of the recipe's data set; any subset of rows will do.
    seed : of the folds on which the threshold is chosen, and of the rows on which equality is proven.
    report : is told each of `STEPS` as it begins.

    Raises
    ------
    DataError : the data cannot be trained on.
    Unsupported, NotEqual : the fitted pipeline has no equal scorer.
    NotServable : the artifact does not load, or predicts otherwise, where nothing heavy is installed.
    """
    report(STEPS[0])
    recipe = find_recipe(name)
    return train_on(name, recipe, *read_raw(recipe, data), models_dir, seed, report)


def read_raw(recipe: Recipe, data: Path) -> tuple[Examples, dict[str, Any]]:
    """Return the examples of a data file and, as JSON values, which file it was.

    Raises
    ------
    DataError : the file cannot be used; names line and value.
    """
    examples = recipe.read(data)
    return examples, {"name": recipe.dataset, "sha256": sha256_of(data), "rows": len(examples.rows)}


def train_on(  # noqa: PLR0913, PLR0917 - what an artifact is made of, and where it goes
    name: str,
    recipe: Recipe,
    examples: Examples,
    source: dict[str, Any],
    models_dir: Path,
    seed: int,
    report: Callable[[str], None] = lambda _: None,
) -> Manifest:
    """Train a model on examples that were read before, as `train` does.

    Parameters
    ----------
    source : ``name``, ``sha256`` and ``rows`` of the data file, for the manifest.
    """
    fitted = _fit(recipe, examples, seed, report)
    report(STEPS[5])
    return seal(name, recipe, fitted, models_dir / name, origin(recipe, source, seed))


def _fit(recipe: Recipe, examples: Examples, seed: int, report: Callable[[str], None]) -> Fitted:
    signature = learn_signature(recipe.model.fields, examples.rows)
    rows = feature_rows(recipe.model, examples.rows)
    features, target = frame(rows), recipe.task.target(examples.target)
    report(STEPS[1])
    metrics = _evaluations(recipe, examples, features, seed)
    report(STEPS[2])
    threshold = None
    if recipe.task.kind == "binary":
        threshold, metrics["out_of_fold"] = _threshold(recipe, features, target, seed)
    report(STEPS[3])
    estimator = recipe.pipeline(seed).fit(features, target)
    report(STEPS[4])
    scorer = _explained(estimator, signature, rows)
    metrics["export"] = _proof(recipe, estimator, scorer, signature, rows, seed)
    golden = promise(recipe.model, estimator, golden_instances(signature))
    return Fitted(scorer, signature, recipe.task.sealed_classes(estimator), threshold, metrics, golden)


def _explained(estimator: Any, signature: Signature, rows: Sequence[Row]) -> Scorer:
    scorer = export(estimator, signature)
    try:
        return explained(estimator, signature, scorer, rows)
    except NotExplainable:
        # Three classes have three scores; they are served without explanations.
        return scorer


def _evaluations(recipe: Recipe, examples: Examples, features: pd.DataFrame, seed: int) -> dict[str, Any]:
    target = recipe.task.target(examples.target)
    return {split.name: _rounded(evaluate(recipe, features, target, split, seed)) for split in splits(examples, recipe)}


def _threshold(
    recipe: Recipe, features: pd.DataFrame, target: NDArray[np.int64], seed: int
) -> tuple[float, dict[str, float]]:
    p = out_of_fold(recipe.pipeline(seed), features, target, seed)
    threshold = threshold_of(recipe, target, p)
    return threshold, _rounded(cut(target, p, threshold)._asdict())


def _proof(
    recipe: Recipe, estimator: Any, scorer: Scorer, signature: Signature, rows: Sequence[Row], seed: int
) -> dict[str, float]:
    chosen = np.random.default_rng(seed).permutation(len(rows))[:PROVEN_ROWS]
    real = [rows[index] for index in chosen]
    edges = feature_rows(recipe.model, edge_rows(signature))
    difference = max(prove(estimator, scorer, real), prove(estimator, scorer, edges))
    return {"max_difference": difference, "rows": len(real), "edge_rows": len(edges)}


def _rounded(values: Mapping[str, float | None]) -> dict[str, Any]:
    # Further places differ from one processor to the next, and nobody reads them.
    return {name: value if value is None else round(value, 6) for name, value in values.items()}
