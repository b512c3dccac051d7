"""Rows as people would send them: out of the real data where they are here, else made up."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.signature import Field, Row, Value
    from challenge_neuralworks.training.datasets import Examples

ROOT = Path(__file__).parents[1]
FOLDERS = (ROOT / "data", ROOT.parent / "shared" / "data")
"""Where data sets may be."""

SAMPLE_ROWS = 12_000
MISSING_SHARE = 0.05
LARGEST_DRAWN = 1_000.0
"""Bound of a number whose field has none."""


def draw_rows(model: Model, count: int, seed: int, folders: Sequence[Path] = FOLDERS) -> list[Row]:
    """Return rows that a model takes exactly as they stand, different ones as far as there are, in a drawn order.

    Parameters
    ----------
    count : how many at most.
    folders : where the real data may be; none asks for made-up rows.
    """
    draw = random.Random(seed)  # noqa: S311 - traffic, no secret
    rows = _real(model, folders) or _sampled(model, seed) or _made_up(model, count, draw)
    different = list({tuple(row.values()): row for row in rows if _is_taken(model, row)}.values())
    draw.shuffle(different)
    return different[:count]


def _is_taken(model: Model, row: Row) -> bool:
    # A number that is missing where it may be is not what `is_exact` looks for.
    signature = model.signature
    return signature.is_exact(row) or (not signature.faults(row) and not signature.check([row]).warnings)


def _real(model: Model, folders: Sequence[Path]) -> list[Row]:
    reader = _reader(model.name)
    if reader is None:
        return []
    from challenge_neuralworks.training.declarations import read_declaration

    file = read_declaration(model.name, ROOT / "data").file
    found = next((folder / file for folder in folders if (folder / file).is_file()), None)
    return reader(found).rows if found else []


def _sampled(model: Model, seed: int) -> list[Row]:
    if model.name != "delay":
        return []
    from challenge_neuralworks.training.datasets import read_flights
    from challenge_neuralworks.training.sample import write_sample

    with tempfile.TemporaryDirectory() as folder:
        write_sample(Path(folder, "sample.csv"), SAMPLE_ROWS, seed)
        return read_flights(Path(folder, "sample.csv")).rows


def _reader(name: str) -> Callable[[Path], Examples] | None:
    if name not in ("delay", "income"):
        return None
    from challenge_neuralworks.training.datasets import read_census, read_flights

    return read_flights if name == "delay" else read_census


def _made_up(model: Model, count: int, draw: random.Random) -> list[Row]:
    return [{field.name: _value(field, draw) for field in model.signature.fields} for _ in range(count)]


def _value(field: Field, draw: random.Random) -> Value:
    if field.missing == "accept" and draw.random() < MISSING_SHARE:
        return None
    if field.kind == "category":
        return draw.choice(field.categories)
    low, high = max(field.minimum, -LARGEST_DRAWN), min(field.maximum, max(LARGEST_DRAWN, field.minimum))
    return draw.randint(int(low), int(high)) if field.kind == "integer" else draw.uniform(low, high)
