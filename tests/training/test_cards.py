"""Model cards: every figure is in the manifest or the evaluation, and the call in it is answered as it says."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from challenge_neuralworks.artifact import Manifest
from challenge_neuralworks.artifact.writing import Draft, write
from challenge_neuralworks.errors import ConfigurationError, DataError
from challenge_neuralworks.models.delay import Delay
from challenge_neuralworks.serving import build
from challenge_neuralworks.settings import Settings
from challenge_neuralworks.training.cards import Declaration, card, find_declaration
from challenge_neuralworks.training.cards.card import MOST_WEAK, fixed, spread, tiny, within, words
from challenge_neuralworks.training.datasets import read_flights
from challenge_neuralworks.training.evaluation import evaluation_report, predictor
from challenge_neuralworks.training.export import export
from challenge_neuralworks.training.golden import golden_instances, promise
from challenge_neuralworks.training.recipes import recipe_names
from challenge_neuralworks.training.reporting.page import NOTHING
from challenge_neuralworks.training.signing import learn_signature
from tests.making import ROOT, Context, rest_event
from tests.training.evaluating import EFFORT, GIVEN, fit_past, try_on
from tests.training.showing import known_numbers, numbers_of

TRAINED = {
    "data": {"name": "delay", "sha256": "0123456789abcdef" * 4, "rows": 3_000},
    "seed": 1,
    "recipe": "logistic regression | flights",
    "code_version": "0.1.0",
    "packages": {"scikit-learn": "1.5.2", "numpy": "2.1.0"},
}
METRICS = {"export": {"max_difference": 2.220446049250313e-16, "rows": 2_900, "edge_rows": 1_167}}


class Made(NamedTuple):
    """A sealed model, and what is known of it."""

    models_dir: Path
    manifest: Manifest
    evaluation: dict[str, Any]


@pytest.fixture(scope="module")
def made(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return a model of made-up flights, sealed and evaluated."""
    models_dir, flights = tmp_path_factory.mktemp("models"), read_flights(sample)
    estimator, signature = fit_past(flights), learn_signature(Delay.fields, flights.rows)
    golden = promise(Delay, estimator, golden_instances(signature))
    draft = Draft("delay", "Will a flight leave late?", signature, (0, 1), 0.21, TRAINED, METRICS, golden)
    manifest = write(str(models_dir / "delay"), export(estimator, signature), draft)
    trials = try_on(flights, predictor(Delay, estimator))
    return Made(models_dir, manifest, evaluation_report("delay", Delay.fields, trials, GIVEN, EFFORT))


@pytest.fixture(scope="module")
def text(made: Made) -> str:
    """Return its card."""
    return card(made.manifest, made.evaluation, find_declaration("delay"))


def section(text: str, title: str) -> str:
    """Return what stands below a title."""
    return re.split(r"^## ", text.split(f"## {title}\n")[1], flags=re.MULTILINE)[0]


def test_every_figure_is_in_the_json(made: Made, text: str) -> None:
    """Rounded as the card says, or in full; digits of the declared texts are theirs."""
    forms: list[Callable[[Any], str]] = [str, *(form.format for form in ("{:,}", "{:.3f}", "{:.4f}", "{:.1e}"))]
    known = known_numbers([made.manifest.to_json(), made.evaluation, find_declaration("delay")._asdict()], forms)
    # The card's own words: how many places it rounds to.
    known |= {"3", "4", "6"}
    answer = json.loads(section(text, "How to ask").split("```")[3].removeprefix("json"))
    known |= {str(p) for p in answer["prediction"]}
    shown = numbers_of(text)
    assert len(shown) > 200
    assert [number for number in shown if number not in known] == []


def test_the_call_is_answered_as_the_card_says(made: Made, text: str) -> None:
    """By the handler, over the sealed artifact; probabilities to the places that are shown."""
    request, answer = (block.removeprefix("json\n") for block in section(text, "How to ask").split("```")[1::2])
    served = build(Settings(models_dir=str(made.models_dir), log_level="OFF", metrics=False))
    response = json.loads(served(rest_event("POST", "/inference/delay", request), Context())["body"])
    assert {**response, "prediction": [round(p, 6) for p in response["prediction"]]} == json.loads(answer)


def test_the_same_reports_give_the_same_card(made: Made, text: str) -> None:
    """Also once the evaluation was written and read again; and none of them is changed."""
    before = copy.deepcopy(made.evaluation)
    read = json.loads(json.dumps(made.evaluation))
    assert card(made.manifest, read, find_declaration("delay")) == text
    assert card(made.manifest, made.evaluation, find_declaration("delay")) == text
    assert made.evaluation == before


def test_every_split_has_its_line_and_the_last_is_what_to_expect(made: Made, text: str) -> None:
    """With intervals; a metric of the line is that of the split."""
    good = section(text, "How good it is")
    for split in made.evaluation["splits"]:
        line = next(line for line in good.splitlines() if line.startswith(f"| {split['name'].replace('_', ' ')} |"))
        auc = split["metrics"]["auc"]
        assert line.split(" | ")[2] == f"{auc['value']:.3f} ({auc['low']:.3f} to {auc['high']:.3f})"
    assert "**The last line of each table, time ordered split, is what to expect of rows still to come.**" in good


def test_every_candidate_has_its_line(text: str) -> None:
    """Also what did not help, with why; what ends a cell is escaped."""
    lines = [line for line in section(text, "How it was made").splitlines() if "Best on" in line or "Learns" in line]
    assert lines == [
        "| **logistic regression** | 0.6123 ± 0.0123 | 0.1512 ± 0.0021 | 0.6211 | 0.5987 | Best on later rows. |",
        f"| trees \\| deep | 0.5911 ± 0.0333 | {NOTHING} | 0.6322 | {NOTHING} | Learns the days of the year. |",
    ]


def test_tables_are_tables(text: str) -> None:
    """Every line of a table has as many cells as its head."""
    tables = re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE)
    assert len(tables) >= 8
    for table in tables:
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1, table


def test_blocks_stand_apart(text: str) -> None:
    """One empty line between blocks, none at the ends of lines or of the file: what a formatter would leave."""
    assert "\n\n\n" not in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert [line for line in text.splitlines() if line != line.rstrip()] == []
    lines = text.splitlines()
    heads = [index for index, line in enumerate(lines) if line.startswith("|---")]
    assert [lines[index - 1] for index in heads if lines[index - 2] != ""] == []


def test_links_lead_somewhere_from_docs_models(text: str) -> None:
    """Where the card will stand."""
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert links
    assert [link for link in links if not (ROOT / "docs" / "models" / link).exists()] == []


def test_weak_slices_are_listed_the_largest_first_and_the_rest_counted(made: Made) -> None:
    """A card is read by people: so many lines, and how many more there are."""
    evaluation = copy.deepcopy(made.evaluation)
    slices = evaluation["splits"][-1]["slices"]
    judged = [line for line in slices if not line["few"]]
    for line in slices:
        line["weak"] = []
    weak = card(made.manifest, evaluation, find_declaration("delay"))
    assert "None is surely weaker than the whole." in section(weak, "Where it is weak")
    for line in judged:
        line["weak"] = ["p too low"]
    shown = section(card(made.manifest, evaluation, find_declaration("delay")), "Where it is weak")
    counts = [int(row.split(" | ")[2].replace(",", "")) for row in shown.splitlines() if row.endswith("p too low |")]
    assert counts == sorted((line["rows"] for line in judged), reverse=True)[:MOST_WEAK]
    assert f"lists {len(judged) - MOST_WEAK} more" in shown


def test_watched_fields_are_shown_whole(made: Made) -> None:
    """Good or bad, few or many: nobody chooses which groups are looked at."""
    watching = find_declaration("delay")._replace(watched=("TIPOVUELO", "OPERA"))
    shown = section(card(made.manifest, made.evaluation, watching), "Where it is weak")
    slices = made.evaluation["splits"][-1]["slices"]
    for line in slices:
        if line["field"] in watching.watched:
            assert f"| {line['field']} | {line['value']} | {line['rows']:,} |" in shown
    assert "too few rows |" in shown


def test_a_card_needs_no_more_than_an_evaluation_has(made: Made) -> None:
    """No candidates, no cross validation, one split without importance: nothing is said about them."""
    one = {**made.evaluation, "splits": made.evaluation["splits"][:1], "candidates": [], "cross_validation": None}
    few = card(made.manifest._replace(metrics={}), {**one, "data": {}, "threshold_rule": {}}, find_declaration("delay"))
    for said in (
        "What was tried",
        "Cross validation",
        "What the fields are worth",
        "The last line",
        "proven",
        "wanted",
    ):
        assert said not in few
    assert "\n\n\n" not in few


def test_an_evaluation_of_another_model_is_refused(made: Made) -> None:
    """Its figures would be wrong without looking so."""
    with pytest.raises(DataError, match="'income' does not fit the manifest of 'delay'"):
        card(made.manifest, {**made.evaluation, "model": "income"}, find_declaration("delay"))


@pytest.mark.parametrize("name", ["delay", "income"])
def test_a_declaration_says_everything(name: str) -> None:
    """No part is empty, each is a list, and fields to watch are fields of the model."""
    from challenge_neuralworks.models import model_class

    declaration = find_declaration(name)
    texts = [part for part in declaration if isinstance(part, str)][1:]
    assert len(texts) == len(Declaration._fields) - 2
    assert all(text.startswith("\n- ") for text in texts)
    assert set(declaration.watched) <= {field.name for field in model_class(name).fields}


def test_every_trained_model_has_a_declaration() -> None:
    """A model without a word on what it is for is not finished."""
    assert [find_declaration(name).title for name in recipe_names()]


def test_a_model_without_a_declaration_is_named() -> None:
    """With those there are."""
    with pytest.raises(ConfigurationError, match=f"one of {', '.join(recipe_names())}"):
        find_declaration("weather")


def test_figures_are_written_as_people_read_them() -> None:
    """What is not there is a dash; what ends a cell is escaped."""
    assert (fixed(None), fixed(0.12345), fixed(0.12345, 4)) == (NOTHING, "0.123", "0.1235")
    assert within({"value": 0.5, "low": None, "high": None}) == "0.500"
    assert within({"value": 0.5, "low": 0.25, "high": 0.75}) == "0.500 (0.250 to 0.750)"
    assert (spread(None), tiny(0.0), tiny(2.22e-16)) == (NOTHING, "0", "2.2e-16")
    assert (words(None), words("a | b\nc")) == ("(missing)", "a \\| b c")
