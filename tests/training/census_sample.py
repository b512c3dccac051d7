"""A small file like the census, made up from a seed: its form and its quirks, and nobody who ever lived."""

from __future__ import annotations

import math
import random
from pathlib import Path

from challenge_neuralworks.models.income import EDUCATION
from challenge_neuralworks.training.datasets.census import COLUMNS

COPIES = 5
"""Lines that repeat an earlier one, cell by cell, at the end of the file."""

WORK = ("Private", "Self-emp-inc", "Federal-gov", "State-gov", "Local-gov", "Self-emp-not-inc")
JOBS = ("Exec-managerial", "Sales", "Craft-repair", "Tech-support", "Adm-clerical", "Other-service")
MARRIED = {"Husband": "Married-civ-spouse", "Wife": "Married-civ-spouse", "Unmarried": "Divorced"}
HOUSEHOLD = (*MARRIED, "Not-in-family", "Own-child", "Other-relative")
RACES = ("White", "Black", "Asian-Pac-Islander", "Amer-Indian-Eskimo", "Other")
COUNTRIES = ("United-States", "Mexico", "Philippines", "Germany")


def write_census(path: Path, rows: int = 600, seed: int = 1) -> Path:
    """Write so many distinct people, `COPIES` of them twice, and a blank last line, as the real file has one."""
    lines = [", ".join(person) for person in census_rows(rows, seed)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*lines, *lines[:COPIES]]) + "\n\n", encoding="utf-8")
    return path


def census_rows(rows: int, seed: int) -> list[tuple[str, ...]]:
    """Return people, each the cells of a line without the spaces; no two are equal."""
    draw = random.Random(seed)
    made = [_person(draw, number) for number in range(rows)]
    assert len(made[0]) == len(COLUMNS)
    return made


def _person(draw: random.Random, number: int) -> tuple[str, ...]:
    age, rank, hours = draw.randint(17, 90), draw.randrange(16), draw.randint(20, 60)
    household, job = draw.choice(HOUSEHOLD), draw.choice(JOBS)
    gain = draw.choice((2_174, 15_024)) if draw.random() < 0.1 else 0
    loss = 1_902 if draw.random() < 0.05 else 0
    # Schooling, age, hours, a spouse and gains make it more; the rest is chance.
    odds = 0.35 * (rank - 11) + 0.03 * (age - 45) + 0.03 * (hours - 40) + 2 * (household in MARRIED) + gain / 8_000
    rich = draw.random() < 1 / (1 + math.exp(1.0 - odds))
    # The survey's weight makes each line distinct.
    return (
        *(str(age), _known(draw, draw.choice(WORK)), str(100_000 + number), EDUCATION[rank], str(rank + 1)),
        *(MARRIED.get(household, "Never-married"), _known(draw, job), household, draw.choice(RACES)),
        *(draw.choice(("Male", "Female")), str(gain), str(loss), str(hours), _known(draw, draw.choice(COUNTRIES))),
        ">50K" if rich else "<=50K",
    )


def _known(draw: random.Random, value: str) -> str:
    return "?" if draw.random() < 0.05 else value
