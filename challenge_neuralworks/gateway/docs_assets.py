"""The files of Swagger UI out of an installed package, so that /docs needs no internet."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha384
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from challenge_neuralworks.gateway.messages import HttpResponse
from challenge_neuralworks.serving.swagger_ui import INTEGRITY, SCRIPT, SHEET

__all__ = ("ASSETS", "FOLDER", "SCRIPT", "SHEET", "asset", "available")

FOLDER = "docs/assets"
"""Where they are, from the API's root."""

PACKAGE = "aws_lambda_powertools"


class Asset(NamedTuple):
    """One file.

    packaged : its path in the package.
    media_type : Content-Type.
    """

    packaged: str
    media_type: str


ASSETS = {
    SCRIPT: Asset("event_handler/openapi/swagger_ui/swagger-ui-bundle.min.js", "text/javascript; charset=utf-8"),
    SHEET: Asset("event_handler/openapi/swagger_ui/swagger-ui.min.css", "text/css; charset=utf-8"),
}


def available() -> bool:
    """Return whether every file is there, and is the one that the page asks for."""
    return all(read(name) is not None for name in ASSETS)


def asset(path: str) -> HttpResponse | None:
    """Return the answer to GET of a path; None where it is no file of Swagger UI, or that is not installed."""
    folder, _, name = path.strip("/").rpartition("/")
    content = read(name) if folder == FOLDER and name in ASSETS else None
    if content is None:
        return None
    headers = [
        ("Content-Type", ASSETS[name].media_type),
        # The page's URL of it holds the version.
        ("Cache-Control", "public, max-age=31536000, immutable"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    return HttpResponse(200, headers, content)


@cache
def read(name: str) -> bytes | None:
    """Return a file's bytes; None where they are absent, or others than those that a browser would accept."""
    # Found, not imported: nothing of it runs here.
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / ASSETS[name].packaged
    content = path.read_bytes() if path.is_file() else b""
    return content if integrity(content) == INTEGRITY[name] else None


def integrity(content: bytes) -> str:
    """Return the hash of a file as HTML's ``integrity`` states it."""
    return f"sha384-{b64encode(sha384(content).digest()).decode()}"
