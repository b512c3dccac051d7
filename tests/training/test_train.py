"""Training end to end: repeatable, on any subset of rows, and sealed only once it is proven."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from challenge_neuralworks.errors import ConfigurationError, DataError, Unsupported
from challenge_neuralworks.models.delay import Delay
from challenge_neuralworks.store import FolderStore
from challenge_neuralworks.testing import check_model
from challenge_neuralworks.training import fresh, sealing
from challenge_neuralworks.training.datasets import read_flights, select
from challenge_neuralworks.training.evaluation import splits
from challenge_neuralworks.training.fetch import sha256_of
from challenge_neuralworks.training.frames import feature_rows, frame
from challenge_neuralworks.training.fresh import HEAVY, NotServable, predict_fresh
from challenge_neuralworks.training.recipes import delay, find_recipe, recipe_names
from challenge_neuralworks.training.recipes.delay import RECIPE as SERVED
from challenge_neuralworks.training.signing import learn_signature
from challenge_neuralworks.training.train import STEPS, train
from tests.training.quick import quick


@pytest.fixture(scope="module", autouse=True)
def few_trees() -> Iterator[None]:
    """Train with few trees, all else as the recipe has it: `train` fits each recipe eighteen times."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delay, "RECIPE", quick(SERVED))
        yield


@pytest.fixture(scope="module")
def trained(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a model trained on the sample."""
    models_dir = tmp_path_factory.mktemp("models")
    train("delay", sample, models_dir, seed=3)
    return models_dir


def _lines(path: Path, target: Path, keep: Any) -> Path:
    header, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    target.write_text(header + "".join(row for index, row in enumerate(rows) if keep(index, row)), encoding="utf-8")
    return target


def test_the_same_data_and_seed_give_the_same_artifact(sample: Path, trained: Path, tmp_path: Path) -> None:
    """Pickle and version are equal in another folder; the manifest says what they were made of."""
    reported: list[str] = []
    manifest = train("delay", sample, tmp_path, seed=3, report=reported.append)
    first = FolderStore(str(trained)).get("delay").artifact.manifest
    assert (manifest.pickle, manifest.version) == (first.pickle, first.version)
    assert manifest.trained["data"] == {"name": "delay", "sha256": sha256_of(sample), "rows": 3_000}
    assert manifest.trained["seed"] == 3
    assert set(manifest.trained["packages"]) == {"scikit-learn", "numpy", "pandas", "dill"}
    assert tuple(reported) == STEPS


def test_any_subset_of_rows_trains_repeatably(sample: Path, tmp_path: Path) -> None:
    """Half the rows, twice: one digest, and the categories are those of these rows."""
    half = _lines(sample, tmp_path / "half.csv", lambda index, _: index % 2)
    one, two = (train("delay", half, tmp_path / name, seed=1) for name in "ab")
    assert one.pickle.sha256 == two.pickle.sha256
    seen = {row["OPERA"] for row in read_flights(half).rows}
    assert set(one.signature.fields[0].categories) == seen


def test_a_few_rows_of_one_month_and_airline_are_servable(sample: Path, tmp_path: Path) -> None:
    """No month to test on, no known example, hardly a row: what can be measured is, and the result loads."""
    few = _lines(sample, tmp_path / "few.csv", lambda _, row: "Sky Airline" in row and row.startswith("2017-07"))
    manifest = train("delay", few, tmp_path / "models", seed=1)
    assert "time_ordered_split" not in manifest.metrics
    model = FolderStore(str(tmp_path / "models")).get("delay")
    assert model.signature.example()["OPERA"] == "Sky Airline"
    assert model.predict(model.check([model.signature.example()]).rows[0])[1] > 0


def test_one_class_alone_cannot_be_learned(sample: Path, tmp_path: Path) -> None:
    """Without a late flight there is nothing to tell apart; the message counts them."""
    late = read_flights(sample).target
    punctual = _lines(sample, tmp_path / "p.csv", lambda index, _: not late[index])
    with pytest.raises(DataError, match=rf"two rows of each class; here 0 of {len(late) - sum(late)} are"):
        train("delay", punctual, tmp_path / "models", seed=1)
    assert not (tmp_path / "models").exists()


def test_the_manifest_promises_what_scikit_learn_predicts(trained: Path) -> None:
    """Golden instances span the fields, with hour 0, both ends of the year and an unseen city, as lists of two."""
    content = json.loads((trained / "delay" / "manifest.json").read_text(encoding="utf-8"))
    golden = content["golden"]
    assert len(golden) == 8
    assert {1, 12} <= {entry["instance"]["MES-I"] for entry in golden}
    assert {0, 23} <= {entry["instance"]["HORA-I"] for entry in golden}
    assert "Atlantis" in {entry["instance"]["SIGLADES"] for entry in golden}
    assert all(sum(entry["prediction"]) == pytest.approx(1, abs=1e-12) for entry in golden)


def test_a_new_process_without_anything_heavy_predicts_the_same(trained: Path) -> None:
    """The artifact needs none of the packages it was made with: equal to the last bit where they cannot be imported."""
    model = FolderStore(str(trained)).get("delay")
    instances = [golden.instance for golden in model.artifact.manifest.golden]
    here = [list(prediction) for prediction in model.predict_many(model.check(instances).rows)]
    assert predict_fresh("delay", trained / "delay", instances) == here
    assert {"sklearn", "numpy", "pandas", "dill"} <= set(HEAVY)


def test_an_artifact_that_needs_something_heavy_is_noticed(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process really keeps packages out: one that the loader needs makes it fail, and the error says which."""
    monkeypatch.setattr(fresh, "HEAVY", ("pickle", "_pickle"))
    forget = "import sys; sys.modules.pop('pickle', None); sys.modules.pop('_pickle', None)\n"
    monkeypatch.setattr(fresh, "CHILD", forget + fresh.CHILD)
    with pytest.raises(NotServable, match="pickle is kept out of this process"):
        predict_fresh("delay", trained / "delay", [])


def test_what_predicts_otherwise_elsewhere_is_not_sealed(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The artifact is tried before it replaces the one that is served, which stays."""
    monkeypatch.setattr(sealing, "predict_fresh", lambda *_: [[0.5, 0.5]] * 8)
    with pytest.raises(NotServable, match="a new process predicts"):
        train("delay", sample, tmp_path / "models", seed=1)
    assert not (tmp_path / "models").exists()


def test_a_recipe_that_cannot_be_exported_is_not_sealed(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unsupported comes before anything is written."""
    recipe = find_recipe("delay")._replace(pipeline=lambda seed: _of_neighbours(SERVED.pipeline(seed)))
    monkeypatch.setattr(delay, "RECIPE", recipe)
    with pytest.raises(Unsupported, match="KNeighborsClassifier"):
        train("delay", sample, tmp_path / "models", seed=1)
    assert not (tmp_path / "models").exists()


def _of_neighbours(pipeline: Any) -> Any:
    return pipeline.set_params(classify=KNeighborsClassifier(5))


def test_a_model_without_a_recipe_is_named() -> None:
    """The message lists what can be trained."""
    with pytest.raises(ConfigurationError, match=f"'nosuch' cannot be used: .* one of {', '.join(recipe_names())}"):
        find_recipe("nosuch")


def test_splits_are_by_chance_and_by_time(sample: Path) -> None:
    """A third at random, and the last two months: no row on both sides, none left out."""
    examples = read_flights(sample)
    assert examples.moments is not None
    by_chance, by_time = splits(examples, delay.RECIPE)
    for split in (by_chance, by_time):
        assert sorted([*split.fit, *split.test]) == list(range(3_000))
    assert len(by_chance.test) == 990
    assert set(examples.moments.iloc[by_time.test].dt.month) == {11, 12}
    assert examples.moments.iloc[by_time.fit].dt.month.max() == 10


def test_the_order_of_rows_does_not_matter_to_what_is_served_of_a_week(sample: Path) -> None:
    """Rates and signature come from all rows, in whatever order; so do the trees that use no rates.

    Where trees do use rates, they are fitted on those of other rows, and the folds that say which these are go by
    position: there the order decides, as the seed does, and equality to six places is no longer to be had.
    """
    examples = read_flights(sample)
    order = random.Random(1).sample(range(len(examples.rows)), len(examples.rows))
    one, two = examples, select(examples, order)
    assert learn_signature(Delay.fields, one.rows) == learn_signature(Delay.fields, two.rows)
    asked = frame(feature_rows(Delay, one.rows[::100]))
    for pipeline in (_encoder, _weekless):
        first, second = (
            pipeline().fit(frame(feature_rows(Delay, part.rows)), np.array(part.target)) for part in (one, two)
        )
        answer = "transform" if pipeline is _encoder else "predict_proba"
        assert getattr(first, answer)(asked) == pytest.approx(getattr(second, answer)(asked), abs=1e-6)


def _encoder() -> Any:
    return SERVED.pipeline(1)["encode"]


def _weekless() -> Any:
    named = {one.name: one for one in SERVED.candidates}
    return named["boosted pairs of fields, no week"].pipeline(1).set_params(classify__max_iter=60)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_the_recipe_that_is_served_is_repeatable(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all its trees, twice on a few rows: one digest; and what was sealed loads."""
    monkeypatch.setattr(delay, "RECIPE", SERVED)
    some = _lines(sample, tmp_path / "some.csv", lambda index, _: index % 10 == 0)
    one, two = (train("delay", some, tmp_path / name, seed=1) for name in "ab")
    assert one.pickle.sha256 == two.pickle.sha256
    assert check_model("delay", str(tmp_path / "a")).passed
