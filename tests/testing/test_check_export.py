"""check_export: silent about an equal scorer, and full of evidence about any other."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from challenge_neuralworks.errors import ShapeError, Unsupported
from challenge_neuralworks.scorers.additive import AdditiveScorer
from challenge_neuralworks.scorers.linear import LinearHead
from challenge_neuralworks.signature import Field, Signature
from challenge_neuralworks.testing import NotConforming, Report, check_export, exports
from challenge_neuralworks.training.export.registry import REGISTRY
from tests.making import TOY, TOY_SCORER

ROWS: list[dict[str, Any]] = [
    {"colour": colour, "place": place, "age": age, "weight": age / 4 - 1}
    for colour in ("red", "dark green", "Málaga")
    for place in ("here", "there", "yonder")
    for age in (0, 2, 3, 7, 9)
]
FRAME = pd.DataFrame(ROWS)
TOY_PARTS: tuple[Any, ...] = TOY_SCORER.__reduce__()[1]
TARGET = np.arange(len(ROWS)) % 3 == 0


@pytest.fixture(autouse=True)
def _unseen_categories_are_asked_for() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Found unknown categories")
        yield


def fitted(head: Any) -> Any:
    """Return a fitted pipeline over the toy's fields."""
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    encode = ColumnTransformer([("c", one_hot, ["colour", "place"]), ("n", StandardScaler(), ["age", "weight"])])
    return make_pipeline(encode, head).fit(FRAME, TARGET)


def outcomes(report: Report) -> dict[str, str]:
    """Return the outcome of each check."""
    return {result.check: result.outcome for result in report.results}


def failures(scorer: Any, monkeypatch: pytest.MonkeyPatch, signature: Signature = TOY) -> Report:
    """Return the report about a scorer that stands for the export of a regression."""
    monkeypatch.setattr(exports, "export", lambda *_: scorer)
    with pytest.raises(NotConforming) as caught:
        check_export(fitted(LogisticRegression()), ROWS, signature, sealed=False)
    return caught.value.report


@pytest.mark.parametrize("data", [ROWS, FRAME], ids=["rows", "frame"])
def test_an_equal_scorer_passes_every_check(data: Any) -> None:
    """Nothing fails, and what the signature leaves nothing to check of is skipped, not passed."""
    report = check_export(fitted(LogisticRegression()), data, TOY)
    assert report.passed
    skipped = {check for check, outcome in outcomes(report).items() if outcome == "skipped"}
    assert skipped == {"equal_on_missing_values", "explanations_add_up"}
    assert len(report.results) == 14
    assert "it_loads_without_scikit_learn" in str(report)


def test_a_regression_is_compared_by_value() -> None:
    """Without classes the prediction is one number, compared relative to its size."""
    report = check_export(fitted(Ridge()), ROWS, TOY, sealed=False)
    assert outcomes(report)["equal_on_the_data"] == "passed"


def test_missing_values_are_checked_where_they_are_accepted() -> None:
    """A field that accepts null is asked about it: here scikit-learn itself has no answer, and the check says so."""
    fields = [field._replace(missing="accept") if field.name == "weight" else field for field in TOY.fields]
    with pytest.raises((NotConforming, Unsupported), match=r"NaN|missing|raises"):
        check_export(fitted(LogisticRegression()), ROWS, Signature(fields), sealed=False)


def test_every_failed_check_is_listed_with_its_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    """The suite does not stop at the first failure, and each line names a row and both predictions."""
    report = failures(TOY_SCORER, monkeypatch)
    failed = {result.check: result.evidence for result in report.failed}
    assert set(failed) >= {"equal_on_the_data", "equal_at_the_edges", "equal_on_unseen_categories"}
    assert "to the estimator" in failed["equal_on_the_data"]
    assert "'colour':" in failed["equal_on_the_data"]
    assert outcomes(report)["a_row_is_the_same_in_a_batch"] == "passed"


class Careless(AdditiveScorer):
    """Changes the rows that it is given, and answers by what stood before."""

    __slots__ = ()

    def predict(self, row: Any) -> tuple[float, ...]:
        """Return another answer for a row seen before."""
        seen = row.pop("seen", 0)
        row["seen"] = seen + 1
        return super().predict({**row, "age": min(9, row["age"] + seen)})


def test_state_and_changed_rows_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What depends on earlier calls, or writes into its input, fails the invariances."""
    report = failures(Careless(*TOY_PARTS), monkeypatch)
    failed = {result.check for result in report.failed}
    assert {"a_row_is_the_same_in_a_batch", "the_input_is_not_changed"} <= failed


class Explained(AdditiveScorer):
    """Says that all comes from the age, and is off by a tenth."""

    __slots__ = ()

    def explain(self, row: Any) -> tuple[float, dict[str, float], float]:
        """Return base, contributions and score."""
        return 0.5, {"age": 1.0}, 1.6


def test_explanations_that_do_not_add_up_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scorer with explanations is asked for them."""
    report = failures(Explained(*TOY_PARTS), monkeypatch)
    (result,) = [result for result in report.results if result.check == "explanations_add_up"]
    assert result.outcome == "failed"
    assert "do not add up to 1.6" in result.evidence


class Batchwise(AdditiveScorer):
    """Divides by the largest number of the batch, as the original of this project did."""

    __slots__ = ()

    def predict_many(self, rows: Any) -> list[tuple[float, ...]]:
        """Return predictions that depend on what stands beside a row."""
        largest = max(row["age"] for row in rows) or 1
        return [self.predict({**row, "age": row["age"] * 5 // largest}) for row in rows]


def test_what_depends_on_the_batch_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row alone and in a batch must be the same."""
    report = failures(Batchwise(*TOY_PARTS), monkeypatch)
    assert outcomes(report)["a_row_is_the_same_in_a_batch"] == "failed"


def test_data_that_no_request_may_state_are_a_failure() -> None:
    """A signature narrower than the data is noticed before it is served."""
    fields = [field._replace(maximum=8) if field.name == "age" else field for field in TOY.fields]
    with pytest.raises(NotConforming, match="data_pass_the_signature: 9 of 45 rows are refused, such as #/age: 9"):
        check_export(fitted(LogisticRegression()), ROWS, Signature(fields), sealed=False)


def test_what_cannot_be_exported_is_not_a_failed_check() -> None:
    """Unsupported comes through as it is: it names the way on."""
    with pytest.raises(Unsupported, match="KNeighborsClassifier"):
        check_export(fitted(KNeighborsClassifier()), ROWS, TOY)


def test_no_data_prove_nothing() -> None:
    """An empty frame is refused, not passed."""
    with pytest.raises(ShapeError):
        check_export(fitted(LogisticRegression()), FRAME.head(0), TOY)


def test_rows_on_which_the_estimator_raises_are_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unbounded number may be one that scikit-learn refuses; of the others nothing is left out."""
    signature = Signature([Field("x", "number", "Unbounded.", 1.0)])

    class Picky(LinearRegression):  # type: ignore[misc]  # sklearn publishes no types.
        def predict(self, X: Any) -> Any:  # noqa: N803 - sklearn's own name.
            if np.abs(np.asarray(X)).max() > 1e30:
                raise ValueError("too large")
            return super().predict(X)

    monkeypatch.setitem(REGISTRY.heads, Picky, _line)
    frame = pd.DataFrame({"x": [float(x) for x in range(10)]})
    estimator = Pipeline([("head", Picky())]).fit(frame, frame["x"] * 2)
    report = check_export(estimator, frame, signature, sealed=False)
    (result,) = [result for result in report.results if result.check == "equal_on_huge_and_tiny_numbers"]
    assert "10 on which the estimator raises left out" in result.evidence


def _line(estimator: Any, n_columns: int, step: Any) -> Any:
    return LinearHead([list(map(float, estimator.coef_))], [float(estimator.intercept_)], "identity")
