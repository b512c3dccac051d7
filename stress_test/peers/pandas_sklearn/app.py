# mypy: ignore-errors
"""A plain Lambda handler: pandas, and the pipeline loaded when the function starts."""

import json
import os

import joblib
import pandas as pd

pipeline = joblib.load(os.path.join(os.environ["LAMBDA_TASK_ROOT"], "pipeline.joblib"))  # noqa: PTH118 - an import less


def handler(event, _context):  # noqa: ANN001, ANN201 - as such handlers are written
    """Return the probabilities of the flight in a proxy event's body."""
    frame = pd.DataFrame([json.loads(event["body"])])
    body = {"prediction": pipeline.predict_proba(frame)[0].tolist()}
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}
