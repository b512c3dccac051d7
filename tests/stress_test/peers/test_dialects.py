"""Every system is asked in its own way, and an answer is right or it is not."""

from __future__ import annotations

import json

import pytest

from stress_test.peers.dialects import LIST, OURS, PLAIN, SPLIT, TENSORS, Dialect
from stress_test.peers.subject import Subject

DIALECTS = (OURS, PLAIN, LIST, SPLIT, TENSORS)
ANSWER = '{"prediction":[0.25,0.75],"label":1}'


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: one.mark)
def test_an_exchange_is_of_one_row_and_its_prediction(subject: Subject, dialect: Dialect) -> None:
    """The request states each value of the row, the answer both probabilities; neither breaks a line of a file."""
    row = subject.rows[0]
    (exchange,) = dialect.exchanges(subject.model, [row])
    stated = json.loads(exchange.body)
    for value in row.values():
        assert json.dumps(value, ensure_ascii=False) in json.dumps(stated, ensure_ascii=False)
    for probability in subject.model.predict(row):
        assert repr(probability) in exchange.answer
    assert not {"\t", "\n"} & set(exchange.body + exchange.answer)
    assert dialect.is_right(exchange.answer, exchange.answer)


def test_what_an_answer_may_differ_in() -> None:
    """White space, and digits beyond the 12th."""
    assert PLAIN.is_right('{ "prediction": [0.2500000000000001, 7.5e-1],\n "label": 1 }', ANSWER)


@pytest.mark.parametrize(
    "answer",
    [
        '{"prediction":[0.25,0.750000001],"label":1}',
        '{"prediction":[0.25,0.75],"label":0}',
        '{"prediction":[0.75,0.25],"label":1}',
        '{"prediction":[0.25],"label":1}',
        '{"prediction":[0.25,0.75,0.0],"label":1}',
        '{"prediction":[0.25,null],"label":1}',
        '{"prediction":[0.25,0.75]}',
        '{"more":1,"prediction":[0.25,0.75],"label":1}',
        '{"detail":"Internal Server Error"}',
        "",
    ],
)
def test_what_it_may_not(answer: str) -> None:
    """Another number, one too many or too few, another entry, or none at all."""
    assert not PLAIN.is_right(answer, ANSWER)


def test_an_identifier_before_the_data_does_not_matter() -> None:
    """MLServer gives each answer one; what is known begins with the mark, and binds what comes from there on."""
    known = '"data":[0.25,0.75]}]}'
    assert TENSORS.is_right('{"id":"4f1c","outputs":[{"shape":[1,2],"data":[0.25,0.75]}]}', known)
    assert not TENSORS.is_right('{"id":"4f1c","outputs":[{"shape":[1,2],"data":[0.25,0.76]}]}', known)
