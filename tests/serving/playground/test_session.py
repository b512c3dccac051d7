"""A person's session on the page, in a real browser: every number on it is the API's own answer."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.gateway.echo import KEY, Running
from tests.serving.playground.visiting import MODELS, SETTLE_MS, Visit, ask, example, signature

if TYPE_CHECKING:
    from tests.serving.playground.conftest import Open

CHANGES: dict[str, dict[str, Any]] = {
    "delay": {"OPERA": "Sky Airline", "SIGLADES": "La Serena", "HORA-I": 7, "DIANOM": "Lunes"},
    "income": {"age": 52, "workclass": None, "capital_gain": 15_024, "native_country": None},
}
FAULTS = {"delay": ("HORA-I", 99), "income": ("age", 200)}


def fill(visit: Visit, changes: dict[str, Any]) -> None:
    """Do what a person does: choose, type, tick."""
    for name, value in changes.items():
        control = visit.field(name)
        if control.evaluate("node => node.tagName") == "SELECT":
            control.select_option(label="(not known)" if value is None else value)
        elif value is None:
            visit.page.locator(".field").filter(has=control).get_by_label("not known").check()
        else:
            control.fill(str(value))


@pytest.mark.parametrize("model", MODELS)
def test_the_example_is_predicted_on_arrival(tab: Open, server: Running, model: str) -> None:
    """Number, classes, label and explanation are what the API answers to the example."""
    page = tab(server).model(model).page
    answer = ask(server, model, example(model), "?explain=true").content
    assert float(page.locator("#number").get_attribute("value") or "") == answer["prediction"][1]
    shown = [float(data.get_attribute("value") or "") for data in page.locator("#classes data").all()]
    assert shown == answer["prediction"]
    assert page.locator("#label").text_content() == f"Label {answer['label']}"
    explanation = answer["explanation"]
    bars = [title.text_content() for title in page.locator("#contributions title").all()]
    by_size = sorted(explanation["contributions"].items(), key=lambda item: -abs(item[1]))
    assert bars == [
        f"{name} = {example(model)[name]}: {value:+.3f}".replace("-0.", "\u22120.") for name, value in by_size
    ]
    total = math.fsum(explanation["contributions"].values())
    sentence = f"Base {explanation['base']:.3f} and contributions of {total:+.3f} sum to {explanation['score']:.3f} "
    expect(page.locator("#sum")).to_contain_text(sentence.replace("-", "\u2212") + "(log-odds), a probability of")


@pytest.mark.parametrize("model", MODELS)
def test_each_change_is_predicted(tab: Open, server: Running, model: str) -> None:
    """Select, list, number, slider and "not known" reach the API as the instance's values; reset takes them back."""
    visit = tab(server).model(model)
    fill(visit, CHANGES[model])
    visit.shows(ask(server, model, {**example(model), **CHANGES[model]}).content["prediction"][1])
    visit.page.get_by_role("button", name="Reset to the example").click()
    visit.shows(ask(server, model, example(model)).content["prediction"][1])


def test_slider_and_number_are_one_value(tab: Open, server: Running) -> None:
    """Whichever moves takes the other with it."""
    visit = tab(server).model("delay")
    slider, number = visit.field("HORA-I, slider"), visit.field("HORA-I")
    slider.fill("5")
    expect(number).to_have_value("5")
    number.fill("23")
    expect(slider).to_have_value("23")
    visit.shows(ask(server, "delay", {**example("delay"), "HORA-I": 23}).content["prediction"][1])


@pytest.mark.parametrize("model", MODELS)
def test_the_label_flips_where_the_probability_is(tab: Open, server: Running, model: str) -> None:
    """p1 >= threshold, to the last bit, as in the API, and without asking it."""
    visit = tab(server).model(model)
    p1 = ask(server, model, example(model)).content["prediction"][1]
    label, exact = visit.page.locator("#label"), visit.field("Threshold, exact")
    asked = len(visit.asked)
    for threshold in (p1, math.nextafter(p1, 1), math.nextafter(p1, 0), 0.0, 1.0):
        exact.fill(repr(threshold))
        expected = ask(server, model, example(model), f"?threshold={threshold!r}").content["label"]
        expect(label).to_have_text(f"Label {expected}")
    steps = math.floor(p1 * 1000) / 1000, math.ceil(p1 * 1000) / 1000
    for threshold, expected in zip(steps, (1, 0), strict=True):
        visit.field("Threshold").fill(f"{threshold:.3f}")
        expect(label).to_have_text(f"Label {expected}")
    visit.page.get_by_role("button", name="Use 0.").click()
    expect(label).to_have_text(f"Label {ask(server, model, example(model)).content['label']}")
    assert len(visit.asked) == asked


@pytest.mark.parametrize("model", MODELS)
def test_a_fault_stands_next_to_its_field(tab: Open, server: Running, model: str) -> None:
    """The API's own words describe the control, nothing of the last answer stays, and all is well once mended."""
    visit = tab(server, (400,)).model(model)
    name, value = FAULTS[model]
    visit.field(name).fill(str(value))
    (fault,) = ask(server, model, {**example(model), name: value}).content["errors"]
    control = visit.field(name)
    expect(control).to_have_attribute("aria-invalid", "true")
    expect(control).to_have_accessible_description(f"{description(model, name)} {fault['detail']}")
    visit.says(f"Cannot be used: {name}.")
    expect(visit.page.locator("#number")).to_have_text("\u2013")
    expect(visit.page.locator("#what-if")).to_be_hidden()
    control.fill("")
    (fault,) = ask(server, model, {key: known for key, known in example(model).items() if key != name}).content[
        "errors"
    ]
    expect(control).to_have_accessible_description(f"{description(model, name)} {fault['detail']}")
    control.fill(str(example(model)[name]))
    visit.shows(ask(server, model, example(model)).content["prediction"][1])
    expect(control).not_to_have_attribute("aria-invalid", "true")


def description(model: str, name: str) -> str:
    """Return how a committed model's manifest describes a field."""
    return str(next(field["description"] for field in signature(model) if field["name"] == name))


def test_a_warning_stands_next_to_its_field(tab: Open, server: Running) -> None:
    """An unknown destination is predicted, and the field says how it was read."""
    visit = tab(server).model("delay")
    visit.field("SIGLADES").fill("Atlantis")
    answer = ask(server, "delay", {**example("delay"), "SIGLADES": "Atlantis"}).content
    visit.shows(answer["prediction"][1])
    expect(visit.page.locator(".note.warn:not(:empty)")).to_have_text(answer["warnings"][0]["detail"])
    assert visit.field("SIGLADES").get_attribute("aria-invalid") is None


CURVES = {
    "delay": {"DIANOM": (7, 7), "SIGLADES": (60, 62), "HORA-I": (24, 24)},
    "income": {"capital_gain": (60, 60), "occupation": (15, 15)},
}
"""Model -> field -> values drawn, and values asked for."""


@pytest.mark.parametrize("model", MODELS)
def test_what_if_is_one_call(tab: Open, server: Running, model: str) -> None:
    """One batch holds the field's values, all else as it is; what is drawn is what it answers."""
    visit = tab(server).model(model)
    for name, (drawn, asked) in CURVES[model].items():
        visit.bodies.clear()
        visit.page.get_by_label("Vary").select_option(name)
        expect(visit.page.locator("#varied")).to_contain_text(f"over {name}, all else as it is")
        _, batch = visit.bodies
        rows = batch["instances"]
        assert len(rows) == asked
        assert all({**row, name: None} == {**example(model), name: None} for row in rows)
        assert [row[name] for row in rows].count(example(model)[name]) == 1
        marks = visit.page.locator("#what-if .point, #what-if rect")
        assert marks.count() == drawn
        assert visit.page.locator("#what-if .mark, #what-if rect.now").count() == 1
        answered = [100 * p1 for _, p1 in ask(server, model, batch).content["predictions"]]
        cells = visit.page.locator("#what-if td:last-child").all_text_contents()[1:]
        assert [float(cell.rstrip("%").strip()) for cell in cells] == pytest.approx(answered, abs=0.051)
        widths = [float(width) for width in marks.evaluate_all("all => all.map(bar => bar.getAttribute('width') ?? 0)")]
        assert widths == sorted(widths, reverse=True)


def test_the_varied_field_moves_along_its_curve(tab: Open, server: Running) -> None:
    """While only that field moves, the mark follows and the curve is not asked for again."""
    visit = tab(server).model("delay")
    visit.bodies.clear()
    visit.field("HORA-I").fill("6")
    expect(visit.page.locator("#varied")).to_contain_text("at 6.")
    assert visit.bodies == [{**example("delay"), "HORA-I": 6}]


@pytest.mark.parametrize("language", ["curl", "Python"])
@pytest.mark.parametrize(
    ("model", "changes", "threshold"),
    [
        ("delay", {"SIGLADES": "L'Aquila \"$HOME\" `id` \\n !! \u2708 ' %41"}, "0.9"),
        ("income", {"workclass": None, "native_country": None}, ""),
    ],
)
def test_the_call_elsewhere_gives_the_same_answer(
    tab: Open, server: Running, language: str, model: str, changes: dict[str, Any], threshold: str
) -> None:
    """The text runs as it stands, whatever the values, with the key from the environment and not from the page."""
    visit = tab(server).model(model)
    fill(visit, changes)
    if threshold:
        visit.field("Threshold, exact").fill(threshold)
    visit.page.get_by_role("button", name=language).click()
    expected = ask(server, model, {**example(model), **changes}, f"?threshold={threshold}" if threshold else "").content
    visit.shows(expected["prediction"][1])
    text = visit.page.locator("#code").inner_text()
    assert KEY not in text
    command = (
        ["bash", "-c", text.replace("curl ", "curl -sS ", 1)] if language == "curl" else [sys.executable, "-c", text]
    )
    environment = {"NEURALWORKS_KEY": KEY, "PATH": "/usr/bin:/bin", "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, encoding="utf-8")
    answer = json.loads(ran.stdout) if language == "curl" else eval(ran.stdout)  # noqa: S307 - printed by our own text
    assert answer == expected


def test_the_text_is_copied(tab: Open, server: Running) -> None:
    """With permission it is on the clipboard; without, it is selected and the page says so."""
    visit = tab(server, permissions=["clipboard-read", "clipboard-write"]).model("delay")
    visit.page.get_by_role("button", name="Copy").click()
    expect(visit.page.locator("#copied")).to_have_text("Copied.")
    assert visit.page.evaluate("navigator.clipboard.readText()") == visit.page.locator("#code").text_content()
    visit.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()) }")
    visit.page.get_by_role("button", name="Copy").click()
    expect(visit.page.locator("#copied")).to_contain_text("Selected")
    assert visit.page.evaluate("String(getSelection())") == visit.page.locator("#code").inner_text()


def test_the_latest_answer_wins(tab: Open, server: Running) -> None:
    """An answer that comes after a newer question is dropped, however late it comes."""
    visit = tab(server).model("delay")
    held: list[Any] = []
    visit.page.route("**/inference/**", lambda route: held.append(route), times=1)  # noqa: PLW0108 - Playwright marks its handlers
    visit.field("HORA-I").fill("3")
    while not held:
        visit.page.wait_for_timeout(SETTLE_MS / 8)
    visit.field("HORA-I").fill("4")
    answer = ask(server, "delay", {**example("delay"), "HORA-I": 4}).content["prediction"][1]
    visit.shows(answer)
    assert len(held) == 1
    held[0].continue_()
    visit.page.wait_for_timeout(SETTLE_MS)
    visit.shows(answer)


DRAG = """async () => {
  const slider = document.querySelectorAll("[type=range]")[2];
  for (let hour = 0; hour < 10; hour++) {
    slider.value = hour;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((resume) => setTimeout(resume, 10));
  }
}"""


def test_several_changes_at_once_are_one_question(tab: Open, server: Running) -> None:
    """The page waits for a pause: a slider that is dragged does not call for each step."""
    visit = tab(server).model("delay")
    visit.bodies.clear()
    visit.page.evaluate(DRAG)
    visit.shows(ask(server, "delay", {**example("delay"), "HORA-I": 9}).content["prediction"][1])
    assert visit.bodies == [{**example("delay"), "HORA-I": 9}]
