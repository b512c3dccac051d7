"""The page and what stands around it: keys, addresses, stages, failures, and models of other kinds."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.gateway.echo import KEY, Running
from tests.making import SERVED
from tests.serving.playground.toys import HOSTILE_INSTANCE, NAMES, ODD
from tests.serving.playground.visiting import SETTLE_MS, ask, example, gateway

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Route

    from tests.serving.playground.conftest import Open


def test_without_a_key_nothing_is_asked(tab: Open, server: Running) -> None:
    """The page says what it needs, and asks once it has it."""
    visit = tab(server).open("income")
    visit.says("Enter the API key")
    visit.page.wait_for_timeout(SETTLE_MS)
    assert visit.bodies == []
    expect(visit.page.get_by_role("heading", level=3)).to_have_text(["The same call"])
    visit.field("API key").fill(KEY)
    visit.field("API key").press("Enter")
    visit.shows(ask(server, "income", example("income")).content["prediction"][1])


def test_a_key_that_will_not_do(tab: Open, server: Running) -> None:
    """The remedy is named, for no key, a wrong one, and one that no header can carry."""
    visit = tab(server, (403,)).open("delay")
    refusals = {
        "": "Enter the API key.",
        "wrong": "The API key was not accepted.",
        "\u043a\u043b\u044e\u0447": "The API key holds a character that no key has.",
    }
    for key, said in refusals.items():
        visit.field("API key").fill(key)
        visit.page.get_by_role("button", name="Predict").click()
        visit.says(said)
    visit.field("API key").fill(KEY)
    visit.page.get_by_role("button", name="Predict").click()
    visit.shows(ask(server, "delay", example("delay")).content["prediction"][1])
    expect(visit.field("API key")).not_to_have_attribute("aria-invalid", "true")


def test_the_key_leaves_the_address_and_stays_in_the_tab(tab: Open, server: Running) -> None:
    """A link may bring the key; it is then in no address, no history entry and no other tab's storage."""
    visit = tab(server).open(f"key={KEY}%26&income")
    page = visit.page
    expect(visit.field("API key")).to_have_value(KEY + "&")
    visit.field("API key").fill(KEY)
    assert page.url == f"http://127.0.0.1:{server.port}/#income"
    page.reload()
    visit.shows(ask(server, "income", example("income")).content["prediction"][1])
    assert page.evaluate("[history.length, JSON.stringify(localStorage), document.cookie]") == [2, "{}", ""]
    assert visit.logged.pop(0).startswith("status of 403")


def test_the_address_remembers_the_model(tab: Open, server: Running) -> None:
    """Choosing a model is a step that the browser can take back; an unknown one is the first there is."""
    visit = tab(server).model("delay")
    visit.page.get_by_role("link", name="income").click()
    visit.shows(ask(server, "income", example("income")).content["prediction"][1])
    assert visit.page.url.endswith("/#income")
    assert visit.page.title() == "income \u00b7 Playground"
    assert visit.page.locator("#models [aria-current=true]").all_text_contents() == ["income"]
    visit.page.go_back()
    visit.shows(ask(server, "delay", example("delay")).content["prediction"][1])
    visit.open("%E0none")
    expect(visit.page.locator("#name")).to_contain_text(SERVED[0])


def test_under_a_stage(tab: Open) -> None:
    """Calls and links stay under the stage that the page was found under, with or without a slash at its end."""
    with gateway(NEURALWORKS_STAGE="dev") as staged:
        origin = f"http://127.0.0.1:{staged.port}"
        prediction = ask(staged, "delay", example("delay"), stage="/dev").content["prediction"][1]
        for path in ("/dev", "/dev/"):
            visit = tab(staged).open(f"delay&key={KEY}", path)
            visit.shows(prediction)
            visit.page.locator("#what-if svg").wait_for()
            called = {url for url in visit.asked if "inference" in url}
            assert called == {f"{origin}/dev/inference/delay", f"{origin}/dev/inference/delay?explain=true"}
            links = [link.evaluate("link => link.href") for link in visit.page.locator("#pages a").all()]
            assert links == [f"{origin}/dev/{name}" for name in ("docs", "openapi.json", "health")]
            assert f"'{origin}/dev/inference/delay'" in visit.page.locator("#code").inner_text()


FAILURES = (
    (429, "7", '{"message":"Limit Exceeded"}', "Too many requests. Try again in 7 s."),
    (503, "30", '{"detail":"model \'delay\' is down"}', "model 'delay' is down (503). Try again in 30 s."),
    (504, "", '{"message": "Endpoint request timed out"}', "Endpoint request timed out (504)."),
    (502, "", "<html>", "The service failed (502)."),
)


def answering(status: int, wait: str, body: str) -> Callable[[Route], None]:
    """Return what answers a request in the service's place."""

    def answer(route: Route) -> None:
        route.fulfill(status=status, headers={"retry-after": wait} if wait else {}, body=body)

    return answer


def test_what_may_stand_between(tab: Open, server: Running) -> None:
    """A gateway's words, and when to try again, are passed on; nothing of an older answer stays; trying again works."""
    visit = tab(server, tuple(status for status, *_ in FAILURES)).model("delay")
    predict = visit.page.get_by_role("button", name="Predict")
    # What our own gateway never sends, others in front of it do.
    for status, wait, body, said in FAILURES:
        visit.page.route("**/inference/**", answering(status, wait, body), times=1)
        predict.click()
        expect(visit.page.locator("#status")).to_have_text(said)
        expect(visit.page.locator("#number")).to_have_text("\u2013")
        predict.click()
        visit.shows(ask(server, "delay", example("delay")).content["prediction"][1])


def test_a_key_that_has_had_its_share(tab: Open, tmp_path: Path) -> None:
    """The gateway's own throttle: the page says what happened, and keeps the form."""
    digest = sha256(KEY.encode()).hexdigest()
    plans = tmp_path / "plans.toml"
    plans.write_text(f'[plans.small]\nrate = 0.01\nburst = 2\n[keys.one]\nplan = "small"\nsha256 = "{digest}"\n')
    with gateway(NEURALWORKS_USAGE_PLANS=str(plans), NEURALWORKS_API_KEYS="") as throttled:
        visit = tab(throttled, (429,)).model("delay")
        visit.field("HORA-I").fill("3")
        expect(visit.page.locator("#status")).to_have_text("Too many requests.")
        expect(visit.field("HORA-I")).to_have_value("3")


def test_no_network(tab: Open, server: Running) -> None:
    """The page says that nobody answers, and goes on once somebody does."""
    visit = tab(server).model("delay")
    visit.page.context.set_offline(True)
    visit.page.get_by_role("button", name="Predict").click()
    visit.says("The service cannot be reached")
    visit.page.context.set_offline(False)
    visit.page.get_by_role("button", name="Predict").click()
    visit.shows(ask(server, "delay", example("delay")).content["prediction"][1])
    assert visit.logged.pop() == "Failed to load resource: net::ERR_INTERNET_DISCONNECTED"


def test_hostile_names_are_text(tab: Open, toys: Running) -> None:
    """Whatever a category, a field or a class is called, it is shown and sent letter by letter, and runs nowhere."""
    visit = tab(toys, (400,)).model("hostile")
    assert tuple(visit.field("mark").locator("option").evaluate_all("all => all.map(one => one.textContent)")) == NAMES
    known = visit.page.locator("datalist option").evaluate_all("all => all.map(one => one.value)")
    assert tuple(known) == ("here", *NAMES)
    assert visit.page.locator("#about").text_content() == NAMES[0]
    for index, name in enumerate(NAMES):
        visit.field("mark").select_option(index=index)
        answer = ask(toys, "hostile", {**HOSTILE_INSTANCE, "mark": name}).content
        visit.shows(answer["prediction"][1])
        assert visit.page.locator("#label").text_content() == f"Label {answer['label']}"
    visit.page.get_by_label("Vary").select_option("mark")
    expect(visit.page.locator("#what-if rect")).to_have_count(len(NAMES))
    titles = visit.page.locator("#what-if title").evaluate_all("all => all.map(one => one.textContent)")
    assert {title.rpartition(": ")[0] for title in titles} == set(NAMES)
    visit.field(ODD).fill("10")
    (fault,) = ask(toys, "hostile", {**HOSTILE_INSTANCE, ODD: 10}).content["errors"]
    expect(visit.field(ODD)).to_have_accessible_description(f"</style></script> {fault['detail']}")
    assert visit.page.locator("img, script:not([id]), b, u").count() == 1
    assert visit.dialogs == []


def test_a_model_without_explanations(tab: Open, toys: Running) -> None:
    """It is predicted all the same, the page says what is missing, and does not ask again."""
    visit = tab(toys, (400,)).model("hostile")
    expect(visit.page.locator("#sum")).to_have_text("This model has no explanations.")
    visit.field("place").fill("elsewhere")
    visit.shows(ask(toys, "hostile", {**HOSTILE_INSTANCE, "place": "elsewhere"}).content["prediction"][1])
    assert sum(url.endswith("?explain=true") for url in visit.asked) == 1


def test_a_regression(tab: Open, toys: Running) -> None:
    """A number without label, classes or threshold; a field without bounds is varied around its value."""
    visit = tab(toys, (400,)).model("trend")
    visit.field("weight").fill("-4")
    answer = ask(toys, "trend", {**HOSTILE_INSTANCE, "weight": -4}).content
    visit.shows(answer["prediction"])
    visit.page.get_by_label("Vary").select_option("weight")
    expect(visit.page.locator("#varied")).to_contain_text("Prediction over weight")
    assert visit.page.locator("#what-if .point").count() == 60
    rows = [body["instances"] for body in visit.bodies if "instances" in body][-1]
    assert (rows[0]["weight"], rows[-1]["weight"]) == (-8, 0)
    expect(visit.page.locator("#decision")).to_be_hidden()
    assert visit.page.locator("#label").text_content() == ""


def test_no_model_is_ready(tab: Open, tmp_path: Path) -> None:
    """The page says so and where to look."""
    with gateway(tmp_path) as empty:
        visit = tab(empty).open()
        expect(visit.page.get_by_text("No model is ready")).to_be_visible()
        expect(visit.page.locator("main")).to_be_hidden()
