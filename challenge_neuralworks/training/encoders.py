"""Encoders of this project that a recipe may put into a scikit-learn pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
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
