"""What is normal in the census of 1994."""

from __future__ import annotations

from challenge_neuralworks.training.checks.declared import Declared

DECLARED = Declared(
    least_rows=1_000,
    # 24.1 % earned more than 50,000 dollars.
    positive_share=(0.15, 0.35),
    levels={
        "workclass": (6, 10),
        "education": (14, 16),
        "marital_status": (6, 8),
        "occupation": (12, 16),
        "relationship": (6, 6),
        "race": (5, 5),
        "sex": (2, 2),
        "native_country": (30, 60),
    },
    # 5.6, 5.7 and 1.8 % of the accepted file.
    missing_share={"workclass": 0.10, "occupation": 0.10, "native_country": 0.05},
    # Without the survey's weight people coincide: 10.6 % of the rows repeat another one.
    identical_share=0.15,
    moments=False,
)
