"""Bad requests, sent on purpose: their right answer is the right problem."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from challenge_neuralworks.wording import escape
from stress_test.exchanges import NO_KEY, WRONG_KEY, Exchange

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.signature import Row

NOBODY = "Nobody has ever heard of this one"
FORBIDDEN = {"message": "Forbidden"}


def bad(model: Model, row: Row, draw: random.Random) -> Exchange:
    """Return a request that must be refused, made of a good row; which fault it has is drawn."""
    return draw.choice([*_bad_instances(model, row, draw), *_bad_requests(model, row)])


def keyless(model: Model, row: Row, draw: random.Random) -> Exchange:
    """Return a good request without a key, or with a wrong one: API Gateway answers 403 in words of its own."""
    key = draw.choice((NO_KEY, WRONG_KEY))
    body = json.dumps(row, ensure_ascii=False)
    return Exchange(f"{key} key", f"/inference/{model.name}", body, 403, FORBIDDEN, key)


def _bad_instances(model: Model, row: Row, draw: random.Random) -> list[Exchange]:
    fields = model.signature.fields
    absent = draw.choice(fields).name
    made = [
        _refused(model, "missing field", {name: row[name] for name in row if name != absent}, absent, "missing-field"),
        _refused(model, "unknown field", {**row, "no_such_field": 1}, "no_such_field", "unknown-field"),
    ]
    if closed := [field.name for field in fields if field.kind == "category" and field.unknown == "refuse"]:
        name = closed[0]
        made.append(_refused(model, "unknown category", {**row, name: NOBODY}, name, "unknown-category"))
    if bounded := [field for field in fields if field.kind == "integer" and field.bounded]:
        # The last: of a flight the hour, so that this is hour 24.
        name, beyond = bounded[-1].name, int(bounded[-1].maximum) + 1
        made.append(_refused(model, "out of range", {**row, name: beyond}, name, "out-of-range"))
    return made


def _bad_requests(model: Model, row: Row) -> list[Exchange]:
    path, body = f"/inference/{model.name}", json.dumps(row, ensure_ascii=False)
    return [
        _problem("no JSON", path, body[:-1], 400, {"code": "invalid-json"}),
        _problem("bad parameter", f"{path}?threshold=2", body, 400, {"code": "invalid-parameter"}),
        _problem("wrong model", "/inference/no_such_model", body, 404, {"code": "unknown-model"}),
    ]


def _refused(model: Model, what: str, row: Mapping[str, Any], field: str, code: str) -> Exchange:
    pointer = f"#/{escape(field)}"
    told = {"code": "invalid-instances", "errors": [{"pointer": pointer, "code": code}], "truncated": False}
    return _problem(what, f"/inference/{model.name}", json.dumps(row, ensure_ascii=False), 400, told)


def _problem(what: str, path: str, body: str, status: int, told: dict[str, Any]) -> Exchange:
    document = {"status": status, "type": f"urn:challenge-neuralworks:problem:{told['code']}", **told}
    return Exchange(f"bad: {what}", path, body, status, document, partial=True)
