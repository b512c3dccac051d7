"""What is compared is one model."""

from __future__ import annotations

import joblib
import pytest

from challenge_neuralworks.training.frames import frame
from stress_test.peers.subject import Subject


def test_both_sides_predict_the_same(subject: Subject) -> None:
    """The pipeline that peers load gives, for every row sent, the probabilities that our artifact gives."""
    pipeline = joblib.load(subject.pipeline)
    expected = pipeline.predict_proba(frame(subject.rows)).tolist()
    assert len(expected) == 400
    for row, prediction in zip(subject.rows, expected, strict=True):
        assert list(subject.model.predict(row)) == pytest.approx(prediction, abs=1e-12, rel=0)
    assert 0 <= subject.difference <= 1e-12


def test_rows_are_different_and_so_are_their_answers(subject: Subject) -> None:
    """A server that answers one row for another is found out."""
    assert len({tuple(row.values()) for row in subject.rows}) == len(subject.rows)
    assert len({subject.model.predict(row) for row in subject.rows}) > 300
