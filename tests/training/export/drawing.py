"""Random pipelines on random data, each out of a seed of its own, from the grids and what the registry holds."""

from __future__ import annotations

import inspect
import random
from typing import Any, NamedTuple

from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.feature_selection import f_classif, f_regression
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, MinMaxScaler, OrdinalEncoder

from challenge_neuralworks.signature import Field, Row, Signature
from challenge_neuralworks.training.export.registry import REGISTRY
from challenge_neuralworks.training.export.trees.optional import installed
from challenge_neuralworks.training.frames import frame
from tests.training.export import grids
from tests.training.export.grids import Grid, Task

N_ROWS = 70
LABELS: tuple[tuple[Any, ...], ...] = (("no", "yes", "perhaps"), (0, 1, 2), (7, 3, 5))
HEADS = {**grids.HEADS, **grids.META}
GRIDS: dict[type, Grid] = {**grids.ENCODERS, **grids.SCALERS, **grids.REDUCERS, **HEADS}


class Case(NamedTuple):
    """One random pipeline, not yet fitted, with its data."""

    pipeline: Any
    signature: Signature
    rows: list[Row]
    target: list[Any]
    tolerance: float


class Drawing:
    """Draws one case; every draw comes from the seed."""

    def __init__(self, seed: int) -> None:
        # Heads take turns, so that few pipelines reach all of them.
        heads = known(HEADS)
        self.kind = heads[seed % len(heads)]
        self.draw = random.Random(seed)
        self.task: Task = self.draw.choice(HEADS[self.kind].tasks)
        self.profile = self.draw.choice(("numeric", "categorical", "missing", "mixed"))
        self.fields = [self._accepting(field) for field in self._declared()]
        self.missing = {field.name for field in self.fields if field.missing == "accept"}

    def case(self) -> Case:
        """Return a pipeline and its data."""
        rows: list[Row] = [{field.name: self._value(field) for field in self.fields} for _ in range(N_ROWS)]
        pipeline = self._pipeline()
        within = [GRIDS[kind] for kind in classes_in(pipeline) if kind in GRIDS]
        labels = LABELS[1] if any(grid.from_zero for grid in within) else self.draw.choice(LABELS)
        tolerance = max((grid.inexact for grid in within), default=1e-12)
        return Case(pipeline, Signature(self.fields), rows, self._target(rows, labels), tolerance)

    # Data

    def _declared(self) -> list[Field]:
        numbers = [
            Field("width", "number", "Bounded.", 1.5, minimum=-10.0, maximum=10.0),
            Field("height", "number", "Without bounds.", 0.25),
            Field("count", "integer", "Of few values.", 3, minimum=0, maximum=9),
            Field("steps", "integer", "Of many values.", 120, minimum=0, maximum=100_000),
        ]
        categories = [
            Field("colour", "category", "Closed.", "red", categories=("red", "dark green", "Málaga")),
            Field("place", "category", "Open.", "here", categories=("here", "there"), unknown="accept"),
        ]
        if self.profile == "numeric":
            return self.draw.sample(numbers, self.draw.randint(1, 4))
        if self.profile == "categorical":
            return self.draw.sample(categories, self.draw.randint(1, 2))
        return [*self.draw.sample(numbers, self.draw.randint(1, 3)), *self.draw.sample(categories, 1)]

    def _accepting(self, field: Field) -> Field:
        accepts = self.profile in {"missing", "mixed"} and self.draw.random() < 0.6
        return field._replace(missing="accept") if accepts else field

    def _value(self, field: Field) -> Any:
        if field.missing == "accept" and self.draw.random() < 0.2:
            return None
        if field.kind == "category":
            return self.draw.choice((*field.categories, *(("yonder",) if field.unknown == "accept" else ())))
        if field.name == "count":
            return self.draw.choice((0, 2, 3, 7, 9))
        if field.kind == "integer":
            return self.draw.randint(0, 500)
        return self.draw.choice((round(self.draw.uniform(-9, 9), 1), max(-10.0, min(10.0, self.draw.gauss(0, 3)))))

    def _target(self, rows: list[Row], labels: tuple[Any, ...]) -> list[Any]:
        scores = [
            sum(len(str(value)) % 4 if isinstance(value, str) else float(value or 1.0) % 3 for value in row.values())
            + self.draw.random()
            for row in rows
        ]
        if self.task == "values":
            return scores
        if self.task == "counts":
            return [float(int(score)) + 1.0 for score in scores]
        ranks = sorted(range(len(rows)), key=scores.__getitem__)
        n_classes = 2 if self.task == "binary" else 3
        return [labels[ranks.index(index) * n_classes // len(rows)] for index in range(len(rows))]

    # Pipelines

    def _pipeline(self) -> Any:
        grid = HEADS[self.kind]
        head = self._meta(self.kind) if self.kind in grids.META else self.one(self.kind, grid)
        if grid.margin and self.draw.random() < 0.6:
            head = CalibratedClassifierCV(head, cv=2)
        keeps_missing = grid.takes_missing and self.draw.random() < 0.6
        bare = all(field.kind != "category" for field in self.fields) and (grid.takes_missing or not self.missing)
        if bare and grid.needs == "numbers" and self.draw.random() < 0.15:
            return Pipeline([("head", head)])
        steps: list[tuple[str, Any]] = [("encode", self._encode(grid, keeps_missing=keeps_missing))]
        if grid.needs == "positive":
            steps.append(("positive", MinMaxScaler(clip=True)))
        elif grid.needs == "numbers" and not keeps_missing and self.draw.random() < 0.3:
            steps.append(("reduce", self._any(grids.REDUCERS)))
        return Pipeline([*steps, ("head", head)])

    def _encode(self, grid: Grid, *, keeps_missing: bool) -> Any:
        parts = [
            (field.name, self._part(field, grid, keeps_missing=keeps_missing), [field.name]) for field in self.fields
        ]
        if grid.needs == "codes" or self.draw.random() < 0.5:
            return ColumnTransformer(self._dropped(parts))
        numbers = [field.name for field in self.fields if field.kind != "category"]
        together = [part for part in parts if part[0] not in numbers]
        if numbers:
            together.append(("numbers", self._numeric(set(numbers), keeps_missing=keeps_missing), numbers))
        return ColumnTransformer(together, sparse_threshold=self.draw.choice((0.0, 0.0, 0.3)))

    def _dropped(self, parts: list[tuple[str, Any, list[str]]]) -> list[tuple[str, Any, list[str]]]:
        if len(parts) > 1 and self.draw.random() < 0.15:
            name, _, columns = parts.pop()
            parts.append((name, "drop", columns))
        return parts

    def _part(self, field: Field, grid: Grid, *, keeps_missing: bool) -> Any:
        if grid.needs == "codes":
            return self._code(field)
        if field.kind != "category":
            return self._numeric({field.name}, keeps_missing=keeps_missing)
        fitting = {kind: grid for kind, grid in grids.ENCODERS.items() if not grid.tasks or self.task in grid.tasks}
        encoder = self._any(fitting)
        if isinstance(encoder, OrdinalEncoder) and encoder.handle_unknown == "error":
            encoder.unknown_value = None
        if field.name in self.missing and SimpleImputer in known(grids.SCALERS) and self.draw.random() < 0.4:
            filled = SimpleImputer(strategy=self.draw.choice(("most_frequent", "constant")), missing_values=None)
            return make_pipeline(filled, encoder)
        return encoder

    def _code(self, field: Field) -> Any:
        # Codes can be told of what has few values; what has more is kept now and then, to be refused.
        if field.name in {"width", "height", "steps", "place"} and len(self.fields) > 1 and self.draw.random() < 0.9:
            return "drop"
        if field.kind != "category":
            return self._bins(field)
        return OrdinalEncoder(encoded_missing_value=3)

    def _bins(self, field: Field) -> Any:
        bins = KBinsDiscretizer(3, encode="ordinal", strategy="uniform", subsample=None)
        return make_pipeline(SimpleImputer(), bins) if field.name in self.missing else bins

    def _numeric(self, names: set[str], *, keeps_missing: bool) -> Any:
        steps: list[Any] = []
        if names & self.missing and not keeps_missing:
            steps.append(self.one(SimpleImputer, grids.SCALERS[SimpleImputer]))
        tolerant = {kind: grid for kind, grid in grids.SCALERS.items() if grid.takes_missing or not keeps_missing}
        steps += [self._any(tolerant) for _ in range(self.draw.choice((0, 1, 1, 2)))]
        if FeatureUnion in REGISTRY.transforms and self.draw.random() < 0.15:
            steps.append(FeatureUnion([("a", self._any(tolerant)), ("b", self._any(tolerant))]))
        return make_pipeline(*steps) if steps else "passthrough"

    def _meta(self, kind: type) -> Any:
        grid = HEADS[kind]
        first, second = self._base(), self._base()
        named = [("first", first), ("second", second)]
        if "Voting" in kind.__name__:
            return self.one(kind, grid, estimators=named)
        if "Stacking" in kind.__name__:
            final = LogisticRegression() if self.task in grids.CLASSES else Ridge()
            return self.one(kind, grid, estimators=named, final_estimator=final)
        if kind.__name__ in {"GridSearchCV", "HalvingGridSearchCV"}:
            return self.one(kind, grid, estimator=first, param_grid={})
        if kind.__name__ in {"RandomizedSearchCV", "HalvingRandomSearchCV"}:
            return self.one(kind, grid, estimator=first, param_distributions={})
        if kind.__name__ == "FrozenEstimator":
            frozen = self.one(kind, grid, estimator=first)
            calibrates = self.task in grids.CLASSES and self.draw.random() < 0.3
            return CalibratedClassifierCV(frozen) if calibrates else frozen
        return self.one(kind, grid, **{"regressor" if "Target" in kind.__name__ else "estimator": first})

    def _base(self) -> Any:
        fitting = {kind: grid for kind, grid in grids.HEADS.items() if self.task in grid.tasks}
        return self._any({kind: grid for kind, grid in fitting.items() if grid.needs == "numbers"})

    def _any(self, choices: dict[type, Grid]) -> Any:
        kind = self.draw.choice(known(choices))
        return self.one(kind, choices[kind])

    def one(self, kind: type, grid: Grid, **given: Any) -> Any:
        """Return an estimator of a class with parameters drawn from its grid."""
        drawn = {name: self.draw.choice(values) for name, values in grid.params.items()}
        return kind(**drawn, **self._fitting(kind), **given)

    def _fitting(self, kind: type) -> dict[str, Any]:
        """Return what a selection of columns has to know of the task."""
        takes = inspect.signature(kind).parameters
        classes = self.task in grids.CLASSES
        fitting = {"score_func": f_classif if classes else f_regression} if "score_func" in takes else {}
        if "estimator" in takes and kind in grids.REDUCERS:
            fitting["estimator"] = LogisticRegression(max_iter=30) if classes else Ridge()
        return fitting


def supported() -> set[type]:
    """Return every class that the exporter has an assembler for, of the libraries that are here."""
    return {*REGISTRY.transforms, *REGISTRY.heads, *REGISTRY.folding, *installed()}


def known(choices: dict[type, Grid]) -> list[type]:
    """Return those of some classes that the registry holds."""
    return [kind for kind in choices if kind in supported()]


def classes_in(estimator: Any) -> set[type]:
    """Return the classes of an estimator and of all that it holds."""
    values = estimator.get_params(deep=True).values()
    return {type(estimator), *(type(value) for value in values if hasattr(value, "fit"))}


def fit(case: Case) -> Any:
    """Return the pipeline, fitted: what is frozen in it before the pipeline itself."""
    table = frame(case.rows)
    head = case.pipeline[-1]
    frozen = next((part for part in (head, getattr(head, "estimator", None)) if is_frozen(part)), None)
    if frozen is not None:
        Pipeline([*case.pipeline.steps[:-1], ("head", frozen.estimator)]).fit(table, case.target)
    return case.pipeline.fit(table, case.target)


def is_frozen(estimator: Any) -> bool:
    """Return whether it is fitted before what holds it, by the name of a class that scikit-learn 1.5 lacks."""
    return type(estimator).__name__ == "FrozenEstimator"
