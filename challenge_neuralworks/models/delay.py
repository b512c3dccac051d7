"""Flight delays out of Santiago de Chile: which scheduled flights leave more than 15 minutes late."""

from __future__ import annotations

from challenge_neuralworks.model import Model
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.signature import Field

if TYPE_CHECKING:
    from typing import ClassVar

    from challenge_neuralworks.signature import Row

WEEKDAYS = ("Lunes", "Martes", "Miercoles", "Jueves", "Viernes", "Sabado", "Domingo")
"""Monday first, as `datetime.date.weekday` counts."""

DAYS_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
"""Days of the year before each month; of a leap year's 29 February too, which shares its number with 1 March."""

LAST_WEEK = 51


class Delay(Model):
    """Answers P(not late), P(late by more than 15 minutes) of one scheduled flight."""

    fields = (
        Field("OPERA", "category", "Airline that operates the flight.", "Grupo LATAM"),
        Field(
            "TIPOVUELO",
            "category",
            "Kind of flight: I international, N national.",
            "I",
            categories=("I", "N"),
        ),
        Field(
            "SIGLADES",
            "category",
            "Destination city. New routes are accepted and scored as an unknown destination.",
            "Miami",
            unknown="accept",
        ),
        Field("DIA-I", "integer", "Scheduled day of the month.", 24, "day", 1, 31),
        Field("MES-I", "integer", "Scheduled month.", 7, "month", 1, 12),
        Field("HORA-I", "integer", "Scheduled hour of departure, local time.", 18, "hour", 0, 23),
        Field("DIANOM", "category", "Scheduled weekday, in Spanish.", "Viernes", categories=WEEKDAYS),
    )

    parents: ClassVar = {"WEEK": ("DIA-I", "MES-I")}

    @classmethod
    def features(cls, row: Row) -> Row:
        """Return the fields and WEEK, the week of the year.

        Weeks have seven days from 1 January on, whatever their weekday, and count from 0; the last has eight. A week
        is long enough for a season and too short for a rule: its rate says how punctual the airport was.
        """
        day = DAYS_BEFORE[row["MES-I"] - 1] + row["DIA-I"] - 1  # type: ignore[operator, index]  # Integers by now.
        return {**row, "WEEK": min(day // 7, LAST_WEEK)}
