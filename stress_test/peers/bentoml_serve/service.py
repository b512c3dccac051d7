# mypy: ignore-errors
"""BentoML: a worker a core, one request at a time."""

import os

import bentoml
import joblib
import pandas as pd
from flight import Flight


@bentoml.service(workers=2)
class Delay:
    """Answers the probabilities of one flight."""

    def __init__(self) -> None:
        self.pipeline = joblib.load(os.environ["MODEL_FILE"])

    @bentoml.api
    def predict(self, flight: Flight, /) -> dict:
        """Return the probabilities of one flight."""
        frame = pd.DataFrame([flight.model_dump(by_alias=True)])
        return {"prediction": self.pipeline.predict_proba(frame)[0].tolist()}
