"""How good a model is for each value of each field, and for which of them it is surely worse."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from challenge_neuralworks.training.evaluation.bootstrap import CONFIDENCE
from challenge_neuralworks.training.evaluation.metrics import measure
from challenge_neuralworks.training.evaluation.slicing import slice_rows
from challenge_neuralworks.training.evaluation.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from challenge_neuralworks.signature import Field, Row
    from challenge_neuralworks.training.evaluation.slicing import Slice

FEWEST_ROWS = 50
"""Slices of fewer rows are counted, not judged."""

FEWEST_OF_A_CLASS = 10
"""Slices with fewer rows of a class have an AUC, but it is not judged."""

TOO_HIGH, TOO_LOW, RANKS_WORSE = "p too high", "p too low", "ranks worse"

MEASURED = ("auc", "brier", "recall", "precision", "f1")
JUDGED = ("gap", "gap_low", "gap_high", "auc_low", "auc_high")

RULE = (
    f"Intervals of slices are wide enough to hold all at once with {CONFIDENCE:.0%} confidence (Bonferroni, normal,"
    " with the larger of two standard errors: that of the resamples, and that of classes drawn by the probabilities)."
    f" '{TOO_HIGH}' and '{TOO_LOW}': the interval of mean probability less share observed leaves out 0."
    f" '{RANKS_WORSE}': the interval of the AUC lies below the AUC of all rows. A slice of fewer than {FEWEST_ROWS}"
    f" rows is counted and not judged; its AUC is judged with {FEWEST_OF_A_CLASS} rows of each class or more."
)


def measure_slices(
    target: NDArray[np.int64],
    p: NDArray[np.float64],
    threshold: float,
    rows: Sequence[Row],
    fields: Iterable[Field],
    weights: NDArray[np.int32],
) -> list[dict[str, Any]]:
    """Return one line a slice, in the order of `slice_rows`; `RULE` says what ``weak`` lists.

    Parameters
    ----------
    target, p, threshold : as in `metrics.measure`.
    rows : shape (n_rows,), as requests state them.
    fields : whose values make the slices.
    weights : of `bootstrap.draw_weights`, shape (resamples, n_rows).
    """
    overall = Tally(target, p, threshold)
    auc = overall.auc(overall.counts())
    pieces = slice_rows(rows, fields)
    lines = [_line(piece, target[piece.positions], p[piece.positions], threshold) for piece in pieces]
    z = _z(lines)
    for piece, line in zip(pieces, lines, strict=True):
        if not line["few"]:
            tally = Tally(target[piece.positions], p[piece.positions], threshold)
            _judge(line, tally, weights[:, piece.positions], z)
            line["weak"] = _weaknesses(line, auc)
    return lines


def _line(piece: Slice, target: NDArray[np.int64], p: NDArray[np.float64], threshold: float) -> dict[str, Any]:
    named = {"field": piece.field, "value": piece.value, "rows": len(target), "ones": int(target.sum())}
    few = len(target) < FEWEST_ROWS
    empty: dict[str, Any] = dict.fromkeys(("observed", "mean_p", *MEASURED, *JUDGED))
    line = {**named, "few": few, **empty, "weak": []}
    if not few:
        found = measure(target, p, threshold)
        line |= {name: found[name] for name in MEASURED} | {"observed": found["base_rate"], "mean_p": found["mean_p"]}
        line["gap"] = float((p - target).mean())
    return line


def _z(lines: list[dict[str, Any]]) -> float:
    judged = sum((not line["few"]) + _has_classes(line) for line in lines)
    return NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / 2 / max(judged, 1))


def _has_classes(line: dict[str, Any]) -> bool:
    return not line["few"] and FEWEST_OF_A_CLASS <= line["ones"] <= line["rows"] - FEWEST_OF_A_CLASS


def _judge(line: dict[str, Any], tally: Tally, weights: NDArray[np.int32], z: float) -> None:
    drawn = [tally.counts(row) for row in weights]
    spread = max(float(np.nanstd([tally.gap(counts) for counts in drawn], ddof=1)), _chance(tally))
    line["gap_low"], line["gap_high"] = line["gap"] - z * spread, line["gap"] + z * spread
    if _has_classes(line):
        spread = float(np.nanstd([tally.auc(counts) for counts in drawn], ddof=1))
        line["auc_low"], line["auc_high"] = max(line["auc"] - z * spread, 0.0), min(line["auc"] + z * spread, 1.0)


def _chance(tally: Tally) -> float:
    # Rows of one class only have no spread to draw from: the bootstrap would be sure after 50 rows.
    rows = sum(tally.counts())
    return float(np.sqrt(rows @ (tally.p * (1 - tally.p)))) / float(np.sum(rows))


def _weaknesses(line: dict[str, Any], auc: float) -> list[str]:
    reasons = [(TOO_HIGH, line["gap_low"] > 0), (TOO_LOW, line["gap_high"] < 0)]
    if line["auc_high"] is not None:
        reasons.append((RANKS_WORSE, line["auc_high"] < auc))
    return [reason for reason, holds in reasons if holds]
