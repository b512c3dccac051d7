"""Many faulty rows: each learns all of its faults, in a number of calls and rows that does not run away."""

from __future__ import annotations

from math import ceil, log2
from typing import Any

import pytest

from challenge_neuralworks.cli.predict import Offline
from challenge_neuralworks.cli.rows import Row
from challenge_neuralworks.cli.scoring import Scorer, batches
from challenge_neuralworks.cli.tables import Answered
from challenge_neuralworks.client.answers import Answers
from tests.cli.live import expected, model, sample

BATCH = 1_000


class Counting(Offline):
    """Answers as ever, and counts."""

    def __init__(self) -> None:
        super().__init__(model("delay"), None, explain=False)
        self.sent: list[int] = []

    def many(self, instances: list[Any]) -> Answers:
        """Count, and answer."""
        self.sent.append(len(instances))
        return super().many(instances)


def score(instances: list[dict[str, Any]]) -> tuple[list[Answered], list[int]]:
    """Have instances answered in batches; return what became of each, and the size of each call."""
    answerer = Counting()
    scorer = Scorer(answerer, "line", "r.csv", "skip")
    rows = [Row(at, instance) for at, instance in enumerate(instances)]
    return [answered for batch in batches(rows, BATCH) for answered in scorer.batch(batch)], answerer.sent


def bound(rows: int) -> int:
    """Return how many rows may be sent of as many: each of them once more for each time its batch is halved."""
    return rows * (ceil(log2(BATCH)) + 3)


@pytest.mark.parametrize("faults", [1, 3])
def test_rows_that_are_all_bad_are_sent_a_few_times(faults: int) -> None:
    """A hundred faults a refusal: at most 20 calls a batch for one fault a row, each row sent thrice in the mean."""
    wrong = dict(list({"DIA-I": 32, "MES-I": 13, "HORA-I": 24}.items())[:faults])
    answered, sent = score([{**row, **wrong} for row in sample("delay", 10_000)])
    assert {one.error.count("is out of range") for one in answered} == {faults}
    assert [one.row.place for one in answered] == list(range(10_000))
    assert len(sent) <= 20 * faults * 10_000 / BATCH
    assert sum(sent) <= min((2 + faults) * 10_000, bound(10_000))


def test_bad_rows_among_good_ones_keep_every_fault() -> None:
    """Where every third is bad, the others have their own answers."""
    good = sample("delay", 1_500)
    bad = {"DIA-I": 32, "OPERA": "Nobody Air"}
    answered, sent = score([{**row, **bad} if at % 3 == 0 else row for at, row in enumerate(good)])
    for at, (one, (prediction, _)) in enumerate(zip(answered, expected("delay", good), strict=True)):
        assert (one.error.count("32 is out of range"), one.error.count("'Nobody Air'")) == (
            (1, 1) if at % 3 == 0 else (0, 0)
        )
        assert one.prediction == (None if at % 3 == 0 else prediction)
    assert sum(sent) <= bound(1_500)


def test_a_row_of_more_faults_than_are_listed_says_so() -> None:
    """It is asked about alone in the end; its neighbours are answered."""
    rows: list[dict[str, Any]] = sample("delay", 40)
    for at in (7, 8, 30):
        rows[at] = {**rows[at], **{f"odd{number}": 0 for number in range(150)}, "DIA-I": 32}
    answered, sent = score(rows)
    assert [at for at, one in enumerate(answered) if one.error] == [7, 8, 30]
    assert all(answered[at].error.endswith("; and more") for at in (7, 8, 30))
    assert answered[7].error.count("is no field of this model") == 99
    assert sum(sent) <= bound(40)


def test_a_full_list_is_not_taken_for_a_whole_one() -> None:
    """The hundredth fault listed may be the first of two of its row."""
    rows = sample("delay", 100)
    bad = [{**row, "DIA-I": 32} for row in rows[:99]] + [{**rows[99], "OPERA": "zz", "TIPOVUELO": "zz"}]
    answered, sent = score(bad)
    assert answered[99].error.count("'zz' is unknown") == 2
    assert sent == [100, 1]
