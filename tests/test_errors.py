"""The error tree: stable, distinct codes."""

from __future__ import annotations

from challenge_neuralworks import errors
from challenge_neuralworks.artifact import seals
from challenge_neuralworks.serving.problems import STATUSES
from challenge_neuralworks.store import errors as store_errors

BRANCHES = {module.__name__ for module in (errors, seals, store_errors)}


def tree(root: type[errors.NeuralworksError]) -> list[type[errors.NeuralworksError]]:
    """Return a class with all that descend from it in `errors` and its branches."""
    below = [one for child in root.__subclasses__() if child.__module__ in BRANCHES for one in tree(child)]
    return [root, *below]


def test_codes_are_distinct() -> None:
    """A code names one kind of error."""
    codes = [error.code for error in tree(errors.NeuralworksError)]
    assert sorted(codes) == sorted(set(codes))


def test_every_request_error_has_a_status() -> None:
    """What a caller did wrong must never be answered 500."""
    leaves = [error for error in tree(errors.RequestError) if not error.__subclasses__()]
    assert [error for error in leaves if error not in STATUSES] == []
    assert {status // 100 for error, (status, _) in STATUSES.items() if issubclass(error, errors.RequestError)} == {4}
