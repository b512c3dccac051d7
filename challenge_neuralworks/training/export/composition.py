"""Assemblers of pipelines: steps one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from scipy.sparse import issparse
from sklearn.compose import ColumnTransformer

from challenge_neuralworks.scorers.columns import Chain, PipelineHead
from challenge_neuralworks.scorers.stages.composition import Beside
from challenge_neuralworks.training.export.columns import UNCHANGED, Assembled, Plain, Raw, Source
from challenge_neuralworks.training.export.encoding import encode
from challenge_neuralworks.training.export.exactness import in_float32, refuse_chain, refuse_inside, refuse_trees
from challenge_neuralworks.training.export.folding import fold
from challenge_neuralworks.training.export.parallel import pruned
from challenge_neuralworks.training.export.sampling import sampled_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.scorers.parts import Head, Stage
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column

REMEDY = "narrow the signature to what the pipeline takes"


def pipeline_transform(pipeline: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return the transformers of a pipeline, one after the other."""
    return _through(pipeline.steps, sources, step)


def pipeline_head(pipeline: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return a pipeline's last step over what the others make of columns."""
    name, estimator = pipeline.steps[-1]
    if not any(_does_something(transformer) for _, transformer in pipeline.steps[:-1]):
        return step.head(name, estimator, columns)
    raw = [column for column in columns if isinstance(column, Raw)]
    if len(raw) < len(columns):
        return _inside_another(pipeline, columns, step)
    assembled = _through(pipeline.steps[:-1], [source_of(column, step) for column in raw], step)
    return _over_features(pipeline, raw, assembled, step)


def _inside_another(pipeline: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return a pipeline over what another one made: its transformers know numbers at their places and nothing else."""
    refuse_inside(pipeline, step)
    name, estimator = pipeline.steps[-1]
    sources = [Source(frozenset({f"column {place}"})) for place in range(len(columns))]
    assembled = _through(pipeline.steps[:-1], sources, step)
    inner = step.head(name, estimator, [Plain(place) for place in range(len(assembled.sources))])
    return PipelineHead(encode(columns), PipelineHead(assembled.stage, inner))


def _over_features(pipeline: Any, raw: list[Raw], assembled: Assembled, step: Step) -> Head:
    name, estimator = pipeline.steps[-1]
    try:
        _refuse_sparse(pipeline, raw, step)
        columns = fold(pipeline[:-1], raw, assembled.sources, step)
    except (TypeError, ValueError) as error:
        step.refuse(f"{type(pipeline).__name__}, which raised {error!r} on a row that passes the signature,", REMEDY)
    if not any(isinstance(column, Plain) for column in columns):
        return step.head(name, estimator, columns)
    refuse_trees([transformer for _, transformer in pipeline.steps[:-1]], estimator, step)
    # What could not be folded is computed, and stands after the features themselves.
    stage, columns = _computed(pipeline, raw, columns, assembled, step)
    return PipelineHead(Beside(stage), step.head(name, estimator, columns))


def _refuse_sparse(pipeline: Any, raw: list[Raw], step: Step) -> None:
    """Refuse a sparse matrix before XGBoost, to which its zeros are missing values."""
    if not in_float32(pipeline[-1]):
        return
    names = [column.feature for column in raw]
    if issparse(pipeline[:-1].transform(pd.DataFrame.from_records(sampled_rows(names, step)[:1], columns=names))):
        step.refuse(
            f"{type(pipeline[-1]).__name__} after steps that give a sparse matrix, whose zeros are missing to XGBoost,",
            "have them give dense arrays (`sparse_output=False`, `sparse_threshold=0`, 'onehot-dense')",
        )


def _computed(
    pipeline: Any, raw: list[Raw], columns: list[Column], assembled: Assembled, step: Step
) -> tuple[Stage, list[Column]]:
    """Return a stage that leaves out what was folded, where that is simple, and the columns after it."""
    steps = [(name, transformer) for name, transformer in pipeline.steps[:-1] if _does_something(transformer)]
    if len(steps) == 1 and type(steps[0][1]) is ColumnTransformer:
        name, transformer = steps[0]
        return pruned(transformer, [source_of(column, step) for column in raw], columns, step.inside(name))
    return assembled.stage, columns


def source_of(column: Raw, step: Step) -> Source:
    """Return where a column of the estimator's own input comes from: one feature, a category or a number."""
    field = next((field for field in step.signature.fields if field.name == column.feature), None)
    category = field is not None and field.kind == "category"
    return Source(frozenset({column.feature}), None if category else UNCHANGED, category=category)


def _through(steps: Sequence[tuple[str, Any]], sources: Sequence[Source], step: Step) -> Assembled:
    stages: list[Stage] = []
    before: list[Any] = []
    for name, transformer in steps:
        if _does_something(transformer):
            refuse_chain(before, transformer, sources, step.inside(name))
            stage, sources = step.transform(name, transformer, sources)
            stages.append(stage)
            before.append(transformer)
    return Assembled(stages[0] if len(stages) == 1 else Chain(stages), tuple(sources))


def _does_something(transformer: Any) -> bool:
    return transformer is not None and not (isinstance(transformer, str) and transformer == "passthrough")
