"""A model card, filled in from a manifest, an evaluation and a declaration; nothing is measured here."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.training.evaluation.metrics import SHORT_NAMES
from challenge_neuralworks.training.reporting.page import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Template

    from challenge_neuralworks.artifact import Manifest
    from challenge_neuralworks.training.cards.declaration import Declaration

PLACES = 3
CANDIDATE_PLACES = 4
"""Candidates differ by less than what counts for one of them."""

ANSWER_PLACES = 6
MOST_WEAK = 15
MOST_FIELDS = 10


def card(manifest: Manifest, evaluation: Mapping[str, Any], declaration: Declaration) -> str:
    """Return a model's card in Markdown; the same arguments give the same text.

    Parameters
    ----------
    manifest : of the sealed artifact.
    evaluation : what `evaluation_report` returned, or its file holds.
    declaration : what cannot be measured.

    Raises
    ------
    DataError : the evaluation is that of another model.
    """
    if evaluation["model"] != manifest.name:
        raise DataError(f"an evaluation of {evaluation['model']!r} does not fit the manifest of {manifest.name!r}")
    expected = evaluation["splits"][-1]
    weak = [line for line in expected["slices"] if line["weak"]]
    # A large group is more of a weakness than a small one.
    weak.sort(key=lambda line: -line["rows"])
    headline = evaluation.get("headline", "auc")
    return _template().render(
        task=evaluation.get("task", "binary"),
        headline=headline,
        manifest=manifest,
        evaluation=evaluation,
        declaration=declaration,
        expected=expected,
        weak=weak[:MOST_WEAK],
        more_weak=max(len(weak) - MOST_WEAK, 0),
        watched=[line for line in expected["slices"] if line["field"] in declaration.watched],
        importance=(expected["importance"] or [])[:MOST_FIELDS],
        cv_metrics=_keys(evaluation["candidates"], "cv"),
        auc_splits=_keys(evaluation["candidates"], headline),
        places=PLACES,
        candidate_places=CANDIDATE_PLACES,
        answer_places=ANSWER_PLACES,
        **_call(manifest),
    )


def _call(manifest: Manifest) -> dict[str, str]:
    instance, prediction = manifest.golden[0]
    # The last digits are the processor's.
    rounded = [round(value, ANSWER_PLACES) for value in prediction]
    answer: dict[str, Any] = {
        "model": manifest.name,
        "version": manifest.version,
        "prediction": rounded if manifest.classes else rounded[0],
    }
    if manifest.threshold is not None:
        answer["label"] = manifest.classes[prediction[1] >= manifest.threshold]
    elif manifest.classes:
        answer["label"] = manifest.classes[prediction.index(max(prediction))]
    return {
        "request": json.dumps(instance, ensure_ascii=False),
        "answer": json.dumps(answer, ensure_ascii=False, separators=(",", ":")),
    }


def _keys(lines: list[dict[str, Any]], entry: str) -> list[str]:
    return list(dict.fromkeys(key for line in lines for key in line[entry]))


def fixed(value: float | None, places: int = PLACES) -> str:
    """Return a figure with so many places after the point; a dash where there is none."""
    return NOTHING if value is None else f"{value:.{places}f}"


def span(low: float | None, high: float | None) -> str:
    """Return an interval."""
    return NOTHING if low is None or high is None else f"{fixed(low)} to {fixed(high)}"


def within(measured: Mapping[str, Any]) -> str:
    """Return a metric with its interval."""
    value, interval = fixed(measured["value"]), span(measured["low"], measured["high"])
    return value if interval == NOTHING else f"{value} ({interval})"


def spread(values: Mapping[str, float] | None) -> str:
    """Return a mean and its standard deviation."""
    if values is None:
        return NOTHING
    return f"{fixed(values['mean'], CANDIDATE_PLACES)} ± {fixed(values['sd'], CANDIDATE_PLACES)}"


def tiny(value: float) -> str:
    """Return a difference near 0: 2.2e-16."""
    return f"{value:.1e}" if value else "0"


def whole(value: int) -> str:
    """Return a count: 68,206."""
    return f"{value:,}"


def words(value: object) -> str:
    """Return text for a cell of a table: without what would end the cell."""
    text = "(missing)" if value is None else str(value)
    return " ".join(text.split()).replace("|", "\\|")


def named(split: str) -> str:
    """Return the name of a split as words: time ordered split."""
    return split.replace("_", " ")


def metric(name: str) -> str:
    """Return what people call a metric: AUC."""
    return SHORT_NAMES.get(name, named(name))


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("challenge_neuralworks.training.cards"),
        autoescape=False,  # noqa: S701 - Markdown, made of the project's own files.
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    filters = (fixed, within, spread, tiny, whole, words, named, metric)
    environment.filters |= {function.__name__: function for function in filters}
    environment.globals["span"] = span
    return environment.get_template("card.md.j2")
