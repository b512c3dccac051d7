"""What is normal in the flights out of Santiago de Chile."""

from __future__ import annotations

from challenge_neuralworks.training.checks.declared import Declared

DECLARED = Declared(
    least_rows=1_000,
    # 18.5 % of 2017 left late. A label turned round would be 81.5 %.
    positive_share=(0.10, 0.30),
    levels={"OPERA": (15, 40), "TIPOVUELO": (2, 2), "SIGLADES": (40, 120), "DIANOM": (7, 7)},
    missing_share={},
    # Five rows of 2017 repeat another one to the minute; in the made-up sample, whose days are drawn, 2.5 % do.
    identical_share=0.05,
    moments=True,
)
