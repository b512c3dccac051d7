"""What schemathesis must know of the contract that a schema cannot say."""

from __future__ import annotations

from typing import Any

import schemathesis


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: dict[str, Any]) -> None:
    """Write whole numbers as integers: 9.0 is an integer to JSON Schema, and refused by the contract."""
    case.body = whole(case.body)


def whole(value: Any) -> Any:
    """Return a JSON value with 9 for every 9.0."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: whole(inner) for key, inner in value.items()}
    return [whole(inner) for inner in value] if isinstance(value, list) else value
