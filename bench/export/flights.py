"""The rows that are predicted: flights of the real data where they are at hand, else generated ones."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from challenge_neuralworks.signature import Field, Signature
from challenge_neuralworks.training.datasets import read_flights
from challenge_neuralworks.training.sample import write_sample

CATEGORIES = ("OPERA", "TIPOVUELO", "SIGLADES", "DIANOM")
INTEGERS = {"DIA_I": (1, 31), "MES_I": (1, 12), "HORA_I": (0, 23)}
"""Bounds of each. ONNX takes no hyphen in a name, so they are spelt without."""

GENERATED = 20_000


class Flights(NamedTuple):
    """Rows and whether each was late; ``origin`` says where they come from."""

    rows: list[dict[str, Any]]
    late: list[int]
    signature: Signature
    origin: str


def flights(data: Path) -> Flights:
    """Return the flights of a file, or generated ones where there is none."""
    if data.exists():
        return _read(data, "real")
    with TemporaryDirectory() as folder:
        sample = Path(folder, "sample.csv")
        write_sample(sample, GENERATED, seed=42)
        return _read(sample, "generated")


def _read(path: Path, kind: str) -> Flights:
    examples = read_flights(path)
    rows = [{name: row[name.replace("_", "-")] for name in (*CATEGORIES, *INTEGERS)} for row in examples.rows]
    return Flights(rows, [int(late) for late in examples.target], _signature(rows), f"{len(rows):,} {kind} flights")


def _signature(rows: list[dict[str, Any]]) -> Signature:
    categories = [
        Field(name, "category", name, str(rows[0][name]), categories=tuple(sorted({row[name] for row in rows})))
        for name in CATEGORIES
    ]
    integers = [Field(name, "integer", name, low, minimum=low, maximum=high) for name, (low, high) in INTEGERS.items()]
    return Signature([*categories, *integers])
