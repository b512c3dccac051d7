"""The page for everybody: keyboard, screen reader, phone, dark, still."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # It publishes no types.
from playwright.sync_api import expect

from tests.gateway.echo import KEY, Running
from tests.making import SERVED
from tests.serving.playground.visiting import MODELS, ask, example

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.serving.playground.conftest import Open

SERIOUS = ("serious", "critical")


FOCUS = """(() => {
  const node = document.activeElement;
  const name = node.labels?.[0]?.textContent || node.ariaLabel || node.textContent;
  return [name, node === document.body || getComputedStyle(node).outlineStyle !== "none"];
})()"""
"""Name of what has the focus, and whether that is seen."""


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """Return what axe-core finds that keeps somebody out."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found if one["impact"] in SERIOUS]


@pytest.mark.parametrize("model", MODELS)
def test_axe_finds_nothing_serious(tab: Open, server: Running, model: str) -> None:
    """Light and dark: with an answer, categories drawn and tables open, and with a fault on the page."""
    visit = tab(server, (400,), reduced_motion="reduce").model(model)
    visit.page.get_by_label("Vary").select_option(index=1)
    visit.page.locator("#what-if rect").first.wait_for()
    for summary in visit.page.locator("summary").all():
        summary.click()
    assert violations(visit.page) == []
    visit.page.emulate_media(color_scheme="dark")
    assert violations(visit.page) == []
    visit.field("HORA-I" if model == "delay" else "age").fill("99.5")
    visit.says("Cannot be used")
    assert violations(visit.page) == []
    visit.page.emulate_media(color_scheme="light")
    assert violations(visit.page) == []


def test_dark_is_dark(tab: Open, server: Running) -> None:
    """The colours follow the system, there and back."""
    page = tab(server).model("delay").page
    shade = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
    page.emulate_media(color_scheme="dark")
    assert max(page.evaluate(shade)) < 60
    page.emulate_media(color_scheme="light")
    assert min(page.evaluate(shade)) > 200


def test_nothing_moves_where_that_is_asked(tab: Open, server: Running) -> None:
    """Bars grow over a moment, or at once for those who want no motion."""
    page = tab(server).model("delay").page
    duration = "getComputedStyle(document.querySelector('.bar i')).transitionDuration"
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(duration) == "0.2s"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(duration) == "0s"


@pytest.mark.parametrize("model", MODELS)
def test_no_width_scrolls_sideways(tab: Open, server: Running, model: str) -> None:
    """A phone shows the page whole, charts of numbers and of categories included; they follow a change of width."""
    visit = tab(server, viewport={"width": 360, "height": 780}).model(model)
    wide = (
        "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1).length"
    )
    for index in (0, 1, -1):
        name = list(example(model))[index]
        visit.page.get_by_label("Vary").select_option(name)
        expect(visit.page.locator("#varied")).to_contain_text(f"over {name}, all")
        for width in (1440, 768, 320, 360):
            visit.page.set_viewport_size({"width": width, "height": 780})
            assert visit.page.evaluate("document.documentElement.scrollWidth") == width
            assert visit.page.evaluate(wide) == 0


def test_the_answer_stays_in_sight(tab: Open, server: Running) -> None:
    """On a phone the answer stands below the form's part that is seen, at its top and at its end."""
    visit = tab(server, viewport={"width": 360, "height": 780}).model("income")
    for field in ("age", "hours_per_week", "native_country"):
        visit.field(field).scroll_into_view_if_needed()
        expect(visit.page.locator("#number")).to_be_in_viewport()


def test_a_session_by_keyboard(tab: Open, server: Running) -> None:
    """Every control is reached in the order it is read, seen when it has the focus, and works without a pointer."""
    visit = tab(server).open("delay")
    page = visit.page
    names = []
    for _ in range(40 + len(SERVED)):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus[0] == "Copy":
            break
        names.append(focus[0])
        assert focus[1], f"{focus[0]} has the focus and does not show it"
        if focus[0] == "API key":
            page.keyboard.type(KEY)
            page.keyboard.press("Enter")
            page.locator("#what-if svg").wait_for()
        if focus[0] == "HORA-I, slider":
            page.keyboard.press("ArrowRight")
        if focus[0] == "DIANOM":
            page.keyboard.press("L")
    fields = ["OPERA", "TIPOVUELO", "SIGLADES", "DIA-I, slider", "DIA-I", "MES-I, slider", "MES-I", "HORA-I, slider"]
    assert names == [
        *SERVED,
        *("Reference", "OpenAPI", "Health", "API key"),
        *fields,
        *("HORA-I", "DIANOM", "Predict", "Reset to the example"),
        *("Threshold", "Threshold, exact", "Use 0.194", "As a table", "Vary", "As a table", "curl", "Python"),
    ]
    changed = {**example("delay"), "HORA-I": 19, "DIANOM": "Lunes"}
    visit.shows(ask(server, "delay", changed).content["prediction"][1])


def test_what_is_seen_is_said(tab: Open, server: Running) -> None:
    """The answer is announced politely, charts have words, and fields are a named group."""
    page = tab(server).model("delay").page
    status = page.locator("#answer")
    expect(status).to_have_role("status")
    said = " ".join(status.inner_text().split())
    assert said == "27.9 % probability of class 1 Label 1 At or above the threshold of 0.194.", said
    expect(page.get_by_role("group", name="Inputs")).to_be_visible()
    names = [chart.evaluate("node => node.ariaLabel ?? varied.textContent") for chart in page.get_by_role("img").all()]
    assert [name.partition(":")[0] for name in names] == [
        "Contributions by size",
        "Probability of class 1 over HORA-I, all else as it is",
    ]
