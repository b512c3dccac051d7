"""A small file like the flight data, made up from a seed: the same columns and quirks, no row that was ever real."""

from __future__ import annotations

import csv
import math
import os
import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.models.delay import WEEKDAYS
from challenge_neuralworks.training.sample_routes import AIRLINES, DOMESTIC, INTERNATIONAL

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = (
    *("Fecha-I", "Vlo-I", "Ori-I", "Des-I", "Emp-I", "Fecha-O", "Vlo-O", "Ori-O", "Des-O", "Emp-O"),
    *("DIA", "MES", "AÑO", "DIANOM", "TIPOVUELO", "OPERA", "SIGLAORI", "SIGLADES"),
)

YEAR = 2017
BASE_LOG_ODDS = -1.8
MONTHS_LATE = (0.0, -0.1, -0.5, -0.4, -0.1, 0.1, 0.7, 0.0, 0.0, 0.2, 0.1, 0.5)
"""What each month adds to the log-odds of a delay: winter fog, summer holidays."""

WEEKDAYS_LATE = (0.1, -0.1, -0.1, 0.1, 0.3, -0.2, 0.0)
DECIMAL_SHARE = 0.065
"""Rows whose Vlo-O has a needless decimal: 281.0."""

FLIGHTS_A_ROUTE = 4


class Flight(NamedTuple):
    """A scheduled flight: its airline, destination, number, and time of day in minutes."""

    airline: str
    city: str
    number: int
    minute: int


def write_sample(path: Path, rows: int, seed: int) -> None:
    """Write a sample as CSV, all of it or nothing; the same rows and seed give the same bytes.

    Parameters
    ----------
    rows : at least 1; from about 120 on, every airline and destination occurs.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(sample_rows(rows, seed))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def sample_rows(rows: int, seed: int) -> list[dict[str, str]]:
    """Return made-up rows, grouped by month, airline and flight as the real ones are, shape (rows,)."""
    draw = random.Random(seed)  # noqa: S311 - a sample, no secret.
    flights = _flights(draw)
    weights = [_weight(flight) for flight in flights]
    # One flight of each route first, so that a small sample holds every airline and city.
    chosen = [*flights[::FLIGHTS_A_ROUTE], *draw.choices(flights, weights, k=rows)][:rows]
    departures = sorted(
        ((_moment(flight, draw), flight) for flight in chosen),
        key=lambda departure: (departure[0].month, departure[1].airline, departure[1].number, departure[0]),
    )
    made = [_row(flight, scheduled, draw) for scheduled, flight in departures]
    made[draw.randrange(rows)]["Vlo-O"] = ""
    return made


def _flights(draw: random.Random) -> list[Flight]:
    flights: list[Flight] = []
    for name, airline in AIRLINES.items():
        for city in airline.cities:
            # Domestic flights fill the day; the others leave from early evening until after midnight, and at dawn.
            hours = range(6, 22) if city in DOMESTIC else (0, 1, 5, 7, 9, 13, 16, 18, 19, 20, 21, 22, 23)
            for _ in range(FLIGHTS_A_ROUTE):
                minute = draw.choice(hours) * 60 + draw.randrange(0, 60, 5)
                flights.append(Flight(name, city, len(flights) + 11, minute))
    return flights


def _weight(flight: Flight) -> float:
    airline, cities = AIRLINES[flight.airline], DOMESTIC | INTERNATIONAL
    return airline.weight * cities[flight.city].weight / sum(cities[city].weight for city in airline.cities)


def _moment(flight: Flight, draw: random.Random) -> datetime:
    day = datetime(YEAR, 1, 1) + timedelta(days=draw.randrange(365))  # noqa: DTZ001 - local time, as in the file.
    return day + timedelta(minutes=flight.minute)


def _row(flight: Flight, scheduled: datetime, draw: random.Random) -> dict[str, str]:
    city, code = (DOMESTIC | INTERNATIONAL)[flight.city], AIRLINES[flight.airline].code
    actual = scheduled + timedelta(minutes=_delay_minutes(flight, scheduled, draw))
    operated = f"{flight.number}.0" if draw.random() < DECIMAL_SHARE else str(flight.number)
    # The day, month, year and weekday are those of the ACTUAL departure, as in the real file.
    values = (
        *(str(scheduled), str(flight.number), "SCEL", city.icao, code),
        *(str(actual), operated, "SCEL", city.icao, code),
        *(str(actual.day), str(actual.month), str(actual.year), WEEKDAYS[actual.weekday()]),
        *("N" if flight.city in DOMESTIC else "I", flight.airline, "Santiago", flight.city),
    )
    return dict(zip(COLUMNS, values, strict=True))


def _delay_minutes(flight: Flight, scheduled: datetime, draw: random.Random) -> int:
    log_odds = (
        BASE_LOG_ODDS
        + AIRLINES[flight.airline].late
        + (DOMESTIC | INTERNATIONAL)[flight.city].late
        + MONTHS_LATE[scheduled.month - 1]
        + WEEKDAYS_LATE[scheduled.weekday()]
        + 0.4 * math.sin((scheduled.hour - 9) * math.tau / 24)
        # Some flights are late all year: number, not only route, decides.
        + 0.5 * math.sin(flight.number)
    )
    if draw.random() < 1 / (1 + math.exp(-log_odds)):
        return min(16 + int(draw.expovariate(1 / 25)), 161)
    # Up to and with the 15th minute, which is not late yet.
    return min(int(draw.triangular(-14, 16, 0)), 15)
