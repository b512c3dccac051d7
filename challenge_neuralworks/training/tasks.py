"""What a recipe predicts: one of two classes, one of several, or a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from challenge_neuralworks.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Kind = Literal["binary", "multiclass", "regression"]


class Task(NamedTuple):
    """What is predicted.

    kind : ``binary`` has a threshold, ``multiclass`` answers the likeliest class, ``regression`` a number.
    classes : the label of each class, in the order of the predictions; a target states a class by its position here.
        Empty for a regression.
    headline : metric that candidates are compared by, and fields are worth something in; more is better.
    """

    kind: Kind
    classes: tuple[int | str, ...]
    headline: str = "auc"

    def target(self, values: ArrayLike) -> NDArray[Any]:
        """Return targets as an array: positions of classes, or floats."""
        return np.asarray(values, dtype=np.float64 if self.kind == "regression" else np.int64)

    def predictions(self, estimator: Any, features: Any) -> NDArray[np.float64]:
        """Return what metrics take: P(second class) or values, shape (n_rows,); of more classes (n_rows, n_classes)."""
        found = predictions_of(estimator, features)
        if self.kind == "multiclass":
            return found
        return found[:, 1] if self.kind == "binary" else found[:, 0]

    def sealed_classes(self, estimator: Any) -> tuple[int | str, ...]:
        """Return the labels of a fitted estimator's predictions.

        Raises
        ------
        DataError : it was not fitted on every class.
        """
        fitted = [int(code) for code in getattr(estimator, "classes_", ())]
        if fitted != list(range(len(self.classes))):
            absent = [str(label) for code, label in enumerate(self.classes) if code not in fitted]
            raise DataError(f"the data hold no row of class {', '.join(absent)}; remove it from the recipe's task")
        return self.classes

    def is_usable(self, target: NDArray[Any]) -> bool:
        """Return whether rows of these targets can be fitted on and tested on: two of each class, or two at all."""
        if self.kind == "regression":
            return len(target) >= 2
        return min(int((target == code).sum()) for code in range(len(self.classes))) >= 2


BINARY = Task("binary", (0, 1))
REGRESSION = Task("regression", (), "r2")


def multiclass(*classes: int | str) -> Task:
    """Return the task of telling three classes or more apart."""
    return Task("multiclass", classes)


def binary(negative: int | str, positive: int | str) -> Task:
    """Return the task of telling two classes apart; the threshold is of the second one's probability."""
    return Task("binary", (negative, positive))


def predictions_of(estimator: Any, features: Any) -> NDArray[np.float64]:
    """Return an estimator's own predictions of a frame, shape (n_rows, n_outputs): probabilities, or values."""
    with np.errstate(all="ignore"):
        if hasattr(estimator, "predict_proba"):
            return np.asarray(estimator.predict_proba(features), dtype=np.float64)
        values = np.asarray(estimator.predict(features))
    if hasattr(estimator, "classes_"):
        # One without probabilities is sure of what it says.
        certain: NDArray[np.float64] = (values[:, None] == np.asarray(estimator.classes_)[None, :]).astype(np.float64)
        return certain
    return values.astype(np.float64).reshape(len(features), -1)
