"""The evaluation's pictures, drawn from the report's own points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from challenge_neuralworks.training.reporting import Picture, Series, bar_chart, line_chart

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_FIELDS = 10
"""Fields that the picture of importance shows; the report holds all of them."""


def pictures(split: dict[str, Any]) -> list[Picture]:
    """Return reliability, ROC, precision-recall, threshold sweep and, where it was measured, importance of a split."""
    drawn = [_reliability(split), _roc(split), _precision_recall(split), _sweep(split)]
    return [*drawn, importance(split)] if split["importance"] else drawn


def _reliability(split: dict[str, Any]) -> Picture:
    series = [
        _series(kind.replace("_", " "), lines, "mean_p", "observed") for kind, lines in split["calibration"].items()
    ]
    svg = line_chart(series, "mean probability of a bin", "share observed", diagonal=True)
    error = split["metrics"]["ece"]["value"]
    alt = f"{split['name']}: share observed against mean probability; the expected calibration error is {error}."
    return Picture(f"{split['name']}: reliability", svg, alt, f"{alt} On the dashed line probabilities are right.")


def _roc(split: dict[str, Any]) -> Picture:
    points = _series(split["name"], split["roc"], "false_positive_rate", "true_positive_rate")
    svg = line_chart([points], "false positive rate", "true positive rate", diagonal=True)
    alt = f"{split['name']}: ROC curve; the area under it is {split['metrics']['auc']['value']}."
    return Picture(f"{split['name']}: ROC curve", svg, alt, f"{alt} The dashed line is chance.")


def _precision_recall(split: dict[str, Any]) -> Picture:
    points = _series(split["name"], split["precision_recall"], "recall", "precision")
    metrics = split["metrics"]
    alt = (
        f"{split['name']}: precision against recall; the average precision is"
        f" {metrics['average_precision']['value']}, that of chance {metrics['base_rate']['value']}."
    )
    return Picture(f"{split['name']}: precision and recall", line_chart([points], "recall", "precision"), alt)


def _sweep(split: dict[str, Any]) -> Picture:
    names = ("recall", "precision", "f1", "labelled")
    series = [_series(name, split["threshold_sweep"], "threshold", name) for name in names]
    found = {name: split["metrics"][name]["value"] for name in ("recall", "precision", "f1")}
    alt = (
        f"{split['name']}: recall, precision, F1 and the share labelled 1 against the threshold."
        f" At the split's own threshold of {split['threshold']}: recall {found['recall']},"
        f" precision {found['precision']}, F1 {found['f1']}."
    )
    return Picture(f"{split['name']}: thresholds", line_chart(series, "threshold", "share"), alt)


def importance(split: dict[str, Any], headline: str = "auc") -> Picture:
    """Return the picture of what each field is worth."""
    lines, drop, name = split["importance"][:MOST_FIELDS], f"{headline}_drop", headline.upper()
    spreads = [line["sd"] or 0.0 for line in lines]
    svg = bar_chart([line["field"] for line in lines], [line[drop] for line in lines], f"drop in {name}", spreads)
    drops = ", ".join(f"{line['field']} {line[drop]}" for line in lines)
    alt = f"{split['name']}: mean drop in {name} when a field is shuffled among the rows: {drops}."
    note = f"{alt} Whiskers: standard deviation over the shuffles. Fields that say the same share what they are worth."
    return Picture(f"{split['name']}: importance of fields", svg, alt, note)


def _series(name: str, lines: Sequence[dict[str, Any]], x: str, y: str) -> Series:
    shown = [line for line in lines if line[y] is not None]
    return Series(name, [line[x] for line in shown], [line[y] for line in shown])
