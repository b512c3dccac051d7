"""A real browser on a real gateway: what tests of the page are made of."""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.gateway.echo import KEY, Running, serving
from tests.making import DOCUMENTED, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import ConsoleMessage, Dialog, Locator, Request

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MISSING = f"no browser: none of {', '.join(BROWSERS)} is on PATH; install Debian's package chromium"
MODELS = DOCUMENTED

SETTLE_MS = 400
"""More than the page's own pause after a change."""


def chromium() -> str | None:
    """Return the path of an installed browser, or None."""
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


@contextmanager
def browsing(path: str, **environment: str | float | bool) -> Iterator[Browser]:
    """Run a browser until the block ends."""
    with sync_playwright() as playwright:
        # The sandbox refuses root, which is what CI is.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"], env=environment or None)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def gateway(models: Path = ROOT / "models", **variables: str) -> Iterator[Running]:
    """Serve a folder of models until the block ends."""
    command = ["-m", "challenge_neuralworks.gateway"]
    with serving("", command, NEURALWORKS_MODELS_DIR=str(models), **variables) as running:
        yield running


class Visit:
    """One tab on the page, and all that it logged and asked for."""

    def __init__(self, page: Page, server: Running) -> None:
        self.page = page
        self.server = server
        self.asked: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self.logged: list[str] = []
        self.dialogs: list[str] = []
        page.on("request", self._ask)
        page.on("console", self._log)
        page.on("dialog", self._dismiss)
        page.on("pageerror", lambda error: self.logged.append(str(error)))

    def _ask(self, request: Request) -> None:
        self.asked.append(request.url)
        if request.post_data:
            self.bodies.append(json.loads(request.post_data))

    def _log(self, message: ConsoleMessage) -> None:
        # Each answer that is no success is logged by the browser itself, with its status.
        if message.type in ("error", "warning"):
            self.logged.append(message.text.removeprefix("Failed to load resource: the server responded with a "))

    def _dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def open(self, fragment: str = "", path: str = "/") -> Visit:
        """Go to the page and return this visit."""
        self.page.goto(f"http://127.0.0.1:{self.server.port}{path}#{fragment}")
        return self

    def model(self, name: str) -> Visit:
        """Go to a model's page with a key, wait for its first whole answer, and return this visit."""
        self.open(f"{name}&key={KEY}")
        self.page.locator("#what-if svg").wait_for()
        return self

    def field(self, name: str) -> Locator:
        """Return the control of a field, by its label."""
        return self.page.get_by_label(name, exact=True)

    def shows(self, prediction: float) -> None:
        """Wait until the page's number is this very one."""
        expect(self.page.locator("#number")).to_have_attribute("value", repr(prediction))

    def says(self, text: str) -> None:
        """Wait until the status holds a text."""
        expect(self.page.locator("#status")).to_contain_text(text)

    def hosts(self) -> set[str]:
        """Return every host and port that was asked."""
        return {urlsplit(url).netloc for url in self.asked if not url.startswith("data:")}


class Answer(NamedTuple):
    """What the API answers."""

    status: int
    content: Any


def ask(server: Running, model: str, body: Any, query: str = "", stage: str = "") -> Answer:
    """Send a body to a model, beside the page."""
    headers = {"x-api-key": KEY, "content-type": "application/json"}
    answer = server.ask("POST", f"{stage}/inference/{model}{query}", headers, json.dumps(body))
    return Answer(answer.status, json.loads(answer.body))


def example(model: str) -> dict[str, Any]:
    """Return the example of a committed model's fields."""
    return {field["name"]: field["example"] for field in signature(model)}


def signature(model: str) -> list[dict[str, Any]]:
    """Return the fields of a committed model, as its manifest states them."""
    manifest = json.loads((ROOT / "models" / model / "manifest.json").read_text(encoding="utf-8"))
    return list(manifest["signature"])
