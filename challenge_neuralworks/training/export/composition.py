"""Assemblers of what holds other steps: Pipeline, ColumnTransformer; and of what changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from challenge_neuralworks.scorers.columns import Chain, PipelineHead
from challenge_neuralworks.scorers.stages.composition import Beside, Branches
from challenge_neuralworks.training.export.columns import UNCHANGED, Assembled, Plain, Raw, Source
from challenge_neuralworks.training.export.folding import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.scorers.parts import Head, Stage
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column


def pipeline_transform(pipeline: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return the transformers of a pipeline, one after the other."""
    return _through(pipeline.steps, sources, step)


def pipeline_head(pipeline: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return a pipeline's last step over what the others make of columns."""
    name, estimator = pipeline.steps[-1]
    if all(transformer is None or transformer == "passthrough" for _, transformer in pipeline.steps[:-1]):
        return step.head(name, estimator, columns)
    raw = [column for column in columns if isinstance(column, Raw)]
    assembled = _through(pipeline.steps[:-1], [_source(column, step) for column in columns], step)
    if len(raw) == len(columns):
        return _over_features(pipeline, raw, assembled, step)
    inner = step.head(name, estimator, [Plain(position) for position in range(len(assembled.sources))])
    return PipelineHead(assembled.stage, inner)


def _over_features(pipeline: Any, raw: list[Raw], assembled: Assembled, step: Step) -> Head:
    name, estimator = pipeline.steps[-1]
    columns = fold(pipeline[:-1], raw, assembled.sources, step)
    head = step.head(name, estimator, columns)
    # What could not be folded is computed, and stands after the features themselves.
    if any(isinstance(column, Plain) for column in columns):
        return PipelineHead(Beside(assembled.stage), head)
    return head


def _source(column: Column, step: Step) -> Source:
    if not isinstance(column, Raw):
        return Source(frozenset())
    field = next((field for field in step.signature.fields if field.name == column.feature), None)
    category = field is not None and field.kind == "category"
    return Source(frozenset({column.feature}), None if category else UNCHANGED, category=category)


def column_transformer(transformer: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return every part of a ColumnTransformer, in the order in which it lays them side by side."""
    if transformer.transformer_weights:
        step.refuse("ColumnTransformer(transformer_weights=...)", "leave the weights out")
    names = [str(name) for name in transformer.feature_names_in_] if hasattr(transformer, "feature_names_in_") else []
    branches: list[tuple[list[int], Stage | None]] = []
    made: list[Source] = []
    for name, part, selection in transformer.transformers_:
        positions = _selected(selection, names, len(sources), step.inside(name))
        chosen = [sources[position] for position in positions]
        if part == "drop" or not chosen:
            continue
        inner = Assembled(Chain(()), tuple(chosen)) if part == "passthrough" else step.transform(name, part, chosen)
        branches.append((positions, None if part == "passthrough" else inner.stage))
        made += inner.sources
    return Assembled(Branches(branches), tuple(made))


def identity(transformer: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return columns as they are: scikit-learn writes ``passthrough`` as a FunctionTransformer without function."""
    if transformer.func is not None:
        step.refuse(f"FunctionTransformer(func={transformer.func!r})", "derive the feature in the model's `features`")
    return Assembled(Chain(()), tuple(sources))


def _through(steps: Sequence[tuple[str, Any]], sources: Sequence[Source], step: Step) -> Assembled:
    stages: list[Stage] = []
    for name, transformer in steps:
        if transformer is not None and transformer != "passthrough":
            stage, sources = step.transform(name, transformer, sources)
            stages.append(stage)
    return Assembled(stages[0] if len(stages) == 1 else Chain(stages), tuple(sources))


def _selected(selection: Any, names: list[str], n_columns: int, step: Step) -> list[int]:
    """Return the positions that a fitted ColumnTransformer's selection stands for."""
    if isinstance(selection, slice):
        bounds = (names.index(end) if isinstance(end, str) else end for end in (selection.start, selection.stop))
        start, stop = bounds
        # A slice of names holds its end, as in pandas; one of positions does not.
        last = stop + 1 if isinstance(selection.stop, str) else stop
        return list(range(n_columns))[slice(start, last, selection.step)]
    listed = [selection] if isinstance(selection, str | int) else list(selection)
    if listed and all(str(type(item).__name__) in {"bool", "bool_"} for item in listed):
        return [index for index, chosen in enumerate(listed) if chosen]
    unknown = [item for item in listed if isinstance(item, str) and item not in names]
    if unknown:
        step.refuse(f"the selection of {unknown}", "select by names of the frame it was fitted on, or by position")
    return [names.index(item) if isinstance(item, str) else int(item) % n_columns for item in listed]
