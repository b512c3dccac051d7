"""By how much a metric may be worse than production's before the gate closes, and which way is worse."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

OPTION = "--margin"
EXPECTED = "SPLIT.METRIC=NUMBER or METRIC=NUMBER, e.g. random_split.auc=0.005; 2% is of production's value"


class Margin(NamedTuple):
    """How much worse a metric may be.

    value : in the metric's own unit, or, where relative, as a share of production's value.
    """

    value: float
    relative: bool = False

    def of(self, production: float) -> float:
        """Return it in the metric's own unit."""
        return self.value * abs(production) if self.relative else self.value


HIGHER_IS_BETTER = {
    "auc": True,
    "average_precision": True,
    "accuracy": True,
    "balanced_accuracy": True,
    "recall": True,
    "precision": True,
    "f1": True,
    "r2": True,
    "brier": False,
    "log_loss": False,
    "ece": False,
    "ece_equal_mass": False,
    "rmse": False,
    "mae": False,
    "median_error": False,
}
"""Metric -> whether more of it is better; of others nobody knows."""

DEFAULTS = {
    "auc": Margin(0.005),
    "average_precision": Margin(0.01),
    "f1": Margin(0.01),
    "balanced_accuracy": Margin(0.01),
    "brier": Margin(0.002),
    "log_loss": Margin(0.005),
    "r2": Margin(0.01),
    "rmse": Margin(0.02, relative=True),
    "mae": Margin(0.02, relative=True),
}
"""What is looked at without being asked for. Recall and precision trade for each other as the threshold moves, and
accuracy follows the more frequent class: F1 and AUC stand for them."""

SLICE_MARGIN = Margin(0.02)
"""By how much a slice's AUC may be worse; of other tasks its error, as `SLICE_ERROR_MARGIN`."""

SLICE_ERROR_MARGIN = Margin(0.05, relative=True)


def read_margins(texts: Iterable[str]) -> dict[str, Margin]:
    """Return margins by ``SPLIT.METRIC``, ``METRIC`` or ``slices``, as options state them.

    Raises
    ------
    ConfigurationError : a text states none, or names a metric of which nobody knows which way is worse.
    """
    return dict(_read(text) for text in texts)


def margin_of(margins: Mapping[str, Margin], split: str, metric: str) -> Margin | None:
    """Return the margin of a split's metric, or None where it is not looked at."""
    stated = margins.get(f"{split}.{metric}", margins.get(metric))
    return stated if stated is not None else DEFAULTS.get(metric)


def _read(text: str) -> tuple[str, Margin]:
    name, _, value = text.partition("=")
    metric = name.rpartition(".")[2]
    if metric not in HIGHER_IS_BETTER and name != "slices":
        known = ", ".join(HIGHER_IS_BETTER)
        raise ConfigurationError(OPTION, text, f"{EXPECTED}; metrics are {known}, and slices")
    try:
        relative = value.endswith("%")
        number = float(value.removesuffix("%")) / (100 if relative else 1)
    except ValueError as error:
        raise ConfigurationError(OPTION, text, EXPECTED) from error
    if not 0 <= number < float("inf"):
        raise ConfigurationError(OPTION, text, f"{EXPECTED}, 0 or more")
    return name, Margin(number, relative)
