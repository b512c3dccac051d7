"""What everybody serves: one pipeline, fitted once; pickled for the peers, exported for us, equal on every row sent."""

from __future__ import annotations

import random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.models.delay import Delay
from challenge_neuralworks.scorers import Scorer
from challenge_neuralworks.store import FolderStore
from stress_test.rows import FOLDERS, SAMPLE_ROWS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.signature import Row
    from challenge_neuralworks.training.datasets import Examples

NAME = "delay"
PIPELINE = "pipeline.joblib"
DATA_FILE = "dataset_SCL.csv"
DESCRIPTION = (
    "Will a scheduled flight leave late? A logistic regression over the seven fields, to be compared with peers."
)
THRESHOLD = 0.2
SEED = 42


class Subject(NamedTuple):
    """The fitted pipeline, served twice.

    pipeline : file that the peers load, written by joblib as scikit-learn's documentation advises.
    models_dir : folder of the artifact that we serve.
    model : our side, loaded from there; knows the right answers.
    rows : what is sent, different ones.
    difference : largest difference between both sides' predictions of these rows.
    origin : what was fitted on.
    """

    pipeline: Path
    models_dir: Path
    model: Model
    rows: list[Row]
    difference: float
    origin: str


def prepare(folder: Path, count: int, seed: int = SEED, data: Sequence[Path] = FOLDERS) -> Subject:
    """Fit, pickle, export, and prove both sides equal on up to ``count`` different rows.

    Parameters
    ----------
    folder : is written to.
    data : folders that may hold the real data; without them a made-up sample is fitted on.

    Raises
    ------
    challenge_neuralworks.errors.NotEqual : both sides predict differently; nothing would be comparable.
    """
    import joblib

    from challenge_neuralworks.training.equality import prove

    examples, origin = _examples(data)
    pipeline = fit(examples)
    folder.mkdir(parents=True, exist_ok=True)
    joblib.dump(pipeline, folder / PIPELINE)
    _seal(folder / "models", pipeline, examples, origin)
    model = FolderStore(str(folder / "models")).get(NAME)
    rows = _drawn(examples, count, seed)
    difference = prove(pipeline, _Served(model), rows)
    return Subject(folder / PIPELINE, folder / "models", model, rows, difference, origin)


def fit(examples: Examples) -> Any:
    """Return a logistic regression over the seven fields of a request, one-hot, fitted.

    Not the boosted trees that `delay` is sealed with: a row of these costs scikit-learn two and a half times as much,
    and us hardly more.
    """
    from sklearn.compose import ColumnTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OneHotEncoder

    from challenge_neuralworks.training.frames import frame

    names = [field.name for field in Delay.fields]
    encode = ColumnTransformer([("fields", OneHotEncoder(handle_unknown="ignore"), names)])
    classify = LogisticRegression(C=0.2, solver="newton-cg", max_iter=400, random_state=SEED)
    return Pipeline([("encode", encode), ("classify", classify)]).fit(frame(examples.rows), examples.target)


class _Served(Scorer):
    """Our side as a request meets it: fields in, probabilities out."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def predict(self, row: Row) -> tuple[float, ...]:
        return tuple(self._model.predict(row))


def _examples(data: Sequence[Path]) -> tuple[Examples, str]:
    from challenge_neuralworks.training.datasets import read_flights
    from challenge_neuralworks.training.sample import write_sample

    found = next((folder / DATA_FILE for folder in data if (folder / DATA_FILE).is_file()), None)
    if found:
        examples = read_flights(found)
        return examples, f"{len(examples.rows):,} real flights"
    with TemporaryDirectory() as folder:
        from pathlib import Path

        sample = Path(folder, DATA_FILE)
        write_sample(sample, SAMPLE_ROWS, SEED)
        examples = read_flights(sample)
    return examples, f"{len(examples.rows):,} made-up flights"


def _seal(models_dir: Path, pipeline: Any, examples: Examples, origin: str) -> None:
    from challenge_neuralworks.artifact.writing import Draft, write
    from challenge_neuralworks.training.export import export
    from challenge_neuralworks.training.export.explaining import explained
    from challenge_neuralworks.training.frames import feature_rows
    from challenge_neuralworks.training.golden import golden_instances
    from challenge_neuralworks.training.signing import learn_signature

    signature = learn_signature(Delay.fields, examples.rows)
    scorer = explained(pipeline, signature, export(pipeline, signature), feature_rows(Delay, examples.rows))
    instances = golden_instances(signature)
    draft = Draft(
        name=NAME,
        description=DESCRIPTION,
        signature=signature,
        classes=(0, 1),
        threshold=THRESHOLD,
        trained={"data": origin},
        metrics={},
        golden=_promised(pipeline, instances),
    )
    write(str(models_dir / NAME), scorer, draft)


def _promised(pipeline: Any, instances: Sequence[Any]) -> tuple[Any, ...]:
    from challenge_neuralworks.artifact import Golden
    from challenge_neuralworks.training.frames import frame

    predictions = pipeline.predict_proba(frame(instances))
    return tuple(
        Golden(instance, tuple(float(p) for p in prediction))
        for instance, prediction in zip(instances, predictions, strict=True)
    )


def _drawn(examples: Examples, count: int, seed: int) -> list[Row]:
    different = list({tuple(row.values()): row for row in examples.rows}.values())
    random.Random(seed).shuffle(different)  # noqa: S311 - traffic, no secret
    return different[:count]
