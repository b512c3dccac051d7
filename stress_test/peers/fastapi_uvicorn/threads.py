# mypy: ignore-errors
"""FastAPI: the pipeline loaded once a worker; requests are answered by its pool of threads."""

import os

import joblib
import pandas as pd
from fastapi import FastAPI
from flight import Answer, Flight

app = FastAPI()
pipeline = joblib.load(os.environ["MODEL_FILE"])


@app.post("/predict")
def predict(flight: Flight) -> Answer:
    """Return the probabilities of one flight."""
    frame = pd.DataFrame([flight.model_dump(by_alias=True)])
    return Answer(prediction=pipeline.predict_proba(frame)[0].tolist())
