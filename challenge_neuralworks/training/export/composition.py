"""Steps that hold other steps: Pipeline and ColumnTransformer; and those that change nothing."""

from __future__ import annotations

from collections import UserList
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.scorers import Scorer
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column


def pipeline_transform(pipeline: Any, columns: list[Column], step: Step) -> list[Column]:
    """Return what the transformers of a pipeline, one after the other, make of columns."""
    return _through(pipeline.steps, columns, step)


def pipeline_score(pipeline: Any, columns: list[Column], step: Step) -> Scorer:
    """Return the scorer of a pipeline's last step over what the others make of columns."""
    name, estimator = pipeline.steps[-1]
    return step.score(name, estimator, _through(pipeline.steps[:-1], columns, step))


def column_transformer(transformer: Any, columns: list[Column], step: Step) -> list[Column]:
    """Return the columns of every part of a ColumnTransformer, in the order in which it lays them side by side."""
    if transformer.transformer_weights:
        step.refuse("ColumnTransformer(transformer_weights=...)", "leave the weights out")
    names = [str(name) for name in transformer.feature_names_in_] if hasattr(transformer, "feature_names_in_") else []
    assembled: list[Column] = []
    for name, part, selection in transformer.transformers_:
        chosen = [columns[index] for index in _selected(selection, names, len(columns), step.inside(name))]
        if part == "passthrough":
            assembled += chosen
        elif part != "drop" and chosen:
            assembled += step.transform(name, part, chosen)
    return assembled


def identity(transformer: Any, columns: list[Column], step: Step) -> list[Column]:
    """Return columns as they are: scikit-learn writes ``passthrough`` as a FunctionTransformer without function."""
    if transformer.func is not None:
        step.refuse(f"FunctionTransformer(func={transformer.func!r})", "derive the feature in the model's `features`")
    return columns


def _through(steps: Sequence[tuple[str, Any]], columns: list[Column], step: Step) -> list[Column]:
    for name, transformer in steps:
        if transformer is not None and transformer != "passthrough":
            columns = step.transform(name, transformer, columns)
    return columns


def _selected(selection: Any, names: list[str], n_columns: int, step: Step) -> list[int]:
    """Return the positions that a fitted ColumnTransformer's selection stands for."""
    if isinstance(selection, slice):
        bounds = (names.index(end) if isinstance(end, str) else end for end in (selection.start, selection.stop))
        start, stop = bounds
        # A slice of names holds its end, as in pandas; one of positions does not.
        last = stop + 1 if isinstance(selection.stop, str) else stop
        return list(range(n_columns))[slice(start, last, selection.step)]
    # scikit-learn 1.5 and 1.6 give the remainder as a list that warns when it is read; its data do not.
    plain = selection.data if isinstance(selection, UserList) else selection
    listed = [plain] if isinstance(plain, str | int) else list(plain)
    if listed and all(str(type(item).__name__) in {"bool", "bool_"} for item in listed):
        return [index for index, chosen in enumerate(listed) if chosen]
    unknown = [item for item in listed if isinstance(item, str) and item not in names]
    if unknown:
        step.refuse(f"the selection of {unknown}", "select by names of the frame it was fitted on, or by position")
    return [names.index(item) if isinstance(item, str) else int(item) % n_columns for item in listed]
