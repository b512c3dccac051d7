"""The suite for a sealed artifact: it must be servable, whatever it was made of."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from challenge_neuralworks.artifact import read_manifest
from challenge_neuralworks.errors import ArtifactError, UnknownModel
from challenge_neuralworks.store.folder import FolderStore, load_model
from challenge_neuralworks.testing.equality import difference
from challenge_neuralworks.testing.invariance import (
    INVARIANCES,
    is_prediction,
    predictions_are_finite_and_probabilities,
)
from challenge_neuralworks.testing.report import CheckFailed, NotConforming, NothingToCheck, Report, Result, run
from challenge_neuralworks.testing.subject import Subject, with_missing, with_unseen
from challenge_neuralworks.training.edges import UNSEEN
from challenge_neuralworks.training.fresh import predict_fresh

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.signature import Row

GOLDEN_TOLERANCE = 1e-9
"""Largest difference from a golden prediction that a load lets through."""


def check_model(name: str, models_dir: str = "models", *, trusted_digests: Collection[str] = ()) -> Report:
    """Return the report of every check that a sealed artifact is servable; its estimator is not needed.

    Parameters
    ----------
    name : of the model.
    models_dir : path of the folder that holds the model's own.
    trusted_digests : SHA-256 digests of pickles that may hold code.

    Raises
    ------
    NotConforming : a check failed; lists every one that did, each with its evidence.
    UnknownModel : there is no such model.
    """
    known = FolderStore(models_dir).names()
    if name not in known:
        raise UnknownModel(name, known)
    folder = os.path.join(models_dir, name)  # noqa: PTH118 - as the store has it
    try:
        model = load_model(name, folder, trusted_digests)
    except ArtifactError as error:
        result = Result("it_loads", "failed", f"{type(error).__name__}: {error}")
        raise NotConforming(Report(name, (result,))) from error
    return run(_subject(model, folder), CHECKS)


def golden_predictions_come_out(subject: Subject) -> str:
    """Every golden instance is predicted as promised."""
    return _golden_agree(subject, subject.predict_many([instance for instance, _ in subject.golden]))


def it_loads_without_scikit_learn(subject: Subject) -> str:
    """A new process, in which nothing heavy can be imported, predicts the golden instances as promised."""
    folder = Path(str(subject.folder))
    manifest = read_manifest(str(folder))
    if manifest.pickle.holds == "estimator":
        raise NothingToCheck("it holds an original estimator, which needs scikit-learn")
    instances = [instance for instance, _ in subject.golden]
    return _golden_agree(subject, predict_fresh(manifest.name, folder, instances))


def unknown_categories_are_scored_or_refused(subject: Subject) -> str:
    """A string that is no category is scored where the field accepts it, and refused where it does not."""
    categories = [field for field in subject.signature.fields if field.kind == "category"]
    refusing = [field.name for field in categories if field.unknown == "refuse"]
    return _scored_or_refused(subject, refusing, UNSEEN[0], with_unseen)


def missing_values_are_scored_or_refused(subject: Subject) -> str:
    """A null is scored where the field accepts it, and refused where it does not."""
    refusing = [field.name for field in subject.signature.fields if field.missing == "refuse"]
    return _scored_or_refused(subject, refusing, None, with_missing)


def _scored_or_refused(
    subject: Subject, refusing: Sequence[str], value: str | None, accepted: Callable[[Subject], list[Row]]
) -> str:
    example = subject.signature.example()
    for name in refusing:
        if not subject.signature.faults({**example, name: value}):
            raise CheckFailed(f"{value!r} is let through as {name}, which refuses such a value")
    try:
        rows = accepted(subject)
    except NothingToCheck:
        rows = []
    for row, prediction in zip(rows, subject.predict_many(subject.signature.check(rows).rows), strict=True):
        if not is_prediction(prediction, len(subject.classes)):
            raise CheckFailed(f"{dict(row)} is predicted as {prediction}")
    return f"{len(rows)} rows scored, {len(refusing)} refused"


def _golden_agree(subject: Subject, computed: Sequence[Sequence[float]]) -> str:
    promised = np.asarray([prediction for _, prediction in subject.golden])
    differences = difference(promised, np.asarray(computed)).max(axis=1)
    worst = int(differences.argmax())
    if not differences[worst] <= GOLDEN_TOLERANCE:
        instance, prediction = subject.golden[worst]
        raise CheckFailed(f"{instance} is promised to be {prediction}, and is {tuple(computed[worst])}")
    return f"{len(promised)} instances, largest difference {differences[worst]:.2g}"


def _subject(model: Model, folder: str) -> Subject:
    manifest = model.artifact.manifest
    return Subject(
        name=f"{model.name} {model.version}",
        scorer=model.artifact.scorer,
        signature=model.signature,
        features=model.features,
        rows=model.check([instance for instance, _ in manifest.golden]).rows,
        classes=model.classes,
        expected=None,
        golden=manifest.golden,
        tolerance=GOLDEN_TOLERANCE,
        folder=folder,
    )


SEALED = (golden_predictions_come_out, it_loads_without_scikit_learn)
"""Checks of an artifact's golden predictions."""

CHECKS = (
    *SEALED,
    predictions_are_finite_and_probabilities,
    unknown_categories_are_scored_or_refused,
    missing_values_are_scored_or_refused,
    *INVARIANCES,
)
"""Checks of an artifact without its estimator."""
