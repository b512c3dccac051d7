# mypy: ignore-errors
"""LitServe: a worker a core, one request at a time, answers over ZeroMQ."""

import os

import joblib
import litserve as ls
import pandas as pd


class Delay(ls.LitAPI):
    """Answers the probabilities of one flight."""

    def setup(self, device: str) -> None:  # noqa: ARG002 - LitServe's signature
        """Load the pipeline, once a worker."""
        self.pipeline = joblib.load(os.environ["MODEL_FILE"])

    def decode_request(self, request: dict) -> pd.DataFrame:
        """Return the flight as a frame."""
        return pd.DataFrame([request])

    def predict(self, frame: pd.DataFrame) -> list[float]:
        """Return its probabilities."""
        return self.pipeline.predict_proba(frame)[0].tolist()

    def encode_response(self, output: list[float]) -> dict:
        """Return the answer."""
        return {"prediction": output}


if __name__ == "__main__":
    server = ls.LitServer(Delay(), accelerator="cpu", workers_per_device=2, fast_queue=True)
    port = int(os.environ["PORT"])
    server.run(host="127.0.0.1", port=port, num_api_servers=1, generate_client_file=False, log_level="warning")
