"""Declarations: one a model, about fields that it has, and silent on what the fields say themselves."""

from __future__ import annotations

import pytest

from challenge_neuralworks.errors import ConfigurationError
from challenge_neuralworks.models import model_class
from challenge_neuralworks.training.checks.declared import declared_names, find_declared
from challenge_neuralworks.training.recipes import recipe_names


def test_every_model_that_is_trained_has_its_data_declared() -> None:
    """A recipe without declared data could not be checked."""
    assert set(recipe_names()) <= set(declared_names())


@pytest.mark.parametrize("name", declared_names())
def test_a_declaration_is_about_the_model_s_fields(name: str) -> None:
    """Categories have their levels, fields that may be missing their share, and no other field has either."""
    fields, declared = model_class(name).fields, find_declared(name)
    assert set(declared.levels) == {field.name for field in fields if field.kind == "category"}
    assert set(declared.missing_share) == {field.name for field in fields if field.missing == "accept"}


@pytest.mark.parametrize("name", declared_names())
def test_as_many_levels_may_occur_as_a_fixed_list_has(name: str) -> None:
    """A count that the field's own list contradicts would never pass."""
    declared = find_declared(name)
    for field in model_class(name).fields:
        if field.categories:
            assert declared.levels[field.name][1] == len(field.categories)


def test_what_is_not_declared_is_named_with_what_is() -> None:
    """And with the place where a new one goes."""
    expected = f"{', '.join(declared_names())}, or a module in .*training/checks/declared"
    with pytest.raises(ConfigurationError, match=expected):
        find_declared("weather")
