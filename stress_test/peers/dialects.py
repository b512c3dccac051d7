"""How each system is asked for one row, and what it must answer."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from stress_test.exchanges import DATATYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.signature import Row

TOLERANCE = 1e-12
"""Of a probability, as the script of wrk has it."""

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


class Exchange(NamedTuple):
    """The body of a request, and the text of its right answer."""

    body: str
    answer: str


class Dialect(NamedTuple):
    """A system's own way of asking.

    path : that is posted to.
    mark : stands before an answer's numbers; what stands before it may differ where a known answer begins with it.
    exchange : of a row and its right prediction.
    """

    path: str
    mark: str
    exchange: Callable[[Model, Row], Exchange]

    def exchanges(self, model: Model, rows: Sequence[Row]) -> list[Exchange]:
        """Return the exchange of each row."""
        return [self.exchange(model, row) for row in rows]

    def is_right(self, answer: str, known: str) -> bool:
        """Return whether an answer is the known one: white space and digits beyond the 12th may differ."""
        head, mark, tail = "".join(answer.split()).partition(self.mark)
        known_head, _, known_tail = known.partition(self.mark)
        if not mark or (known_head and head != known_head) or NUMBER.sub("0", tail) != NUMBER.sub("0", known_tail):
            return False
        pairs = zip(NUMBER.findall(tail), NUMBER.findall(known_tail), strict=True)
        return all(abs(float(one) - float(other)) <= TOLERANCE for one, other in pairs)


def _ours(model: Model, row: Row) -> Exchange:
    from stress_test.exchanges import single

    known = single(model, row)
    return Exchange(known.body, _text(known.expected))


def _plain(model: Model, row: Row) -> Exchange:
    return Exchange(_text(row), _text({"prediction": list(model.predict(row))}))


def _list(model: Model, row: Row) -> Exchange:
    return Exchange(_text({"flights": [row]}), _text([list(model.predict(row))]))


def _split(model: Model, row: Row) -> Exchange:
    # Of MLflow's forms the one that states a name once.
    body = {"dataframe_split": {"columns": list(row), "data": [list(row.values())]}}
    return Exchange(_text(body), _text({"predictions": [list(model.predict(row))]}))


def _tensors(model: Model, row: Row) -> Exchange:
    kinds = {field.name: field.kind for field in model.signature.fields}
    inputs = [_tensor(name, DATATYPES[kinds[name]], value) for name, value in row.items()]
    # An identifier of its own stands in each answer, before the data.
    return Exchange(_text({"inputs": inputs}), f'"data":{_text(list(model.predict(row)))}}}]}}')


def _tensor(name: str, datatype: str, value: Any) -> dict[str, Any]:
    tensor = {"name": name, "shape": [1, 1], "datatype": datatype, "data": [value]}
    return tensor | ({"parameters": {"content_type": "str"}} if datatype == "BYTES" else {})


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


OURS = Dialect("/inference/delay", '"prediction":', _ours)
PLAIN = Dialect("/predict", '"prediction":', _plain)
LIST = Dialect("/predict", "[[", _list)
SPLIT = Dialect("/invocations", '"predictions":', _split)
TENSORS = Dialect("/v2/models/delay/infer", '"data":', _tensors)
