"""A search as JSON: every candidate with its spread and a reason, and a choice that can be read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from challenge_neuralworks.errors import ConfigurationError, DataError
from challenge_neuralworks.training.searching.engine import Engine
from challenge_neuralworks.training.searching.report import found_json, read_choice
from challenge_neuralworks.training.searching.search import Found, search
from tests.training.searching.trying import PRIOR, RECIPE, TOLD, examples

ABSENT = PRIOR._replace(name="nowhere", needs="no_such_library_anywhere")
SEARCHED = RECIPE._replace(candidates=(*RECIPE.candidates, ABSENT))


@pytest.fixture(scope="module")
def found() -> Found:
    """Return what a search found."""
    return search(SEARCHED, examples(), 1, Engine(1))


@pytest.fixture(scope="module")
def report(found: Found) -> dict[str, Any]:
    """Return it as JSON, once through a file's text."""
    content: dict[str, Any] = json.loads(json.dumps(found_json(found, SEARCHED, 1)))
    return content


def test_a_report_says_what_was_done(report: dict[str, Any], found: Found) -> None:
    """Folds, seed, fits, what is missing, and what was chosen with which parameters."""
    assert {key: report[key] for key in ("format", "folds", "seed", "fits", "absent")} == {
        "format": 1,
        "folds": "2 folds at random",
        "seed": 1,
        "fits": found.n_fits,
        "absent": ["nowhere"],
    }
    assert report["chosen"] == {"name": found.chosen.candidate.name, "params": found.chosen.params}


def test_each_candidate_has_mean_and_spread_over_the_folds(report: dict[str, Any], found: Found) -> None:
    """Of every metric, to six places."""
    for line, one in zip(report["candidates"], found.tried, strict=True):
        assert (line["name"], line["params"]) == (one.candidate.name, one.params)
        for metric, values in one.found.items():
            expected = {"mean": round(float(np.mean(values)), 6), "sd": round(float(np.std(values)), 6)}
            assert line["cv"][metric] == expected


def test_each_candidate_has_a_reason(report: dict[str, Any], found: Found) -> None:
    """How far it is from what is served, on which side, and why it may not be served if it may not."""
    why = {line["name"]: line["why"] for line in report["candidates"]}
    assert why[found.chosen.candidate.name] == "served: the best of those that may be"
    assert why["prior"] == f"AUC {found.chosen.worth - 0.5:.4f} below what is served"
    told = found.tried[3].worth - found.chosen.worth
    assert why["told"] == f"AUC {abs(told):.4f} {'above' if told > 0 else 'below'} what is served; it asks the answer"


def test_one_that_is_better_and_refused_says_so() -> None:
    """Nobody has to ask why the best figure is not the one that is served."""
    found = search(RECIPE._replace(candidates=(PRIOR, TOLD)), examples(), 1, Engine(1))
    line = found_json(found, RECIPE, 1)["candidates"][1]
    assert line["why"] == f"AUC {found.tried[1].worth - 0.5:.4f} above what is served; it asks the answer"


def test_a_choice_is_fitted_as_it_was_searched(report: dict[str, Any], found: Found, tmp_path: Path) -> None:
    """Read back, it is the candidate's pipeline with the parameters that were found, under the candidate's name."""
    path = tmp_path / "candidates.json"
    path.write_text(json.dumps(report), encoding="utf-8")
    recipe = read_choice(SEARCHED, path)
    assert recipe.title == found.chosen.candidate.name
    expected = found.chosen.candidate.pipeline(7).set_params(**found.chosen.params)
    assert str(recipe.pipeline(7).get_params()) == str(expected.get_params())


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"chosen": null}', '{"chosen": {"name": "stump"}}', "\x00"])
def test_what_is_no_search_is_refused(content: str, tmp_path: Path) -> None:
    """The message names the file and the command that writes it."""
    path = tmp_path / "candidates.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=r"candidates\.json: cannot be read as what 'neuralworks search' writes"):
        read_choice(RECIPE, path)


def test_a_search_that_was_not_made_is_refused(tmp_path: Path) -> None:
    """The same error, with the system's own words."""
    with pytest.raises(DataError, match=r"neuralworks search.*No such file"):
        read_choice(RECIPE, tmp_path / "candidates.json")


@pytest.mark.parametrize("name", ["told", "renamed since"])
def test_what_may_not_be_served_cannot_be_chosen(name: str, tmp_path: Path) -> None:
    """Neither one that is refused nor one the recipe no longer has; the message lists those that may be."""
    path = tmp_path / "candidates.json"
    path.write_text(json.dumps({"chosen": {"name": name, "params": {}}}), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=f"candidate='{name}'.*one of 'prior', 'stump', 'tree'"):
        read_choice(RECIPE, path)
