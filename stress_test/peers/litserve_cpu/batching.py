# mypy: ignore-errors
"""LitServe, in which requests that wait are predicted together: up to 32, which wait 5 ms for each other at most."""

import os

import joblib
import litserve as ls
import pandas as pd


class Delay(ls.LitAPI):
    """Answers the probabilities of flights."""

    def setup(self, device: str) -> None:  # noqa: ARG002 - LitServe's signature
        """Load the pipeline, once a worker."""
        self.pipeline = joblib.load(os.environ["MODEL_FILE"])

    def decode_request(self, request: dict) -> dict:
        """Return the flight."""
        return request

    def batch(self, inputs: list[dict]) -> pd.DataFrame:
        """Return the flights that wait as one frame."""
        return pd.DataFrame(inputs)

    def predict(self, frame: pd.DataFrame) -> list[list[float]]:
        """Return the probabilities of each."""
        return self.pipeline.predict_proba(frame).tolist()

    def unbatch(self, output: list[list[float]]) -> list[list[float]]:
        """Return one answer a flight."""
        return output

    def encode_response(self, output: list[float]) -> dict:
        """Return one flight's answer."""
        return {"prediction": output}


if __name__ == "__main__":
    api = Delay(max_batch_size=32, batch_timeout=0.005)
    server = ls.LitServer(api, accelerator="cpu", workers_per_device=2, fast_queue=True)
    port = int(os.environ["PORT"])
    server.run(host="127.0.0.1", port=port, num_api_servers=1, generate_client_file=False, log_level="warning")
