"""What a page's Python takes as given: the names that its first block uses without making them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from challenge_neuralworks.signature import Field, Signature


def _fitted() -> dict[str, Any]:
    """Return a fitted pipeline, its signature, the rows it was fitted on, and one of them."""
    frame = pd.DataFrame({"age": np.arange(120), "size": np.arange(120)[::-1] % 7})
    fields = [
        Field("age", "integer", "How old it is.", 3, minimum=0, maximum=120),
        Field("size", "integer", "How large it is.", 3, minimum=0, maximum=6),
    ]
    rows = [{str(name): int(value) for name, value in row.items()} for row in frame.to_dict("records")]
    pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(frame, frame["age"] > 60)
    return {"pipeline": pipeline, "signature": Signature(fields), "rows": rows, "row": rows[7]}


def _explained() -> dict[str, Any]:
    """Return the same, and contributions of a model that derives WEEK."""
    return _fitted() | {"contributions": {"DIA-I": 0.25, "MES-I": 0.5, "WEEK": 0.5}}


def _nothing() -> dict[str, Any]:
    return {}


GIVEN = {"docs/explanations.md": _explained, "docs/export.md": _fitted}


def given(page: str) -> dict[str, Any]:
    """Return the names that a page's Python begins with."""
    return GIVEN.get(page, _nothing)()
