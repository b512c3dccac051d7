"""Census income: who earns more than 50,000 dollars a year, by what the census of 1994 asked."""

from __future__ import annotations

from challenge_neuralworks.model import Model
from challenge_neuralworks.signature import Field

EDUCATION = (
    *("Preschool", "1st-4th", "5th-6th", "7th-8th", "9th", "10th", "11th", "12th", "HS-grad", "Some-college"),
    *("Assoc-voc", "Assoc-acdm", "Bachelors", "Masters", "Prof-school", "Doctorate"),
)
"""Least first: the position, counted from 1, is what the census calls education_num."""


class Income(Model):
    """Answers P(at most 50,000 dollars a year), P(more) of one person."""

    fields = (
        Field("age", "integer", "Age.", 38, "year", 17, 90),
        Field("workclass", "category", "Kind of employer; null where not known.", "Private", missing="accept"),
        Field("education", "category", "Highest level of education.", "Bachelors", categories=EDUCATION),
        Field("marital_status", "category", "Marital status.", "Married-civ-spouse"),
        Field("occupation", "category", "Occupation; null where not known.", "Exec-managerial", missing="accept"),
        Field("relationship", "category", "What the person is in the household.", "Husband"),
        Field("race", "category", "Race, in the five groups of the census.", "White"),
        Field("sex", "category", "Sex, as the census asked it.", "Male", categories=("Female", "Male")),
        Field("capital_gain", "integer", "Capital gains of the year.", 0, "dollar", 0, 99_999),
        Field("capital_loss", "integer", "Capital losses of the year.", 0, "dollar", 0, 99_999),
        Field("hours_per_week", "integer", "Usual hours of work.", 40, "hour", 1, 99),
        Field(
            "native_country",
            "category",
            "Country of birth, spelled as the census does; null where not known. Others are accepted.",
            "United-States",
            unknown="accept",
            missing="accept",
        ),
    )
