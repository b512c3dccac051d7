"""What a report is made of: predictions for rows that were not fitted on, and what the search before it found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from challenge_neuralworks.training.evaluation.bootstrap import RESAMPLES
from challenge_neuralworks.training.evaluation.importance import REPEATS

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from numpy.typing import ArrayLike

    from challenge_neuralworks.signature import Row
    from challenge_neuralworks.training.evaluation.importance import Predict


class Trial(NamedTuple):
    """A split, as far as it is tested on.

    name : of the split, e.g. ``time_ordered_split``.
    about : in a few words, which rows were fitted on and which these are.
    fitted_rows : how many rows the model was fitted on; none of these.
    rows : as requests state them, shape (n_rows,).
    target : shape (n_rows,), 0 or 1, both of them; else as `Task.target` has them.
    p : shape (n_rows,), probability of 1; else as `Task.predictions` has them.
    threshold : chosen without a look at these rows; None where there is none.
    predict : rows -> p, for the importance of fields; None leaves it out.
    groups : shape (n_rows,), what is drawn as one for the intervals, see `bootstrap.draw_weights`.
    unit : what a group is, e.g. ``day``.
    """

    name: str
    about: str
    fitted_rows: int
    rows: Sequence[Row]
    target: ArrayLike
    p: ArrayLike
    threshold: float | None
    predict: Predict | None = None
    groups: Sequence[Hashable] | None = None
    unit: str = "row"


class Spread(TypedDict):
    """A metric over the folds of a cross validation."""

    mean: float
    sd: float


class Candidate(TypedDict):
    """A way of training that was measured.

    params : JSON values, stated as they are.
    cv : metric -> its spread over the folds.
    auc : split -> AUC on it; splits it was not tested on are left out.
    why : why it was chosen, or was not.
    """

    name: str
    params: Mapping[str, Any]
    cv: Mapping[str, Spread]
    auc: Mapping[str, float]
    chosen: bool
    why: str


class Given(NamedTuple):
    """What the report states and others measured.

    cross_validation : metric -> its spread over the folds, of what is served.
    folds : how many of them; None without a cross validation.
    data : JSON object for the card: ``title``, ``licence``, ``rows_in_file``, ``rows`` and the like.
    threshold : JSON object for the card: ``sentence``, how thresholds were chosen.
    """

    cross_validation: Mapping[str, Spread] | None = None
    folds: int | None = None
    candidates: Sequence[Candidate] = ()
    data: Mapping[str, Any] | None = None
    threshold: Mapping[str, Any] | None = None


class Effort(NamedTuple):
    """How often things are drawn: resamples for intervals, shuffles of each field for its importance."""

    resamples: int = RESAMPLES
    repeats: int = REPEATS
    seed: int = 0
