"""From a fitted estimator to what explains its scorer."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, Any, NamedTuple

from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from challenge_neuralworks.errors import NotExplainable
from challenge_neuralworks.scorers.additive import AdditiveScorer
from challenge_neuralworks.scorers.columns import Chain
from challenge_neuralworks.scorers.explaining import ExplainedScorer
from challenge_neuralworks.scorers.explaining.additive import AdditiveExplainer
from challenge_neuralworks.scorers.explaining.columns import Encoding, LinearExplainer
from challenge_neuralworks.scorers.linear import LinearHead
from challenge_neuralworks.scorers.pairs import PairHead
from challenge_neuralworks.training.export.assembly import Step
from challenge_neuralworks.training.export.averages import pair_explainer
from challenge_neuralworks.training.export.columns import Plain, Raw
from challenge_neuralworks.training.export.composition import pipeline_transform, source_of
from challenge_neuralworks.training.export.covers import GROVES
from challenge_neuralworks.training.export.folding import UNSEEN
from challenge_neuralworks.training.export.heads import meta
from challenge_neuralworks.training.export.laying import tree_explainer
from challenge_neuralworks.training.export.registry import REGISTRY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from challenge_neuralworks.scorers import Scorer
    from challenge_neuralworks.scorers.explaining import Explainer
    from challenge_neuralworks.scorers.explaining.pairs import PairExplainer
    from challenge_neuralworks.scorers.parts import Stage
    from challenge_neuralworks.signature import Row, Signature
    from challenge_neuralworks.training.export.columns import Source
    from challenge_neuralworks.training.export.covers import Grove

SERVE_WITHOUT = "serve the scorer without explanations"


class Core(NamedTuple):
    """The estimator that computes the score, and the columns that it was fitted on.

    mixers : column that depends on several features -> path of the step that mixed them.
    """

    estimator: Any
    step: Step
    names: list[str]
    stages: list[Stage]
    sources: tuple[Source, ...]
    mixers: dict[int, str]


def explained(estimator: Any, signature: Signature, scorer: Scorer, rows: Iterable[Row] = ()) -> ExplainedScorer:
    """Return a scorer that also explains its predictions.

    Parameters
    ----------
    estimator : fitted; what the scorer was exported from.
    signature : the fields that rows are checked against.
    scorer : what `export` made of both.
    rows : features, shape (n_rows,): a linear model's terms are explained against their means over these rows, or
        against 0 where there are none. Trees know their own training rows and need none.

    Raises
    ------
    NotExplainable : the score is more than one value, as that of three classes.
    Unsupported : the estimator is neither linear nor made of trees, or a step mixes features into one column.
    """
    check_is_fitted(estimator)
    core = _core(estimator, Step("", signature, REGISTRY, {}))
    return ExplainedScorer(scorer, _explainer(core, scorer, list(rows)))


def _explainer(core: Core, scorer: Scorer, rows: Sequence[Row]) -> Explainer:
    read = GROVES.get(type(core.estimator))
    grove = read(core.estimator, core.step) if read else None
    if grove is not None and grove.least_cover() <= 0.0:
        what = f"an explanation of {type(core.estimator).__name__} with nodes whose training rows weigh nothing"
        core.step.refuse(what, f"fit it with positive weights, or {SERVE_WITHOUT}")
    if isinstance(scorer, AdditiveScorer):
        references = _expected_terms(grove, core) if grove else _mean_terms(scorer, core, rows)
        return AdditiveExplainer(scorer, references)
    if grove is None:
        return _linear_explainer(core, rows)
    encoding = _encoding(core, grove.asked())
    head = getattr(scorer, "head", None)
    by_pairs = _pair_explainer(core, grove, encoding, head) if isinstance(head, PairHead) else None
    return by_pairs or tree_explainer(grove, encoding)


def _pair_explainer(core: Core, grove: Grove, encoding: Encoding, head: PairHead) -> PairExplainer | None:
    fields = {field.name: field for field in core.step.signature.fields}
    some = dict.fromkeys(core.names, 0.0) | core.step.signature.example()
    some |= {encoding.features[axis[0]]: next(iter(axis[1]), None) for axis in head.axes if len(axis) == 3}
    learned = core.step.categories
    is_open = {name: fields[name].unknown == "accept" if name in fields else name in learned for name in core.names}
    # What stands for values that an axis does not list: a string never seen, else null where it may come.
    may_miss = {field.name for field in core.step.signature.fields if field.missing == "accept"}
    others = {name: UNSEEN if is_open[name] else None for name in core.names if is_open[name] or name in may_miss}
    return pair_explainer(grove, encoding, head, some, others)


def _expected_terms(grove: Grove, core: Core) -> dict[str, float]:
    """Return the mean, over the training rows, of what trees that ask a feature add to the score."""
    owners = _encoding(core, grove.asked()).owners
    terms: dict[str, list[float]] = {name: [] for name in core.names}
    for covered in grove.trees:
        # Each tree asks one feature: they could not have been added up by feature otherwise.
        for owner in {owners[column] for column in covered.tree.asked}:
            terms[str(owner)].append(covered.expected())
    return {name: fsum(values) for name, values in terms.items()}


def _mean_terms(scorer: AdditiveScorer, core: Core, rows: Sequence[Row]) -> dict[str, float]:
    nothing = dict.fromkeys(core.names, 0.0)
    if not rows:
        return nothing
    explain = AdditiveExplainer(scorer, nothing).explain
    terms = [explain(row).contributions for row in rows]
    return {name: fsum(row[name] for row in terms) / len(terms) for name in core.names}


def _linear_explainer(core: Core, rows: Sequence[Row]) -> LinearExplainer:
    n_columns = len(core.sources)
    head = core.step.head("", core.estimator, [Plain(position) for position in range(n_columns)])
    if not isinstance(head, LinearHead):
        core.step.refuse(f"an explanation of {type(core.estimator).__name__}", SERVE_WITHOUT)
    if len(head.weights) != 1:
        raise NotExplainable(type(core.estimator).__name__, f"its score has {len(head.weights)} values, not one")
    (weights,), (intercept,) = head.weights, head.intercepts
    # A constant, such as the 1 of polynomial features, is nobody's: with its value for a mean it is part of the base.
    constants = {column for column, source in enumerate(core.sources) if not source.features}
    encoding = _encoding(core, {column for column, weight in enumerate(weights) if weight} - constants)
    columns = [encoding.columns(row) for row in rows]
    means = [fsum(column) / len(columns) for column in zip(*columns, strict=True)] or [0.0] * n_columns
    if constants:
        some = encoding.columns({**dict.fromkeys(core.names, 0.0), **core.step.signature.example()})
        means = [some[column] if column in constants else mean for column, mean in enumerate(means)]
    return LinearExplainer(encoding, weights, means, intercept)


def _encoding(core: Core, asked: set[int]) -> Encoding:
    """Return the stage to the estimator's columns, and the one feature that each column asked was made from."""
    owners: list[str | None] = [None] * len(core.sources)
    for column in sorted(asked):
        features = sorted(core.sources[column].features)
        if len(features) != 1:
            made_of = f"an explanation of a column made of {len(features)} features ({', '.join(features[:5])})"
            step = core.step._replace(path=core.mixers.get(column, core.step.path))
            step.refuse(made_of, f"derive it in the model's `features`, or {SERVE_WITHOUT}")
        owners[column] = features[0]
    signature, learned = core.step.signature, core.step.categories
    categories = {field.name for field in signature.fields if field.kind == "category"} | set(learned)
    numbers = [position for position, name in enumerate(core.names) if name not in categories]
    return Encoding(core.names, numbers, core.stages[0] if len(core.stages) == 1 else Chain(core.stages), owners)


def _core(estimator: Any, step: Step) -> Core:
    if not hasattr(estimator, "feature_names_in_"):
        step.refuse("an explanation of columns without names", "fit on a pandas frame")
    names = [str(name) for name in estimator.feature_names_in_]
    sources = tuple(source_of(Raw(position, name), step) for position, name in enumerate(names))
    core = Core(estimator, step, names, [], sources, {})
    while (inner := _inside(core)) is not None:
        core = inner
    return core


def _inside(core: Core) -> Core | None:
    """Return the core without its outermost layer, or None where it has none."""
    estimator, step = core.estimator, core.step
    if type(estimator) is Pipeline:
        return _through(core)
    assemble = meta.META.get(type(estimator))
    if assemble is meta.searched:
        return core._replace(estimator=estimator.best_estimator_, step=step.inside("best_estimator_"))
    if assemble is meta.frozen:
        return core._replace(estimator=estimator.estimator, step=step.inside("estimator"))
    if assemble is meta.thresholded:
        inner = getattr(estimator, "estimator_", estimator.estimator)
        return core._replace(estimator=inner, step=step.inside("estimator_"))
    return None


def _through(core: Core) -> Core:
    """Return the last step of a pipeline, over what the others make of the columns."""
    pipeline, stages, sources, mixers = core.estimator, list(core.stages), core.sources, core.mixers
    for index, (name, _) in enumerate(pipeline.steps[:-1]):
        # One step at a time, to know which one mixes.
        stage, made = pipeline_transform(pipeline[index : index + 1], sources, core.step)
        stages.append(stage)
        before = {source.features: mixers[i] for i, source in enumerate(sources) if i in mixers}
        path = core.step.inside(name).path
        mixers = {i: before.get(one.features, path) for i, one in enumerate(made) if len(one.features) > 1}
        sources = made
    name, estimator = pipeline.steps[-1]
    return Core(estimator, core.step.inside(name), core.names, stages, sources, mixers)
