# mypy: ignore-errors
"""What a request holds."""

from typing import Literal

from pydantic import BaseModel, Field


class Flight(BaseModel):
    """One scheduled flight."""

    OPERA: str
    TIPOVUELO: Literal["I", "N"]
    SIGLADES: str
    day: int = Field(alias="DIA-I", ge=1, le=31)
    month: int = Field(alias="MES-I", ge=1, le=12)
    hour: int = Field(alias="HORA-I", ge=0, le=23)
    DIANOM: str
