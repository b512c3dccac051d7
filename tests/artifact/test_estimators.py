"""The fallback: an original sklearn estimator is served, on just the packages it was fitted with."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from challenge_neuralworks.artifact import Golden, load, read_manifest
from challenge_neuralworks.errors import ForbiddenImport, PackageMismatch
from challenge_neuralworks.model import Model
from tests.making import INSTANCE, edit_manifest, seal

PACKAGES = {name: version(name) for name in ("scikit-learn", "numpy", "pandas")}


def fitted(last: Any, *more: Any) -> Any:
    """Return a pipeline fitted on random rows of the toy signature."""
    random = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "colour": random.choice(["red", "dark green", "Málaga"], 200),
            "place": random.choice(["here", "there"], 200),
            "age": random.integers(0, 10, 200),
            "weight": random.normal(size=200),
        }
    )
    columns = ColumnTransformer(
        [
            ("kinds", OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["colour", "place"]),
            ("numbers", StandardScaler(), ["age", "weight"]),
        ]
    )
    return make_pipeline(columns, *more, last).fit(frame, np.where(frame["age"] > 4, "yes", "no"))


def sealed(tmp_path: Path, estimator: Any, **changes: Any) -> Model:
    """Seal an estimator with a golden prediction of its own, and load it as a model."""
    promised = tuple(float(p) for p in estimator.predict_proba(pd.DataFrame([INSTANCE]))[0])
    seal(tmp_path, "toy", estimator, golden=(Golden(INSTANCE, promised),), trained={"packages": PACKAGES}, **changes)
    return Model.load(str(tmp_path / "toy"))


@pytest.mark.parametrize(
    "last",
    [
        LogisticRegression(),
        RandomForestClassifier(5, random_state=0),
        HistGradientBoostingClassifier(max_iter=5),
        KNeighborsClassifier(),
    ],
    ids=lambda last: type(last).__name__,
)
def test_an_estimator_is_served_as_it_is(tmp_path: Path, last: Any) -> None:
    """Whatever sklearn fitted answers with its own probabilities."""
    estimator = fitted(last)
    model = sealed(tmp_path, estimator)
    rows = [INSTANCE, {**INSTANCE, "colour": "Málaga", "age": 9, "place": "Narnia"}]
    expected = estimator.predict_proba(pd.DataFrame(rows))
    assert np.allclose(model.predict_many(model.check(rows, "#/instances").rows), expected, rtol=0, atol=1e-12)
    assert model.artifact.manifest.pickle.holds == "estimator"


@pytest.mark.parametrize("package", ["scikit-learn", "numpy", "no-such-package"])
def test_another_version_is_an_error_naming_both(tmp_path: Path, package: str) -> None:
    """A version that differs from the fitted one, or a missing package, keeps the model from loading."""
    sealed(tmp_path, fitted(LogisticRegression()))
    edit_manifest(tmp_path / "toy", trained={"packages": {package: "0.0.1"}})
    with pytest.raises(PackageMismatch) as refused:
        load(str(tmp_path / "toy"))
    assert refused.value.fitted == "0.0.1"
    assert refused.value.installed == (PACKAGES.get(package))
    assert "0.0.1" in str(refused.value)
    assert (PACKAGES.get(package) or "not installed") in str(refused.value)


def test_a_pickle_with_code_needs_the_operators_word(tmp_path: Path) -> None:
    """A function that dill wrote by value loads only where its digest is named as trusted."""
    estimator = fitted(LogisticRegression(), FunctionTransformer(lambda columns: columns * 2))
    promised = tuple(float(p) for p in estimator.predict_proba(pd.DataFrame([INSTANCE]))[0])
    changes: dict[str, Any] = {"golden": (Golden(INSTANCE, promised),), "trained": {"packages": PACKAGES}}
    with pytest.raises(ForbiddenImport):
        seal(tmp_path, "toy", estimator, **changes)

    from challenge_neuralworks.artifact.writing import write
    from tests.making import draft

    folder = str(tmp_path / "toy")
    write(folder, estimator, draft("toy", **changes), allow_code=True)
    with pytest.raises(ForbiddenImport):
        load(folder)
    model = Model.load(folder, (read_manifest(folder).pickle.sha256,))
    assert model.predict(INSTANCE) == pytest.approx(promised, abs=1e-12)
