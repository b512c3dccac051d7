"""What each kind of user sends: exchanges by the thousand, drawn once, the known answers among them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from stress_test.answers import known_answers
from stress_test.exchanges import batch, explained, protocol, single
from stress_test.faulty import bad, keyless

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.signature import Row
    from stress_test.exchanges import Exchange

KINDS = ("single", "batch", "explain", "protocol", "abusive")
"""Kinds of users."""

BAD_SHARE = 0.05
THRESHOLD_SHARE = 0.1
BATCH = (10, 100)
"""Fewest and most instances of a batch."""

PROTOCOL_ROWS = (1, 20)
FEWER = 10
"""Of what is larger or dearer than a single instance there are so many times fewer."""


def draw_traffic(models: Sequence[Model], rows: Mapping[str, Sequence[Row]], seed: int) -> dict[str, list[Exchange]]:
    """Return kind of user -> what it may send.

    Parameters
    ----------
    rows : name of a model -> what to ask it.
    """
    draw = random.Random(seed)  # noqa: S311 - traffic, no secret
    traffic: dict[str, list[Exchange]] = {kind: [] for kind in KINDS}
    for model in models:
        asked = rows[model.name]
        fewer = max(1, len(asked) // FEWER)
        traffic["single"] += [_single(model, row, draw) for row in asked] + known_answers(model)
        traffic["batch"] += [batch(model, _some(asked, BATCH, draw)) for _ in range(fewer)]
        traffic["protocol"] += [protocol(model, _some(asked, PROTOCOL_ROWS, draw)) for _ in range(fewer)]
        traffic["abusive"] += [keyless(model, row, draw) for row in asked[:fewer]]
        if _explains(model):
            traffic["explain"] += [explained(model, row) for row in asked[:fewer]]
    return traffic


def _single(model: Model, row: Row, draw: random.Random) -> Exchange:
    kind = draw.random()
    if kind < BAD_SHARE:
        return bad(model, row, draw)
    moved = kind < BAD_SHARE + THRESHOLD_SHARE and len(model.classes) == 2
    return single(model, row, round(draw.random(), 3) if moved else None)


def _some(rows: Sequence[Row], bounds: tuple[int, int], draw: random.Random) -> list[Row]:
    return draw.choices(rows, k=draw.randint(*bounds))


def _explains(model: Model) -> bool:
    from challenge_neuralworks.errors import NotExplainable

    try:
        model.explain(model.signature.example())
    except NotExplainable:
        return False
    return True
