"""Answers that are known beforehand: a file a model, made once, proven, and kept with the project."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stress_test.exchanges import Exchange, single
from stress_test.faulty import bad
from stress_test.rows import draw_rows

if TYPE_CHECKING:
    from challenge_neuralworks.model import Model

FOLDER = Path(__file__).parent
ROWS = 190
BAD = 20
SEED = 20


def known_answers(model: Model, folder: Path = FOLDER) -> list[Exchange]:
    """Return the exchanges of a model's file; none where there is no file, or it is of another version."""
    path = folder / f"{model.name}.json"
    if not path.is_file():
        return []
    content = json.loads(path.read_text(encoding="utf-8"))
    if content["version"] != model.version:
        print(f"{path.name} answers for version {content['version']}, not {model.version}: {remedy()}")
        return []
    return [Exchange(**exchange) for exchange in content["exchanges"]]


def remedy() -> str:
    """Return how a file is made anew."""
    return "`python -m stress_test.answers` makes it anew"


def make_answers(model: Model) -> dict[str, Any]:
    """Return a file's content.

    First the manifest's golden rows, whose predictions are scikit-learn's own; then made-up rows, no real ones, each
    with the model's answer; then a few bad requests.
    """
    draw = random.Random(SEED)  # noqa: S311 - traffic, no secret
    rows = draw_rows(model, ROWS, SEED, folders=())
    exchanges = [_golden(model, number) for number in range(len(model.artifact.manifest.golden))]
    exchanges += [single(model, row) for row in rows]
    exchanges += [bad(model, row, draw) for row in rows[:BAD]]
    return {"model": model.name, "version": model.version, "exchanges": [one._asdict() for one in exchanges]}


def write_answers(model: Model, folder: Path = FOLDER) -> Path:
    """Write a model's file, a line an exchange, and return its path."""
    content = make_answers(model)
    lines = ",\n".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in content["exchanges"])
    path = folder / f"{model.name}.json"
    head = f'{{"model":{json.dumps(model.name)},"version":{json.dumps(model.version)},"exchanges":[\n'
    path.write_text(f"{head}{lines}\n]}}\n", encoding="utf-8")
    return path


def _golden(model: Model, number: int) -> Exchange:
    instance, prediction = model.artifact.manifest.golden[number]
    asked = single(model, instance)
    # What was promised when the artifact was sealed, not what the scorer computes now.
    promised = list(prediction) if model.classes else prediction[0]
    return asked._replace(name=f"golden {model.name}", expected=asked.expected | {"prediction": promised})
