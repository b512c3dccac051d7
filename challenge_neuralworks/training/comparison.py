"""The candidates that the delay recipe was chosen from, measured on both splits; see docs/models/delay.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

from challenge_neuralworks.training.encoders import CyclicalEncoder
from challenge_neuralworks.training.evaluation import scores, splits
from challenge_neuralworks.training.frames import frame

if TYPE_CHECKING:
    import pandas as pd

    from challenge_neuralworks.training.datasets import Examples

PERIODS = {"DIA-I": 31, "MES-I": 12, "HORA-I": 24}

BASE = ("OPERA", "TIPOVUELO", "SIGLADES", "MES-I", "HORA-I", "DIANOM")
CIRCLED = ("OPERA", "TIPOVUELO", "SIGLADES", "MES-I", "DIANOM")
FLIGHT = "OPERA*SIGLADES*HORA-I"
SHIFT = "TIPOVUELO*DIANOM*HORA-I/6"
SERVED = ("OPERA", "SIGLADES", "MES-I", FLIGHT, SHIFT)


class Candidate(NamedTuple):
    """A logistic regression to measure.

    one_hot : fields one-hot encoded; ``A*B`` is the category of both together, ``HORA-I/6`` the hour divided by 6.
    circled : fields placed on a circle of their period.
    penalty_c : inverse strength of the L2 penalty.
    rare_below : rows below which a category shares its weight with all rare and unseen ones.
    """

    name: str
    one_hot: tuple[str, ...]
    circled: tuple[str, ...] = ()
    penalty_c: float = 0.2
    rare_below: int | None = None


CANDIDATES = (
    Candidate("the raw fields, one-hot, C=1", (*BASE, "DIA-I"), penalty_c=1.0),
    Candidate("... without the day of the month", BASE, penalty_c=1.0),
    Candidate("... C=0.1", BASE, penalty_c=0.1),
    Candidate("... C=0.2", BASE),
    Candidate("... rare categories below 10 rows share a weight", BASE, rare_below=10),
    Candidate("... hour on a circle", CIRCLED, ("HORA-I",)),
    Candidate("... hour on a circle and one-hot", BASE, ("HORA-I",)),
    Candidate("... month on a circle", ("OPERA", "TIPOVUELO", "SIGLADES", "HORA-I", "DIANOM"), ("MES-I",)),
    Candidate("... + airline x kind", (*BASE, "OPERA*TIPOVUELO")),
    Candidate("... + airline x destination", (*BASE, "OPERA*SIGLADES")),
    Candidate("... + airline x month", (*BASE, "OPERA*MES-I")),
    Candidate("... + airline x hour", (*BASE, "OPERA*HORA-I")),
    Candidate("... + destination x hour", (*BASE, "SIGLADES*HORA-I")),
    Candidate("... + weekday x quarter of the day", (*BASE, "DIANOM*HORA-I/6")),
    Candidate("... + flight (airline x destination x hour)", (*BASE, FLIGHT)),
    Candidate("... + flight x weekday", (*BASE, f"{FLIGHT}*DIANOM")),
    Candidate("... + flight, hour on a circle", (*CIRCLED, FLIGHT), ("HORA-I",)),
    Candidate("... + flight + weekday x quarter", (*CIRCLED, FLIGHT, "DIANOM*HORA-I/6"), ("HORA-I",), rare_below=10),
    Candidate("... + flight + shift (kind x weekday x quarter)", (*CIRCLED, FLIGHT, SHIFT), ("HORA-I",), rare_below=10),
    Candidate("**... kind and weekday in the shift alone**", SERVED, ("HORA-I",), rare_below=10),
    Candidate("... C=0.1", SERVED, ("HORA-I",), 0.1, 10),
    Candidate("... C=0.5", SERVED, ("HORA-I",), 0.5, 10),
    Candidate("... rare below 30 rows", SERVED, ("HORA-I",), rare_below=30),
    Candidate("... + airline x month", (*SERVED, "OPERA*MES-I"), ("HORA-I",), rare_below=10),
    Candidate("... + the day of the month", (*SERVED, "DIA-I"), ("HORA-I",), rare_below=10),
)
"""In the order of trying; the one in bold is the recipe."""

HEADER = "| candidate | columns | random: AUC | Brier | time-ordered: AUC | Brier |\n|---|---|---|---|---|---|"


def measure(candidate: Candidate, examples: Examples, test_from_month: int) -> str:
    """Return a candidate's line of the table: fitted columns, and AUC and Brier score on each split."""
    features, target = derived(candidate, frame(examples.rows)), np.asarray(examples.target)
    cells = []
    for split in splits(examples, test_from_month):
        fitted = pipeline(candidate).fit(features.iloc[split.fit], target[split.fit])
        found = scores(target[split.test], fitted.predict_proba(features.iloc[split.test])[:, 1])
        cells += [f"{found['auc']:.4f}", f"{found['brier']:.4f}"]
    return f"| {candidate.name} | {fitted[-1].n_features_in_} | " + " | ".join(cells) + " |"


def pipeline(candidate: Candidate) -> Pipeline:
    """Return a candidate's unfitted pipeline."""
    encoder = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=candidate.rare_below)
    circles = [(name, CyclicalEncoder(PERIODS[name]), [name]) for name in candidate.circled]
    encoders = ColumnTransformer([("one_hot", encoder, list(candidate.one_hot)), *circles])
    classifier = LogisticRegression(C=candidate.penalty_c, solver="newton-cg", tol=1e-8, max_iter=200)
    return Pipeline([("encode", encoders), ("classify", classifier)])


def derived(candidate: Candidate, fields: pd.DataFrame) -> pd.DataFrame:
    """Return a frame of fields with the candidate's crossed categories, one column each."""
    features = fields.copy()
    for name in candidate.one_hot:
        if name not in features:
            parts = [_part(fields, part) for part in name.split("*")]
            features[name] = ["|".join(values) for values in zip(*parts, strict=True)]
    return features


def _part(fields: pd.DataFrame, name: str) -> pd.Series[str]:
    field, _, divisor = name.partition("/")
    return (fields[field] // int(divisor) if divisor else fields[field]).astype(str)
