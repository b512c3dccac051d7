# mypy: ignore-errors
"""The same application as a Lambda handler, through Mangum."""

import os
from typing import Literal

import joblib
import pandas as pd
from fastapi import FastAPI
from mangum import Mangum
from pydantic import BaseModel, Field

app = FastAPI()
pipeline = joblib.load(os.path.join(os.environ["LAMBDA_TASK_ROOT"], "pipeline.joblib"))  # noqa: PTH118 - an import less


class Flight(BaseModel):
    """One scheduled flight."""

    OPERA: str
    TIPOVUELO: Literal["I", "N"]
    SIGLADES: str
    day: int = Field(alias="DIA-I", ge=1, le=31)
    month: int = Field(alias="MES-I", ge=1, le=12)
    hour: int = Field(alias="HORA-I", ge=0, le=23)
    DIANOM: str


class Answer(BaseModel):
    """P(not late), P(late)."""

    prediction: list[float]


@app.post("/inference/delay")
async def predict(flight: Flight) -> Answer:
    """Return the probabilities of one flight."""
    frame = pd.DataFrame([flight.model_dump(by_alias=True)])
    return Answer(prediction=pipeline.predict_proba(frame)[0].tolist())


# Nothing is to be started or stopped: without its lifespan, a request takes less.
handler = Mangum(app, lifespan="off")
