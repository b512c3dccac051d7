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

QUARTERS = ("0-5",) * 6 + ("6-11",) * 6 + ("12-17",) * 6 + ("18-23",) * 6
"""Hour -> the quarter of the day that holds it."""


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

    parents: ClassVar = {"FLIGHT": ("OPERA", "SIGLADES", "HORA-I"), "SHIFT": ("TIPOVUELO", "DIANOM", "HORA-I")}

    @classmethod
    def features(cls, row: Row) -> Row:
        """Return the fields and two derived categories.

        FLIGHT : airline, destination and hour, which single out a daily flight much as its number would.
        SHIFT : kind of flight, weekday and quarter of the day: international peaks are not domestic ones.
        """
        hour = row["HORA-I"]
        return {
            **row,
            "FLIGHT": f"{row['OPERA']}|{row['SIGLADES']}|{hour}",
            "SHIFT": f"{row['TIPOVUELO']}|{row['DIANOM']}|{QUARTERS[hour]}",  # type: ignore[index]  # 0..23 by now.
        }
