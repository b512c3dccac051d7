"""The docs say what is so: examples run, answers are the real ones, links lead somewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from challenge_neuralworks.model import Model
from challenge_neuralworks.serving import Application, build
from challenge_neuralworks.settings import Settings
from challenge_neuralworks.signature import Row
from challenge_neuralworks.training.signing import learn_signature
from tests.making import ROOT, SERVED, Context, rest_event

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
API = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
ADD_A_MODEL = (ROOT / "docs" / "add-a-model.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def served() -> Application:
    """Return the handler over the committed models."""
    return build(Settings(models_dir=str(ROOT / "models"), log_level="OFF", metrics=False))


def blocks(text: str, language: str) -> list[str]:
    """Return the fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def predict(served: Application, body: Any) -> dict[str, Any]:
    """Send a body to the delay model through a REST API event."""
    return served(rest_event("POST", "/inference/delay", body), Context())


def test_every_block_of_the_api_docs_is_of_a_kind_that_is_tested() -> None:
    """A word behind `json` that no test below knows would hide its block from all of them."""
    assert set(re.findall(r"^```json ?(.*)$", API, re.MULTILINE)) == {"", "request", "explanation", "direct"}


@pytest.mark.parametrize("body", blocks(API, "json request"))
def test_requests_in_the_api_docs_are_answered(served: Application, body: str) -> None:
    """Each documented body is answered with 200, and read without a warning."""
    response = predict(served, body)
    assert response["statusCode"] == 200
    assert "warnings" not in json.loads(response["body"])


def test_the_direct_invocation_in_the_api_docs_is_answered(served: Application) -> None:
    """The documented event is one."""
    (event,) = blocks(API, "json direct")
    assert served(json.loads(event), Context())["model"] == "delay"


def test_the_explanation_in_the_api_docs_is_the_real_one(served: Application) -> None:
    """The documented explanation is what the documented instance is answered."""
    (one, *_) = blocks(API, "json request")
    (promised,) = blocks(API, "json explanation")
    event = rest_event("POST", "/inference/delay", one, queryStringParameters={"explain": "true"})
    assert json.loads(served(event, Context())["body"])["explanation"] == json.loads(promised)


def test_the_problem_in_the_api_docs_is_the_real_one(served: Application) -> None:
    """The documented problem comes back word for word."""
    (problem,) = blocks(API, "json")
    (one, *_) = blocks(API, "json request")
    faulty = {**json.loads(one), "OPERA": "Grupo LATAN", "HORA-I": 24}
    assert json.loads(predict(served, faulty)["body"]) == json.loads(problem)


def test_the_models_docs_add_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The documented code seals an artifact that is served at once."""
    random = np.random.default_rng(1)
    frame = pd.DataFrame({"colour": random.choice(["red", "green"], 100), "age": random.integers(0, 120, 100)})
    encoders = ColumnTransformer([("c", OneHotEncoder(), ["colour"]), ("a", StandardScaler(), ["age"])])
    pipeline = make_pipeline(encoders, LogisticRegression()).fit(frame, frame["age"] > 60)
    monkeypatch.chdir(tmp_path)
    code, _ = blocks(ADD_A_MODEL, "python")
    exec(code, {"pipeline": pipeline, "pandas": pd})  # noqa: S102 - the documented example is what is tested
    served = build(Settings(models_dir="models", log_level="OFF", metrics=False))
    response = served(rest_event("POST", "/inference/fruit", {"colour": "red", "age": 120}), Context())
    expected = pipeline.predict_proba(pd.DataFrame([{"colour": "red", "age": 120}]))[0]
    assert json.loads(response["body"])["prediction"] == pytest.approx(list(expected), abs=1e-12)


def test_the_documented_class_derives_what_it_says() -> None:
    """The class as shown is one: its fields are complete but for what training learns, its features a new row."""
    _, code = blocks(ADD_A_MODEL, "python")
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - as above
    fruit = names["Fruit"]
    row: Row = {"colour": "red", "age": 61}
    assert issubclass(fruit, Model)
    assert fruit.features(row) == {"colour": "red", "age": 61, "old": True}
    learned = learn_signature(fruit.fields, [row, {"colour": "green", "age": 3}])
    assert {field.name: field.categories for field in learned.fields} == {"colour": ("green", "red"), "age": ()}


@pytest.mark.parametrize("name", SERVED)
def test_the_call_in_a_models_card_is_answered_as_it_says(served: Application, name: str) -> None:
    """The cards docs/models/delay.md, income.md and all others: the instance, and the answer to it at 6 places."""
    request, promised = blocks((ROOT / "docs" / "models" / f"{name}.md").read_text(encoding="utf-8"), "json")
    answer = json.loads(served(rest_event("POST", f"/inference/{name}", request), Context())["body"])
    assert {**answer, "prediction": _rounded(answer["prediction"])} == json.loads(promised)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page is a file of the project."""
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def _rounded(prediction: float | list[float]) -> float | list[float]:
    return [round(p, 6) for p in prediction] if isinstance(prediction, list) else round(prediction, 6)
