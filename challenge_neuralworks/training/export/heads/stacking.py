"""Assemblers of StackingClassifier and StackingRegressor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn.base import is_regressor

from challenge_neuralworks.scorers.ensembles import StackedHead
from challenge_neuralworks.training.export.columns import Plain
from challenge_neuralworks.training.export.encoding import encode
from challenge_neuralworks.training.export.exactness import has_trees
from challenge_neuralworks.training.export.heads.checks import check_numbers, same_classes
from challenge_neuralworks.training.export.heads.nesting import nested, nested_scores
from challenge_neuralworks.training.export.heads.overflowing import refuse_overflow
from challenge_neuralworks.training.export.heads.rounding import refuse_stack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.scorers.parts import Head
    from challenge_neuralworks.training.export.assembly import Step
    from challenge_neuralworks.training.export.columns import Column

    Member = tuple[Head, bool, int]


def stacked_classifier(stacking: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return the final classifier over what the others say."""
    if isinstance(stacking.classes_, list):
        step.refuse("StackingClassifier of many labels", "fit one classifier a label")
    same_classes(stacking.final_estimator_, len(stacking.classes_), step)
    return _stacked(stacking, columns, len(stacking.classes_), step)


def stacked_regressor(stacking: Any, columns: Sequence[Column], step: Step) -> Head:
    """Return the final regressor over what the others say."""
    return _stacked(stacking, columns, 0, step)


def _stacked(stacking: Any, columns: Sequence[Column], n_classes: int, step: Step) -> Head:
    names = [name for name, estimator in stacking.estimators if estimator != "drop"]
    members: list[Member] = []
    places: list[range] = []
    widths = 0
    for estimator in stacking.estimators_:
        refuse_overflow(estimator, columns, step)
    for name, estimator, method in zip(names, stacking.estimators_, stacking.stack_method_, strict=True):
        members.append(_member(name, estimator, method, columns, step))
        places.append(range(widths, widths + _width(estimator, method, n_classes, step)))
        widths = places[-1].stop
    refuse_stack(stacking, places, step)
    passthrough = None
    if stacking.passthrough:
        check_numbers(columns, step)
        passthrough, widths = encode(columns), widths + len(columns)
    if has_trees(stacking.final_estimator_):
        step.refuse("trees as final_estimator, for which the last digit of a probability decides,", "use a linear one")
    said = [Plain(position) for position in range(widths)]
    return StackedHead(members, passthrough, step.head("final_estimator_", stacking.final_estimator_, said))


def _member(name: str, estimator: Any, method: str, columns: Sequence[Column], step: Step) -> Member:
    if method == "decision_function":
        return nested_scores(name, estimator, columns, step), True, 0
    if method == "predict" and not is_regressor(estimator):
        step.refuse(f"the stack_method 'predict' of {type(estimator).__name__}", "use 'predict_proba'")
    # Of two probabilities the first says nothing that the second does not.
    left_out = 1 if method == "predict_proba" and len(estimator.classes_) == 2 else 0
    return nested(name, estimator, columns, step), False, left_out


def _width(estimator: Any, method: str, n_classes: int, step: Step) -> int:
    if method == "predict":
        return 1
    same_classes(estimator, n_classes, step)
    return 1 if n_classes == 2 else n_classes
