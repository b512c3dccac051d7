from __future__ import annotations

from bench.export.families import families
from bench.export.flights import CATEGORIES, INTEGERS, Flights


def test_each_family_has_a_name_of_its_own() -> None:
    """The table's lines are told apart by it."""
    names = [family.name for family in families()]
    assert len(set(names)) == len(names) == 9


def test_who_tells_weekdays_apart_is_not_told_them(few_flights: Flights) -> None:
    """The weekday is the target of that family, and no column of it."""
    multinomial = next(family for family in families() if family.multiclass)
    multinomial.pipeline.set_params(estimate__max_iter=1_000)
    pipeline, frame = multinomial.fit(few_flights)
    assert list(frame) == [*CATEGORIES[:3], *INTEGERS]
    assert sorted(pipeline.classes_) == sorted({row["DIANOM"] for row in few_flights.rows})


def test_the_others_tell_late_flights(few_flights: Flights) -> None:
    """Of these two probabilities, the second is that of a late flight."""
    pipeline, frame = families()[0].fit(few_flights)
    assert list(frame) == [*CATEGORIES, *INTEGERS]
    assert pipeline.classes_.tolist() == [0, 1]
