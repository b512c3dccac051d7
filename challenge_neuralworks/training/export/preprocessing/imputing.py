"""Assemblers of what fills missing values in, or tells of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from challenge_neuralworks.scorers.stages.composition import Branches
from challenge_neuralworks.scorers.stages.imputing import Fill, Missing
from challenge_neuralworks.training.export.columns import Assembled
from challenge_neuralworks.training.export.preprocessing.guards import field_of, missing_category, refuse_missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Source


def simple_imputer(imputer: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return a fitted SimpleImputer: one value for each column, and indicators where it has them."""
    fills = [_plain(value) for value in imputer.statistics_]
    missing, marker = _marker(imputer.missing_values, sources, step, "SimpleImputer")
    texts = [source.category or isinstance(fill, str) for source, fill in zip(sources, fills, strict=True)]
    _note_texts(sources, texts, marker, step)
    kept = [i for i, fill in enumerate(fills) if imputer.keep_empty_features or fill == fill]  # noqa: PLR0124 - NaN
    filled = Fill([(i, fills[i]) for i in kept], missing, marker)
    made = [_filled(sources[i], text=texts[i], missing=missing, step=step) for i in kept]
    if not imputer.add_indicator:
        return Assembled(filled, tuple(made))
    told = [int(position) for position in imputer.indicator_.features_]
    every = range(len(sources))
    made += [sources[i].changed()._replace(encoded=_is_text(sources[i], text=texts[i])) for i in told]
    return Assembled(Branches(((every, filled), (every, Missing(told, missing, marker)))), tuple(made))


def missing_indicator(indicator: Any, sources: Sequence[Source], step: Step) -> Assembled:
    """Return a fitted MissingIndicator."""
    missing, marker = _marker(indicator.missing_values, sources, step, "MissingIndicator")
    told = [int(position) for position in indicator.features_]
    if indicator.features == "missing-only" and indicator.error_on_new:
        new = [source for position, source in enumerate(sources) if position not in told]
        _refuse_new(new, missing, step)
    _note_texts(sources, [source.category for source in sources], marker, step)
    made = tuple(sources[i].changed()._replace(encoded=_is_text(sources[i], text=False)) for i in told)
    return Assembled(Missing(told, missing, marker), made)


def _marker(marker: Any, sources: Sequence[Source], step: Step, kind: str) -> tuple[str, Any]:
    """Return which values count as missing, as the stages take it."""
    if type(marker).__name__ == "NAType":
        step.refuse(f"{kind}(missing_values=pandas.NA)", "use missing_values=numpy.nan")
    if marker is None:
        if missing_category() is not None:
            # NaN, which a frame makes of None, is then an error where it is not what is missing.
            refuse_missing(sources, step, f"{kind}(missing_values=None)")
        return "none", None
    if marker != marker:  # noqa: PLR0124 - only NaN is not itself
        # A number is NaN by now; a category is None, which counts where a frame would hold NaN in its place.
        return "nan" if missing_category() is None else "either", None
    refuse_missing(sources, step, f"{kind}(missing_values={marker!r})")
    return "value", _plain(marker)


def _refuse_new(sources: Sequence[Source], missing: str, step: Step) -> None:
    if missing == "value":
        step.refuse("MissingIndicator(error_on_new=True) of a value", "set error_on_new=False")
    refuse_missing(sources, step, "MissingIndicator(error_on_new=True)")


def _note_texts(sources: Sequence[Source], texts: Sequence[bool], marker: Any, step: Step) -> None:
    """Tell the step of values of categories that an imputer takes apart from all others."""
    for source, text in zip(sources, texts, strict=True):
        field = field_of(source, step)
        if text and source.raw and (field is None or field.kind == "category"):
            (feature,) = source.features
            step.learn(feature, [*([None] if field is None else []), *([marker] if isinstance(marker, str) else [])])


def _filled(source: Source, *, text: bool, missing: str, step: Step) -> Source:
    field = field_of(source, step)
    if missing != "value" and source.raw and field is not None and field.missing == "refuse":
        # Nothing can be missing, so nothing is changed.
        return source
    return source.changed()._replace(encoded=_is_text(source, text=text))


def _is_text(source: Source, *, text: bool) -> bool:
    return source.encoded or source.category or (text and source.raw)


def _plain(value: Any) -> Any:
    plain = value.item() if hasattr(value, "item") else value
    return float(plain) if isinstance(plain, bool | int) else plain
