"""The evaluation as a page: nothing is computed here, every number is in the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from challenge_neuralworks.training.evaluation.pictures import pictures
from challenge_neuralworks.training.evaluation.plain_page import plain_parts
from challenge_neuralworks.training.reporting import Part, Table, Text, render

if TYPE_CHECKING:
    from collections.abc import Iterable

SLICE_COLUMNS = {
    "rows": "rows",
    "observed": "observed",
    "mean_p": "mean p",
    "gap_low": "gap from",
    "gap_high": "gap to",
    "auc": "AUC",
    "auc_low": "AUC from",
    "auc_high": "AUC to",
    "brier": "Brier",
    "recall": "recall",
    "precision": "precision",
    "f1": "F1",
}
MISSING, TOO_FEW = "(missing)", "too few rows"


def page(report: dict[str, Any]) -> str:
    """Return the report of `report.evaluation_report` as HTML; the same report gives the same bytes."""
    parts: list[Part] = [_metrics(report), _definitions(report)]
    parts += _spread(report) + _candidates(report)
    for split in report["splits"]:
        if "task" in report:
            parts += plain_parts(split, report)
            continue
        parts += [_split(split), *pictures(split), *_reliability(split), *_slices(split, report["slice_rule"])]
    lead = (
        "How good the model is on rows that it was not fitted on."
        f" What to expect of rows still to come: {report['expect']}."
    )
    return render(f"{report['model']}: evaluation", lead, parts)


def _metrics(report: dict[str, Any]) -> Table:
    splits = report["splits"]
    columns = [f"{split['name']}{suffix}" for split in splits for suffix in ("", " from", " to")]
    rows = [
        [name, *(split["metrics"][name][key] for split in splits for key in ("value", "low", "high"))]
        for name in report["metrics"]
    ]
    units = ", ".join(f"{split['name']} {split['drawn']['units']:,} {split['drawn']['unit']}s" for split in splits)
    note = (
        f"From and to: {report['confidence']} of {report['resamples']} resamples lie between them; drawn are, with"
        f" replacement, of {units}. The interval of a calibration error lies a little high: drawing again adds to it."
    )
    note += "" if "task" in report else " Labels are those at the split's own threshold."
    return Table("Metrics", ["metric", *columns], rows, note)


def _definitions(report: dict[str, Any]) -> Table:
    return Table("What the metrics say", ["metric", "meaning"], list(report["metrics"].items()))


def _spread(report: dict[str, Any]) -> list[Part]:
    spread = report["cross_validation"]
    if spread is None:
        return []
    rows = [[name, values["mean"], values["sd"]] for name, values in spread["metrics"].items()]
    note = "" if spread["folds"] is None else f"{spread['folds']} folds of the rows that the model may be fitted on."
    return [Table("Cross validation", ["metric", "mean", "standard deviation"], rows, note)]


def _candidates(report: dict[str, Any]) -> list[Part]:
    lines = report["candidates"]
    if not lines:
        return []
    headline = report.get("headline", "auc")
    metrics, splits = _keys(line["cv"] for line in lines), _keys(line[headline] for line in lines)
    columns = ["candidate", "parameters"]
    columns += [f"{name} {suffix}" for name in metrics for suffix in ("CV mean", "sd")]
    columns += [f"{headline.upper()} {name}" for name in splits] + ["chosen", "why"]
    rows = []
    for line in lines:
        spread = [line["cv"].get(name, {}).get(key) for name in metrics for key in ("mean", "sd")]
        params = ", ".join(f"{key}={value}" for key, value in line["params"].items())
        tested = [line[headline].get(name) for name in splits]
        rows.append([line["name"], params, *spread, *tested, line["chosen"], line["why"]])
    return [Table("Candidates", columns, rows)]


def _keys(mappings: Iterable[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(key for mapping in mappings for key in mapping))


def _split(split: dict[str, Any]) -> Text:
    counts = (
        f"{split['fitted_rows']:,} rows were fitted on, these {split['rows']:,} were not. Labels are 1 from a"
        f" probability of {split['threshold']} on."
    )
    return Text(f"Split: {split['name']}", [split["about"], counts])


def _reliability(split: dict[str, Any]) -> list[Part]:
    keys = {"least_p": "least p", "largest_p": "largest p", "mean_p": "mean p", "observed": "observed", "rows": "rows"}
    return [
        Table(
            f"{split['name']}: calibration in bins of {kind.replace('_', ' ')}",
            ["bin", *keys.values()],
            [[line["bin"], *(line[key] for key in keys)] for line in split["calibration"][kind]],
        )
        for kind in split["calibration"]
    ]


def _slices(split: dict[str, Any], rule: str) -> list[Part]:
    fields = dict.fromkeys(line["field"] for line in split["slices"])
    tables: list[Part] = [Text(f"{split['name']}: slices", [rule])]
    for field in fields:
        rows = [
            [_value(line), *(line[key] for key in SLICE_COLUMNS), TOO_FEW if line["few"] else ", ".join(line["weak"])]
            for line in split["slices"]
            if line["field"] == field
        ]
        tables.append(Table(f"{split['name']}: {field}", ["value", *SLICE_COLUMNS.values(), "weak"], rows))
    return tables


def _value(line: dict[str, Any]) -> str:
    return MISSING if line["value"] is None else line["value"]
