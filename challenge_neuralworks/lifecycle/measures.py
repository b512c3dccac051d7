"""The gates of numbers: metrics and slices not worse than production's, beyond a stated margin."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from challenge_neuralworks.lifecycle.margins import (
    HIGHER_IS_BETTER,
    SLICE_ERROR_MARGIN,
    SLICE_MARGIN,
    margin_of,
)
from challenge_neuralworks.lifecycle.verdicts import METRICS, NOTHING, SLICES, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from challenge_neuralworks.artifact.manifest import Manifest
    from challenge_neuralworks.lifecycle.margins import Margin

    Evaluation = Mapping[str, Any]

LARGE = 1_000
"""Rows of a slice that is judged by its value; a smaller one is by its interval, which is all that chance leaves."""

NAMED = 3
"""Slices that a verdict names."""

ROUNDING = 1e-9
"""0.8 less a margin of 0.1 is a little more than 0.7 in binary, which must not close a gate."""

ASIDE = ("export", "out_of_fold")
"""Entries of a manifest's metrics that are measured of no test rows."""


def judge_metrics(production: Manifest, candidate: Manifest, margins: Mapping[str, Margin]) -> list[Verdict]:
    """Return a verdict on each metric of a split that production has and that has a margin.

    A metric that production has and the candidate lacks closes the gate: nobody can say that it is not worse.
    """
    verdicts = []
    for split, metrics in production.metrics.items():
        if isinstance(metrics, dict) and split not in ASIDE:
            theirs = candidate.metrics.get(split)
            verdicts += list(_judge_split(split, metrics, theirs if isinstance(theirs, dict) else {}, margins))
    return verdicts or [Verdict(METRICS, "", NOTHING, NOTHING, "production states none that has a margin", passed=True)]


def _judge_split(
    split: str, metrics: Mapping[str, Any], theirs: Mapping[str, Any], margins: Mapping[str, Margin]
) -> Iterator[Verdict]:
    for metric, ours in metrics.items():
        margin = margin_of(margins, split, metric)
        if margin is None or not _is_number(ours):
            continue
        found, allowed = theirs.get(metric), margin.of(ours)
        higher = HIGHER_IS_BETTER[metric]
        bound = ours - allowed if higher else ours + allowed
        passed = _is_number(found) and (found >= bound - ROUNDING if higher else found <= bound + ROUNDING)
        side = "at least" if higher else "at most"
        there = f"{found:.6g}" if _is_number(found) else "not measured"
        yield Verdict(METRICS, f"{split}.{metric}", f"{ours:.6g}", there, f"{side} {bound:.6g}", passed)


def judge_slices(
    production: Evaluation | None, candidate: Evaluation | None, margins: Mapping[str, Margin]
) -> list[Verdict]:
    """Return a verdict on the slices of each split that both evaluations have.

    Parameters
    ----------
    production, candidate : what ``evaluation.json`` beside each version holds, None where there is none.
    """
    if production is None:
        return [Verdict(SLICES, "", "no evaluation.json", NOTHING, "nothing to compare with", passed=True)]
    if candidate is None:
        bound = "evaluation.json; publish the version with it"
        return [Verdict(SLICES, "", "evaluation.json", "no evaluation.json", bound, passed=False)]
    theirs = {split["name"]: split for split in candidate["splits"]}
    return [
        _judge_slices(split["name"], _slices(split), _slices(theirs.get(split["name"], {})), margins)
        for split in production["splits"]
    ]


def _judge_slices(
    split: str, ours: Mapping[str, Any], theirs: Mapping[str, Any], margins: Mapping[str, Margin]
) -> Verdict:
    both = [name for name in ours if name in theirs]
    judged, worse = 0, []
    bound = ""
    for name in both:
        metric = "auc" if "auc" in ours[name] else "error"
        margin = margins.get("slices", SLICE_MARGIN if metric == "auc" else SLICE_ERROR_MARGIN)
        bound = f"{metric} worse by at most {margin.value:.3g}{' of production' if margin.relative else ''}"
        before, after = ours[name][metric], theirs[name][metric]
        if _is_number(before) and _is_number(after):
            judged += 1
            if _is_worse(before, theirs[name], metric, margin.of(before)):
                worse.append((abs(after - before), f"{name} {metric} {before:.3g} -> {after:.3g}"))
    shown = [words for _, words in sorted(worse, reverse=True)[:NAMED]]
    found = f"{len(worse)} worse: {'; '.join(shown)}" if worse else "none worse"
    if ours and not both:
        return Verdict(SLICES, split, f"{len(ours)} slices", "none of these", "the same slices", passed=False)
    return Verdict(SLICES, split, f"{judged} slices", found, bound or "nothing to compare with", passed=not worse)


def _is_worse(before: float, line: Mapping[str, Any], metric: str, margin: float) -> bool:
    # Of a large slice its value counts; a small one has to be worse even where its interval is kindest.
    kindest = line.get("auc_high" if metric == "auc" else "error_low")
    after = line[metric] if line["rows"] >= LARGE or kindest is None else kindest
    lost = before - after if metric == "auc" else after - before
    return bool(lost > margin + ROUNDING)


def _slices(split: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{line['field']}={line['value']}": line for line in split.get("slices", ()) if not line["few"]}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
