"""Swagger UI: which files, from where, and what a browser may do on the page that holds it.

Pinned to the files that Powertools for AWS Lambda carries, which are those of npm's swagger-ui-dist: one set of hashes
holds for the local gateway and for the CDN.
"""

from __future__ import annotations

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.inline import source_of

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = "5.31.0"

SCRIPT, SHEET = "swagger-ui-bundle.js", "swagger-ui.css"

INTEGRITY = {
    SCRIPT: "sha384-cxafBeQ+zYROeFafGFxtFbnp1ICqeS9mG7+f0WWSHzhnrUvwg9Za5CCw6wgrHA7K",
    SHEET: "sha384-KX9Rx9vM1AmUNAn07bPAiZhFD4C8jdNgG6f5MRNvR+EfAxs2PmMFtUUazui7ryZQ",
}
"""File -> what its bytes must hash to, wherever they come from."""

CDN = f"https://cdn.jsdelivr.net/npm/swagger-ui-dist@{VERSION}"

START = """
"use strict";
if (window.SwaggerUIBundle) {
  const element = document.getElementById("swagger-ui");
  SwaggerUIBundle({
    domNode: element,
    url: element.dataset.root + "openapi.json",
    deepLinking: true,
    tryItOutEnabled: true,
    persistAuthorization: false,
    validatorUrl: null,
  });
}
"""


def stylesheet(root: str, assets: str) -> str:
    """Return the link to the style sheet."""
    return f'<link rel="stylesheet" href="{_url(SHEET, root, assets)}" {_checked(SHEET)}>'


def scripts(root: str, assets: str) -> str:
    """Return Swagger UI's script, and the one that starts it."""
    return f'<script src="{_url(SCRIPT, root, assets)}" {_checked(SCRIPT)}></script><script>{START}</script>'


def policy(style: str, assets: str) -> str:
    """Return the Content-Security-Policy of a page with an inline style of its own."""
    return "; ".join(_directives(style, assets))


def _directives(style: str, assets: str) -> Iterator[str]:
    source = _source(assets)
    yield "default-src 'none'"
    yield f"script-src {source} {source_of(START)}"
    yield f"style-src {source} {source_of(style)}"
    # Its style sheet's icons are data URLs.
    yield "img-src data:"
    yield "connect-src 'self'"
    yield "base-uri 'none'"
    yield "form-action 'none'"
    yield "frame-ancestors 'none'"


def _url(name: str, root: str, assets: str) -> str:
    from html import escape

    if not assets:
        return f"{CDN}/{name}"
    # Browsers keep the file for good: the version makes another one another URL.
    base = assets if _is_absolute(assets) else root + assets
    return escape(f"{base.rstrip('/')}/{name}?{VERSION}")


def _is_absolute(assets: str) -> bool:
    return assets.startswith("/") or "://" in assets


def _source(assets: str) -> str:
    if not assets:
        return f"{CDN}/"
    if "://" not in assets:
        return "'self'"
    from urllib.parse import urlsplit

    parts = urlsplit(assets)
    return f"{parts.scheme}://{parts.netloc}"


def _checked(name: str) -> str:
    return f'integrity="{INTEGRITY[name]}" crossorigin="anonymous"'
