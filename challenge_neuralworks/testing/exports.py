"""The suite for a fitted estimator: its export must be the same model."""

from __future__ import annotations

import contextlib
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from challenge_neuralworks.artifact import Golden
from challenge_neuralworks.artifact.writing import Draft, write
from challenge_neuralworks.errors import ShapeError
from challenge_neuralworks.model import Model
from challenge_neuralworks.testing import equality
from challenge_neuralworks.testing.invariance import INVARIANCES
from challenge_neuralworks.testing.report import CheckFailed, NothingToCheck, run
from challenge_neuralworks.testing.sealed import SEALED
from challenge_neuralworks.testing.subject import Subject, edges, with_missing
from challenge_neuralworks.training.equality import TOLERANCE
from challenge_neuralworks.training.export import export
from challenge_neuralworks.training.frames import frame
from challenge_neuralworks.training.golden import golden_instances
from challenge_neuralworks.training.tasks import predictions_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from challenge_neuralworks.signature import Row, Signature
    from challenge_neuralworks.testing.report import Report

GOLDEN = 10
"""Rows of the data among the golden instances."""


def check_export(
    pipeline: Any,
    data: Any,
    signature: Signature,
    *,
    tolerance: float = TOLERANCE,
    model: type[Model] = Model,
    sealed: bool = True,
) -> Report:
    """Export a fitted estimator, and return the report of every check that the scorer is the same model.

    Parameters
    ----------
    pipeline : a classifier or regressor fitted on a frame, one named column a feature.
    data : rows to compare on, as a frame or as a sequence of mappings; columns that no field names are left out.
    signature : the fields that rows are checked against when the model is served.
    tolerance : largest difference of a prediction, of values beyond 1 relative to them.
    model : a class of ``challenge_neuralworks.models``, where features are derived from the fields.
    sealed : whether to seal an artifact too and load it in a new process, which takes half a second.

    Raises
    ------
    Unsupported : the estimator cannot be exported; names the step and what to do.
    NotConforming : a check failed; lists every one that did, each with its evidence.
    ShapeError : there are no rows.
    """
    rows = plain_rows(data, signature)
    if not rows:
        raise ShapeError("a conformance check needs at least one row")
    scorer = export(pipeline, signature)
    subject = Subject(
        name=f"{type(pipeline).__name__} as {type(scorer).__name__}",
        scorer=scorer,
        signature=signature,
        features=model.features,
        rows=[row for row in rows if not signature.faults(row)],
        classes=_classes(pipeline),
        expected=_expected(pipeline, signature, model.features),
        golden=(),
        tolerance=tolerance,
    )
    checks = (_data_pass_the_signature(rows), *EXPORTED)
    if not sealed:
        return run(subject, checks)
    with TemporaryDirectory() as folder:
        return run(_sealed(subject, model, folder), (*checks, *SEALED))


def plain_rows(data: Any, signature: Signature) -> list[Row]:
    """Return data as rows of plain Python values: what JSON would hold, a missing value as None."""
    records = data.to_dict("records") if isinstance(data, pd.DataFrame) else data
    integers = {field.name for field in signature.fields if field.kind == "integer"}
    return [
        {name: _plain(record[name], whole=name in integers) for name in signature.names if name in record}
        for record in records
    ]


def _plain(value: Any, *, whole: bool) -> Any:
    plain = value.item() if isinstance(value, np.generic) else value
    if plain is None or plain is pd.NA or plain != plain:  # noqa: PLR0124 - only NaN is not itself
        return None
    # An integer column with a missing value is one of floats to pandas.
    return int(plain) if whole and isinstance(plain, float) and plain.is_integer() else plain


def _classes(pipeline: Any) -> tuple[Any, ...]:
    labels = [label.item() if hasattr(label, "item") else label for label in getattr(pipeline, "classes_", ())]
    # A manifest's classes are integers and strings.
    return tuple(int(label) if isinstance(label, int) else str(label) for label in labels)


def _expected(pipeline: Any, signature: Signature, features: Callable[[Row], Row]) -> Callable[[Sequence[Row]], Any]:
    # pandas chooses the kind of a column by what it holds, and scikit-learn tells NaN from None and floats from
    # integers: a batch must be of the kinds that the training data had.
    example = features(signature.example())
    floats = [field.name for field in signature.fields if field.kind == "integer" and field.missing == "accept"]

    def predictions(rows: Sequence[Row]) -> Any:
        made = frame([*(features(row) for row in rows), example])
        made = made.astype({name: "float64" for name in floats if name in made})
        return predictions_of(pipeline, made)[:-1]

    return predictions


def _data_pass_the_signature(rows: Sequence[Row]) -> Callable[[Subject], str]:
    def data_pass_the_signature(subject: Subject) -> str:
        refused = len(rows) - len(subject.rows)
        if refused:
            fault = next(faults[0] for row in rows if (faults := subject.signature.faults(row)))
            raise CheckFailed(f"{refused} of {len(rows)} rows are refused, such as {fault.pointer}: {fault.detail}")
        return f"{len(rows)} rows"

    return data_pass_the_signature


def _sealed(subject: Subject, model: type[Model], folder: str) -> Subject:
    """Return the subject with an artifact of it, whose golden predictions are the estimator's own."""
    golden = _golden(subject)
    name = "conformance" if model is Model else model.__module__.rpartition(".")[2]
    threshold = 0.5 if len(subject.classes) == 2 else None
    draft = Draft(name, "", subject.signature, subject.classes, threshold, {}, {}, golden)
    write(folder, subject.scorer, draft)
    return subject._replace(golden=golden, folder=folder)


def _golden(subject: Subject) -> tuple[Golden, ...]:
    assert subject.expected is not None  # noqa: S101 - set above
    instances = [*golden_instances(subject.signature), *subject.rows[:GOLDEN], *edges(subject)[-GOLDEN:]]
    with contextlib.suppress(NothingToCheck):
        instances += with_missing(subject)[-GOLDEN:]
    predictions = np.asarray(subject.expected(instances), dtype=np.float64)
    # A manifest is JSON, which has no infinity.
    return tuple(
        Golden(dict(instance), tuple(map(float, prediction)))
        for instance, prediction in zip(instances, predictions, strict=True)
        if np.isfinite(prediction).all()
    )


EXPORTED = (
    equality.equal_on_the_data,
    equality.equal_at_the_edges,
    equality.equal_on_unseen_categories,
    equality.equal_on_missing_values,
    equality.equal_on_huge_and_tiny_numbers,
    *INVARIANCES,
)
"""Checks of a scorer beside its estimator."""
