"""/docs in a real browser: Swagger UI with no other host, and the plain reference where it cannot be had."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from challenge_neuralworks.serving import build
from challenge_neuralworks.serving.reference import root_of
from challenge_neuralworks.serving.swagger_ui import INTEGRITY, VERSION
from challenge_neuralworks.settings import Settings
from tests.gateway.echo import KEY, Running
from tests.making import ROOT, Context, rest_event
from tests.serving.conftest import Call
from tests.serving.playground.visiting import MISSING, Visit, browsing, chromium, gateway

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CDN = f"https://cdn.jsdelivr.net/npm/swagger-ui-dist@{VERSION}/"


def docs(path: str = "/docs", **settings: Any) -> Any:
    """Return the answer to GET of the page over the committed models."""
    handler = build(Settings(models_dir=str(ROOT / "models"), log_level="OFF", metrics=False, **settings))
    return handler(rest_event("GET", path), Context())


def sources(page: str) -> list[str]:
    """Return the addresses that a page loads, of style sheets and scripts."""
    return re.findall(r'(?:stylesheet" href|script src)="([^"]+)"', page)


def test_on_aws_the_files_come_from_the_pinned_cdn() -> None:
    """An exact version, its hashes, and a policy that admits nothing else."""
    answer = docs()
    assert sources(answer["body"]) == [CDN + "swagger-ui.css", CDN + "swagger-ui-bundle.js"]
    assert re.findall(r'integrity="([^"]+)" crossorigin="anonymous"', answer["body"]) == [
        INTEGRITY["swagger-ui.css"],
        INTEGRITY["swagger-ui-bundle.js"],
    ]
    policy = answer["headers"]["Content-Security-Policy"]
    assert re.findall(r"https?://[^ ;]+", policy) == [CDN, CDN]
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("assets", "path", "expected", "source"),
    [
        ("docs/assets", "/docs", "docs/assets/", "'self'"),
        ("docs/assets/", "/docs/", "../docs/assets/", "'self'"),
        ("/static", "/docs/", "/static/", "'self'"),
        ("https://cdn.example/ui", "/docs", "https://cdn.example/ui/", "https://cdn.example"),
    ],
)
def test_the_files_come_from_where_the_setting_says(assets: str, path: str, expected: str, source: str) -> None:
    """Relative to the API's root, wherever the page is, or absolute; the policy admits that place only."""
    answer = docs(path, docs_assets=assets)
    names = [f"{expected}{name}?{VERSION}" for name in ("swagger-ui.css", "swagger-ui-bundle.js")]
    assert sources(answer["body"]) == names
    assert f"script-src {source} 'sha256-" in answer["headers"]["Content-Security-Policy"]


@pytest.mark.parametrize(("path", "root"), [("/docs", ""), ("/docs/", "../"), ("/docs//", "../../")])
def test_addresses_are_relative_to_the_api(path: str, root: str) -> None:
    """With a stage in front and slashes behind, the document is found beside the page."""
    assert root_of(path) == root
    assert f'href="{root}openapi.json"' in docs(path)["body"]


def test_the_policy_has_the_hashes_of_what_is_inline() -> None:
    """Nothing inline runs but what the page came with."""
    answer = docs()
    inline = re.findall(r"<(?:script|style)>(.*?)</(?:script|style)>", answer["body"], flags=re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in inline]
    assert len(hashes) == 2
    assert re.findall(r"'sha256-([^']+)'", answer["headers"]["Content-Security-Policy"]) == hashes[::-1]


def test_the_plain_reference_stands_in_the_page(call: Call) -> None:
    """Every field of a model, what it takes, and a call, before any script ran."""
    page = call("GET", "/docs")["body"]
    for text in ("POST /inference/toy", "<code>colour</code>", "an integer from 0 to 9", "curl -X POST"):
        assert text in page


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """The local gateway as a process, over the committed models."""
    with gateway(NEURALWORKS_LOG_LEVEL="OFF") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser, or a skip that says how to get one."""
    path = chromium()
    if path is None:
        pytest.skip(MISSING)
    with browsing(path) as running:
        yield running


@pytest.fixture
def visit(browser: Browser, server: Running) -> Iterator[Visit]:
    """A fresh tab."""
    visit = Visit(browser.new_page(), server)
    yield visit
    visit.page.close()


def described(server: Running) -> dict[str, Any]:
    """Return the paths of the document that is served."""
    paths: dict[str, Any] = json.loads(server.ask("GET", "/openapi.json").body)["paths"]
    return paths


@pytest.mark.parametrize("path", ["/docs", "/docs/"])
def test_swagger_ui_shows_every_operation(server: Running, visit: Visit, path: str) -> None:
    """It renders with nothing to complain of, and asks no other host."""
    visit.open(path=path).page.wait_for_selector(".opblock")
    expected = sorted((method.upper(), path) for path, item in described(server).items() for method in item)
    methods = visit.page.locator(".opblock-summary-method").all_inner_texts()
    shown = visit.page.locator(".opblock-summary-path").evaluate_all("found => found.map(one => one.dataset.path)")
    assert sorted(zip(methods, shown, strict=True)) == expected
    assert (visit.logged, visit.hosts()) == ([], {f"127.0.0.1:{server.port}"})


def test_a_call_can_be_tried_with_the_key(server: Running, visit: Visit) -> None:
    """Authorize, execute: the example is answered with 200 and what the document promises."""
    page = visit.open(path="/docs").page
    page.click(".btn.authorize")
    page.fill(".auth-container input", KEY)
    page.click(".auth-btn-wrapper .authorize")
    page.click(".auth-btn-wrapper .btn-done")
    operation = page.locator("#operations-predictions-predict_delay")
    operation.click()
    operation.locator(".execute").click()
    live = operation.locator(".live-responses-table tbody .response")
    live.wait_for()
    assert live.locator(".response-col_status").inner_text().split()[0] == "200"
    answer = json.loads(live.locator(".response-col_description .microlight").first.inner_text())
    promised = described(server)["/inference/delay"]["post"]["responses"]["200"]["content"]["application/json"]
    assert answer == promised["examples"]["single"]["value"]
    assert (visit.logged, visit.hosts()) == ([], {f"127.0.0.1:{server.port}"})
    page.reload()
    page.wait_for_selector(".btn.authorize.unlocked")
    assert page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])") == '[{},{},""]'


def test_under_a_stage_everything_is_found(browser: Browser) -> None:
    """As on AWS without a domain of one's own: /dev/docs finds its files, the document, and where to call."""
    with gateway(NEURALWORKS_LOG_LEVEL="OFF", NEURALWORKS_STAGE="dev") as staged:
        visit = Visit(browser.new_page(), staged).open(path="/dev/docs")
        operation = visit.page.locator("#operations-service-ping")
        operation.click()
        operation.locator(".execute").click()
        operation.locator(".live-responses-table").wait_for()
        visit.page.close()
    base = f"http://127.0.0.1:{staged.port}/dev"
    names = [f"docs/assets/{name}?{VERSION}" for name in ("swagger-ui.css", "swagger-ui-bundle.js")]
    addresses = ["docs", *names, "openapi.json", "ping"]
    asked = [url for url in visit.asked if not url.startswith("data:")]
    assert asked == [f"{base}/{address}" for address in addresses]
    assert visit.logged == []


def test_without_the_files_the_plain_reference_is_there(visit: Visit) -> None:
    """Blocked, as on a network without the CDN, they leave the tables and the calls visible."""
    visit.page.route("**/assets/*", lambda route: route.abort())
    visit.open(path="/docs").page.wait_for_load_state("networkidle")
    assert visit.page.locator(".opblock").count() == 0
    assert visit.page.get_by_role("heading", name="POST /inference/income").is_visible()
    assert visit.page.get_by_role("cell", name="SIGLADES", exact=True).is_visible()
