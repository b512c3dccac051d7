"""Toy versions in a store: what every test of this folder begins with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from challenge_neuralworks.artifact import Golden, Manifest
from challenge_neuralworks.scorers.additive import AdditiveScorer
from challenge_neuralworks.store.objects import open_objects
from challenge_neuralworks.store.versions import Versions
from tests.making import INSTANCE, TOY_SCORER, seal

MANY: Any = [{**INSTANCE, "colour": colour, "age": age} for colour in ("red", "dark green") for age in range(10)]
"""Instances whose labels differ between bases that are far apart."""


def scorer(base: float) -> AdditiveScorer:
    """Return the toy scorer with another base: the lower it is, the more labels are ``no``."""
    return AdditiveScorer(base, TOY_SCORER.lookups, TOY_SCORER.numbers)


def sealed(folder: Path, base: float = -0.5, **changes: Any) -> Manifest:
    """Seal a toy whose score begins at ``base`` into ``folder/toy``."""
    made = changes.pop("scorer", None) or scorer(base)
    golden = changes.pop("golden", None) or (Golden(dict(INSTANCE), made.predict(INSTANCE)),)
    return seal(folder, "toy", made, golden=golden, **changes)


def store_at(path: Path | str) -> Versions:
    """Return the versions of a folder store."""
    return Versions(open_objects(str(path)))


def published(versions: Versions, folder: Path, base: float = -0.5, **changes: Any) -> str:
    """Seal a toy, publish it, and return its version."""
    manifest = sealed(folder, base, **changes)
    return versions.publish(str(folder / manifest.name))


def point(versions: Versions, alias: str, version: str, reason: str = "a test") -> None:
    """Point an alias at a version, wherever it is."""
    versions.move("toy", alias, version, versions.alias("toy", alias), "tester", reason)


def evaluation(auc: float = 0.75, slices: Mapping[str, Any] | None = None, rows: int = 5_000) -> dict[str, Any]:
    """Return an evaluation of one split, with a slice of ``colour`` for each given value: AUC and its upper bound."""
    lines = [
        {"field": "colour", "value": value, "rows": rows, "few": False, "auc": low, "auc_low": low, "auc_high": high}
        for value, (low, high) in (slices or {}).items()
    ]
    metrics = {"auc": {"value": auc, "low": auc - 0.01, "high": auc + 0.01}}
    return {"model": "toy", "splits": [{"name": "random_split", "metrics": metrics, "slices": lines}]}
