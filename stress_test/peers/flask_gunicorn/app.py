# mypy: ignore-errors
"""Flask: the pipeline loaded once, before gunicorn forks its workers."""

import os

import joblib
import orjson
import pandas as pd
from flask import Flask, Response, request

app = Flask(__name__)
pipeline = joblib.load(os.environ["MODEL_FILE"])


@app.post("/predict")
def predict() -> Response:
    """Return the probabilities of one flight."""
    frame = pd.DataFrame([orjson.loads(request.get_data())])
    body = {"prediction": pipeline.predict_proba(frame)[0].tolist()}
    return Response(orjson.dumps(body), mimetype="application/json")
