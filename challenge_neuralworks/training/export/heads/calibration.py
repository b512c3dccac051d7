"""Assembler of CalibratedClassifierCV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from challenge_neuralworks.scorers.calibration import CalibratedHead, IsotonicCurve, SigmoidCurve, TemperedHead
from challenge_neuralworks.scorers.ensembles import AverageHead
from challenge_neuralworks.training.export.heads.nesting import nested, nested_scores
from challenge_neuralworks.training.export.heads.rounding import refuse_float32, refuse_steep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.scorers.calibration import Curve
    from challenge_neuralworks.scorers.parts import Head
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column


def calibrated(classifier: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return the mean of a fitted CalibratedClassifierCV's calibrated classifiers.

    An isotonic curve is as steep as two training scores are close: it multiplies what little the last bits of
    a score may differ by, which the proof of equality then shows.
    """
    parts = classifier.calibrated_classifiers_
    heads = [_calibrated(f"calibrated_classifiers_[{i}]", part, columns, step) for i, part in enumerate(parts)]
    return heads[0] if len(heads) == 1 else AverageHead(heads, [1.0] * len(heads))


def _calibrated(name: str, part: Any, columns: Sequence[Column], step: Step) -> Head:
    inside = step.inside(name)
    if part.method not in {"sigmoid", "isotonic", "temperature"}:
        inside.refuse(f"CalibratedClassifierCV(method={part.method!r})", "use method 'sigmoid' or 'isotonic'")
    if len(part.estimator.classes_) != len(part.classes):
        found = f"{len(part.estimator.classes_)} of {len(part.classes)} classes"
        inside.refuse(f"CalibratedClassifierCV with a classifier fitted on {found}", "use fewer folds")
    # scikit-learn's own order: the decision function first.
    decides = hasattr(part.estimator, "decision_function")
    ask = nested_scores if decides else nested
    head = ask("estimator", part.estimator, columns, inside)
    two = len(part.classes) == 2
    if part.method == "temperature":
        refuse_float32(part.estimator, "logarithms of its probabilities", inside)
        if decides and not two:
            # Whether scikit-learn takes such scores for probabilities depends on the other rows.
            inside.refuse("CalibratedClassifierCV(method='temperature') of decisions", "use method 'sigmoid'")
        return TemperedHead(head, decides, float(part.calibrators[0].beta_))
    indices = [1] if two else [int(index) for index in np.searchsorted(part.classes, part.estimator.classes_)]
    if part.method == "isotonic":
        refuse_float32(part.estimator, "steps", inside)
    curves = [_curve(calibrator, inside) for calibrator in part.calibrators]
    for calibrator in part.calibrators:
        refuse_steep(part.estimator, getattr(calibrator, "a_", 0.0), "a steep sigmoid", inside)
    return CalibratedHead(head, decides, zip(indices, curves, strict=True), len(part.classes))


def _curve(calibrator: Any, step: Step) -> Curve:
    if hasattr(calibrator, "a_"):
        return SigmoidCurve(float(calibrator.a_), float(calibrator.b_))
    if calibrator.out_of_bounds != "clip" or calibrator.X_thresholds_.dtype != np.float64:
        step.refuse(f"IsotonicRegression of {calibrator.X_thresholds_.dtype} scores", "fit it on float64 scores")
    return IsotonicCurve(map(float, calibrator.X_thresholds_), map(float, calibrator.y_thresholds_))
