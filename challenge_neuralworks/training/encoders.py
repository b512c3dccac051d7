"""Encoders of this project that a recipe may put into a scikit-learn pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import TargetEncoder
from sklearn.utils.validation import check_is_fitted

try:
    from sklearn.utils.validation import validate_data
except ImportError:  # scikit-learn 1.5 has it as a method.

    def validate_data(estimator: Any, X: Any, **checks: Any) -> Any:  # noqa: D103, N803 - sklearn's own name.
        return estimator._validate_data(X, **checks)  # noqa: SLF001 - as above.


if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class CyclicalEncoder(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # sklearn publishes no types.
    """Places a value on a circle: ``sin`` and ``cos`` of ``2 * pi * value / period``.

    Parameters
    ----------
    period : values after which the circle closes, e.g. 24 for an hour of the day. It is fixed: learning it from
        the data at hand would map every row of a one-row request to the same angle.

    Source: Mardia and Jupp (2000), Directional Statistics, section 2.2.
    """

    def __init__(self, period: float = 24.0) -> None:
        self.period = period

    def fit(self, X: ArrayLike, y: object = None) -> CyclicalEncoder:  # noqa: ARG002, N803 - sklearn's signature.
        """Learn the names of the features and nothing else.

        Raises
        ------
        ValueError : ``period`` is not positive, or X, shape (n_rows, n_features), is not finite.
        """
        if not self.period > 0:
            raise ValueError(f"period must be positive, got {self.period!r}")
        validate_data(self, X, dtype=np.float64)
        return self

    def transform(self, X: ArrayLike) -> NDArray[np.float64]:  # noqa: N803 - sklearn's signature.
        """Return sin and cos of every feature, shape (n_rows, 2 * n_features)."""
        check_is_fitted(self)
        angle = 2 * np.pi * validate_data(self, X, dtype=np.float64, reset=False) / self.period
        pairs: NDArray[np.float64] = np.stack([np.sin(angle), np.cos(angle)], axis=2)
        return pairs.reshape(len(angle), -1)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return ``<feature>_sin`` and ``<feature>_cos`` of every feature, in `transform`'s order."""
        names = getattr(self, "feature_names_in_", input_features)
        if names is None:
            names = [f"x{index}" for index in range(self.n_features_in_)]
        return np.array([f"{name}_{part}" for name in names for part in ("sin", "cos")], dtype=object)


class RateEncoder(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # sklearn publishes no types.
    """Replaces a category by the rate of the second of two classes in it, drawn towards the overall rate.

    Rows that are fitted on get the rate of other rows, as scikit-learn's TargetEncoder does it; here with folds that
    are seeded in every version of scikit-learn, and fewer of them where a class has few rows. Categories that were
    never seen have the overall rate.

    Parameters
    ----------
    folds : of the rows that are fitted on.
    seed : of the folds.

    Source: Micci-Barreca (2001), A preprocessing scheme for high-cardinality categorical attributes, SIGKDD
    Explorations 3(1); the strength of the drawing is that of TargetEncoder(smooth="auto").
    """

    def __init__(self, folds: int = 5, seed: int = 0) -> None:
        self.folds = folds
        self.seed = seed

    def fit(self, X: Any, y: Any) -> RateEncoder:  # noqa: N803 - sklearn's signature.
        """Learn the rate of each category of X, shape (n_rows, n_features), from all rows."""
        self.encoder_ = TargetEncoder(target_type="binary").fit(X, y)
        self.categories_ = self.encoder_.categories_
        self.n_features_in_ = self.encoder_.n_features_in_
        if hasattr(self.encoder_, "feature_names_in_"):
            self.feature_names_in_ = self.encoder_.feature_names_in_
        return self

    def fit_transform(self, X: Any, y: Any) -> NDArray[np.float64]:  # noqa: N803 - sklearn's signature.
        """Return each row's rates, learned from the rows of other folds, shape (n_rows, n_features)."""
        made: NDArray[np.float64] = self.fit(X, y).transform(X)
        folds = min(self.folds, *np.unique(y, return_counts=True)[1].tolist())
        if folds < 2:
            return made
        split = StratifiedKFold(folds, shuffle=True, random_state=self.seed)
        table, target = X.reset_index(drop=True) if hasattr(X, "reset_index") else np.asarray(X), np.asarray(y)
        for fit, other in split.split(np.zeros(len(target)), target):
            one = TargetEncoder(target_type="binary").fit(_rows(table, fit), target[fit])
            made[other] = one.transform(_rows(table, other))
        return made

    def transform(self, X: Any) -> NDArray[np.float64]:  # noqa: N803 - sklearn's signature.
        """Return the rate of each category, shape (n_rows, n_features)."""
        check_is_fitted(self)
        made: NDArray[np.float64] = self.encoder_.transform(X)
        return made

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return the names of the features."""
        names: NDArray[np.object_] = self.encoder_.get_feature_names_out(input_features)
        return names


def _rows(table: Any, positions: NDArray[np.int64]) -> Any:
    return table.iloc[positions] if hasattr(table, "iloc") else table[positions]
