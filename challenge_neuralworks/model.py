"""The base class of every served model: load, check, predict."""

from __future__ import annotations

from challenge_neuralworks.artifact import load
from challenge_neuralworks.errors import GoldenMismatch, ManifestInvalid, NeuralworksError, NotExplainable
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.signature import LARGEST

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from typing import Any, ClassVar

    from challenge_neuralworks.artifact import Artifact
    from challenge_neuralworks.artifact.seals import Seals
    from challenge_neuralworks.compiling import Explain, Predict
    from challenge_neuralworks.scorers.explaining import Explanation
    from challenge_neuralworks.signature import Checked, Field, Row, Signature

GOLDEN_TOLERANCE = 1e-9
"""Largest difference from what the manifest promises, of values beyond 1 relative to them."""

BUSY = 500
"""Predictions, or explanations, after which what makes them is compiled: about twice as many as pay for it."""


class NotAPrediction(NeuralworksError):
    """A scorer's output is no probability, or of a regression no finite number; it must not be answered."""

    code = "not-a-prediction"


class Model:
    """A named thing served: an artifact, its signature, and how an instance becomes features.

    Attributes
    ----------
    fields : the declared fields, for training and for checking a manifest; empty where only the
        manifest declares them. Categories left empty are learned from the training data.
    parents : derived feature -> the fields that `features` makes it of.
    artifact : the verified artifact; ``artifact.manifest`` holds version, metrics and the rest.
    """

    fields: ClassVar[tuple[Field, ...]] = ()
    parents: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def __init__(self, artifact: Artifact) -> None:
        self.artifact = artifact
        self.name: str = artifact.manifest.name
        self.version: str = artifact.manifest.version
        self.signature: Signature = artifact.manifest.signature
        self.classes: tuple[int | str, ...] = artifact.manifest.classes
        self.threshold: float | None = artifact.manifest.threshold
        self._least, self._most = (0.0, 1.0) if self.classes else (-LARGEST, LARGEST)
        self._scorer = artifact.scorer
        self._score: Predict = self._count
        self._compiled: Predict | None = None
        self._left = BUSY
        self._explain: Explain | None = None
        self._explanations_left = BUSY
        # A method call saved on every request of a model without derived features.
        self._derives = type(self).features is not Model.features

    @classmethod
    def load(cls, folder: str, trusted_digests: Collection[str] = (), seals: Seals | None = None) -> Model:
        """Return the model whose artifact a folder holds, proven on its golden instances.

        Raises
        ------
        ArtifactError : the artifact fails a check; the subclass says which.
        """
        model = cls(load(folder, trusted_digests, seals))
        model._check_fields(folder)
        model._check_golden()
        return model

    @classmethod
    def features(cls, row: Row) -> Row:
        """Return what the scorer takes, from a checked row; training calls it too, so the two cannot differ."""
        return row

    def check(self, instances: Sequence[Any], root: str = "#") -> Checked:
        """Return the rows of instances, or raise `InvalidInstances` with every fault."""
        return self.signature.check(instances, root)

    def predict(self, row: Row) -> tuple[float, ...]:
        """Return the probability of each class of one checked row, in the order of `classes`; ``(value,)`` without.

        Raises
        ------
        NotAPrediction : the scorer computed none.
        """
        prediction = self._score(self.features(row) if self._derives else row)
        if not self._least <= prediction[0] <= self._most:
            raise NotAPrediction(f"model {self.name!r} computed {prediction[0]!r}")
        return prediction

    def predict_many(self, rows: Sequence[Row]) -> list[tuple[float, ...]]:
        """Return `predict` of each row, shape (n_rows, n_classes or 1)."""
        features = [self.features(row) for row in rows] if self._derives else rows
        if self._compiled is None:
            self._use(len(features))
            predictions = self._scorer.predict_many(features)
        else:
            predictions = list(map(self._compiled, features))
        for prediction in predictions:
            if not self._least <= prediction[0] <= self._most:
                raise NotAPrediction(f"model {self.name!r} computed {prediction[0]!r}")
        return predictions

    def explain(self, row: Row) -> Explanation:
        """Return what each field of one checked row adds to its score: exact, and they sum to it.

        Raises
        ------
        NotExplainable : the artifact holds no tables to explain with.
        NotAPrediction : there is nothing to explain.
        """
        explanation = (self._explain or self._explanation())(self.features(row))
        if not -LARGEST <= explanation.score <= LARGEST:
            raise NotAPrediction(f"model {self.name!r} computed the score {explanation.score!r}")
        if not self.parents:
            return explanation
        from challenge_neuralworks.scorers.explaining.grouping import group  # Only an explanation needs it.

        base, contributions, score = explanation
        return type(explanation)(base, group(contributions, self.parents), score)

    def label(self, prediction: Sequence[float], threshold: float | None = None) -> int | str:
        """Return the class that a prediction stands for.

        Parameters
        ----------
        prediction : shape (n_classes,).
        threshold : least probability of the second of two classes; the manifest's where None.
            With more classes, the likeliest wins.
        """
        least = self.threshold if threshold is None else threshold
        if least is not None:
            return self.classes[prediction[1] >= least]
        return self.classes[max(range(len(prediction)), key=prediction.__getitem__)]

    def describe(self) -> dict[str, Any]:
        """Return, as JSON values, what GET /models/{name} answers."""
        manifest, seal = self.artifact.manifest, self.artifact.seal
        return {
            "name": self.name,
            "version": self.version,
            "created": manifest.created,
            "description": manifest.description,
            "digest": f"sha256:{manifest.pickle.sha256}",
            "seal": {"status": "unchecked", "key": None} if seal is None else seal.describe(),
            "task": "classification" if self.classes else "regression",
            "classes": list(self.classes),
            "threshold": self.threshold,
            "signature": self.signature.json_schema(),
            "metrics": manifest.metrics,
            "trained": manifest.trained,
        }

    def _count(self, features: Row) -> tuple[float, ...]:
        self._use(1)
        return self._scorer.predict(features)

    def _use(self, times: int) -> None:
        before = self._left
        self._left = before - times
        if self._left < 0 <= before:
            from challenge_neuralworks.compiling import compiled  # A process that starts has no use for it.

            self._compiled = compiled(self._scorer)
            # From here on nobody counts.
            self._score = self._compiled or self._scorer.predict

    def _explanation(self) -> Explain:
        explain: Explain | None = getattr(self._scorer, "explain", None)
        if explain is None:
            raise NotExplainable(f"model {self.name!r}", "its artifact was sealed without an explainer")
        self._explanations_left -= 1
        if self._explanations_left >= 0:
            return explain
        from challenge_neuralworks.compiling import compiled_explanation  # As in `_use`.

        self._explain = compiled_explanation(self._scorer) or explain
        return self._explain

    def _check_fields(self, folder: str) -> None:
        declared = [_shape_of(field) for field in self.fields]
        sealed = [_shape_of(field) for field in self.signature.fields]
        if declared and declared != sealed:
            differing = [ours for ours, theirs in zip(declared, sealed, strict=False) if ours != theirs]
            raise ManifestInvalid(folder, f"the signature is not the one {type(self).__name__} declares: {differing}")

    def _check_golden(self) -> None:
        for index, (instance, promised) in enumerate(self.artifact.manifest.golden):
            computed = self.predict(instance)
            pairs = zip(computed, promised, strict=True)
            if not all(abs(ours - theirs) <= GOLDEN_TOLERANCE * max(1.0, abs(theirs)) for ours, theirs in pairs):
                raise GoldenMismatch(index, promised, computed)


def _shape_of(field: Field) -> tuple[object, ...]:
    return field.name, field.kind, field.minimum, field.maximum, field.unknown


def row_of(signature: Signature, record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a signature, in order, out of a wider record."""
    return {name: record[name] for name in signature.names}
