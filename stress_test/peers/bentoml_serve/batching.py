# mypy: ignore-errors
"""BentoML, in which requests that wait are predicted together: up to 32, for as long as its dispatcher thinks right."""

import os

import bentoml
import joblib
import pandas as pd
from flight import Flight


@bentoml.service(workers=2)
class Delay:
    """Answers the probabilities of flights."""

    def __init__(self) -> None:
        self.pipeline = joblib.load(os.environ["MODEL_FILE"])

    # Requests that would take longer than the latency are refused: shorter ones cost answers.
    @bentoml.api(batchable=True, max_batch_size=32, max_latency_ms=1000)
    def predict(self, flights: list[Flight]) -> list[list[float]]:
        """Return the probabilities of each."""
        frame = pd.DataFrame([flight.model_dump(by_alias=True) for flight in flights])
        return self.pipeline.predict_proba(frame).tolist()
