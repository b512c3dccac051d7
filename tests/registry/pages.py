"""MLflow's own pages in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

PATIENCE_MS = 60_000


class Pages:
    """One tab on MLflow's pages.

    Attributes
    ----------
    hosts : every host and port that was asked.
    """

    def __init__(self, browser: Browser, uri: str, width: int = 1280, height: int = 800) -> None:
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.uri = uri
        self.hosts: set[str] = set()
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))

    def open(self, path: str, *texts: str) -> Locator:
        """Go to a page, wait until it shows texts, and return what it shows."""
        self.page.goto(f"{self.uri}/#{path}")
        shown = self.page.locator("body")
        for text in texts:
            expect(shown).to_contain_text(text, timeout=PATIENCE_MS)
        return shown

    def close(self) -> None:
        """Close the tab."""
        self.page.context.close()
