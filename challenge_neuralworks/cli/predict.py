"""``neuralworks predict``: answers from a sealed artifact, without a server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from challenge_neuralworks.cli.asking import Asked, Run, asking, finish
from challenge_neuralworks.cli.options import local_store, models_dir

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.client.answers import Answers
    from challenge_neuralworks.model import Model
    from challenge_neuralworks.signature import Checked

BATCH = 100
"""Rows checked and scored together; as many as ``query`` sends, so that both answer alike to the last warning."""


EPILOG = """\b
Examples:
  neuralworks predict delay
  neuralworks predict delay flights.csv
  neuralworks predict delay flights.csv --explain --output answers.parquet
  neuralworks predict delay raw.csv --extra keep --on-error skip --output answers.csv
  cat flights.jsonl | neuralworks predict delay - --format jsonl > answers.jsonl
"""


class Offline:
    """A model of this machine, as an `Answerer`."""

    def __init__(self, model: Model, threshold: float | None, *, explain: bool) -> None:
        from challenge_neuralworks.serving.explanations import ExplanationWriter
        from challenge_neuralworks.serving.parameters import ParameterReader

        self._model = model
        asked = {} if threshold is None else {"threshold": threshold}
        self._threshold = ParameterReader().read(asked, model).threshold
        self._explainer = ExplanationWriter(model) if explain else None

    def one(self, instance: Any) -> Answers:
        """Return the answer to a single instance; see `Answerer`."""
        return self._answers(self._model.check([instance]))

    def many(self, instances: list[Any]) -> Answers:
        """Return the answers to a batch; see `Answerer`."""
        return self._answers(self._model.check(instances, "#/instances"))

    def _answers(self, checked: Checked) -> Answers:
        from challenge_neuralworks.client.answers import Answers

        model = self._model
        predictions = model.predict_many(checked.rows)
        if not model.classes:
            explanations = self._explanations(checked, predictions)
            return Answers(model.version, [value for (value,) in predictions], (), explanations, checked.warnings)
        labels = [model.label(prediction, self._threshold) for prediction in predictions]
        explanations = self._explanations(checked, predictions)
        return Answers(model.version, list(map(list, predictions)), labels, explanations, checked.warnings)

    def _explanations(self, checked: Checked, predictions: Sequence[Sequence[float]]) -> list[dict[str, Any]]:
        if self._explainer is None:
            return []
        return [json.loads(self._explainer.write(*pair)) for pair in zip(checked.rows, predictions, strict=True)]


@click.command(epilog=EPILOG)
@click.argument("model")
@models_dir
@asking
def predict(model: str, models_dir: Path, **options: Any) -> None:
    """Answer rows with MODEL, without a server: one instance, or a FILE of them.

    FILE is CSV, JSON, JSON lines or Parquet, or - for standard input. Columns have the names of the model's fields; an
    empty cell is a missing value. Rows are read, checked and answered as the API does, a hundred at a time.
    """
    from challenge_neuralworks.client.answers import Described

    asked = Asked(**options)
    asked.check()
    served = local_store(models_dir).get(model)
    answerer = Offline(served, asked.threshold, explain=asked.explain)
    described = Described.of(served.describe())
    done = Run(asked, described, answerer, batch_size=BATCH, concurrency=1, bare=True).run()
    finish(done, str(done) if asked.file is not None else "")
