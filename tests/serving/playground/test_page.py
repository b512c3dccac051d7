"""The page as it is served: whole, small, closed to everything that is not its own."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from challenge_neuralworks.serving import Application, build
from challenge_neuralworks.serving.playground import PARTS, page
from challenge_neuralworks.settings import Settings
from challenge_neuralworks.store import FolderStore
from tests.making import ROOT, Context, rest_event
from tests.serving.playground.toys import HOSTILE, NAMES, seal_toys

MOST_BYTES = 34 * 1024
"""Of markup, style and script."""

MOST_ADDED_BYTES = 300
"""Of a model, beside what its signature says as JSON."""


class Parts(HTMLParser):
    """Gathers elements, ids and the text of script and style elements, as a browser would read them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: dict[str, list[str]] = {"script": [], "style": []}
        self._open = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element; its text follows."""
        self.elements.append(tag)
        self.attributes += attrs
        self._open = tag
        if tag in self.texts:
            self.texts[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        """Note that nothing follows."""
        self._open = ""

    def handle_data(self, data: str) -> None:
        """Keep the text of scripts and styles."""
        if self._open in self.texts:
            self.texts[self._open][-1] += data


@pytest.fixture(scope="module")
def committed() -> Application:
    """Return the handler over the committed models."""
    return build(Settings(models_dir=str(ROOT / "models"), log_level="OFF", metrics=False))


def get(application: Application) -> dict[str, Any]:
    """Return the answer to GET /."""
    return application(rest_event("GET", "/"), Context())


def test_the_page_is_small_and_grows_by_signatures_alone(committed: Application) -> None:
    """Markup, style and script have a budget; whatever is served, a model adds little more than its fields."""
    body = get(committed)["body"]
    data, _ = Parts(body).texts["script"]
    assert len(body.encode()) - len(data.encode()) <= MOST_BYTES
    for described in json.loads(data):
        model = committed.store.get(described["name"])
        signature = json.dumps([model.signature.to_json(), model.classes, model.artifact.manifest.description])
        assert len(json.dumps(described)) <= len(signature) + MOST_ADDED_BYTES, described["name"]


def test_the_policy_names_what_is_served(committed: Application) -> None:
    """The hashes are those of the one style and the one script that a browser finds in the page."""
    answer = get(committed)
    parts = Parts(answer["body"])
    directives = dict(item.split(" ", 1) for item in answer["headers"]["Content-Security-Policy"].split("; "))
    data, script = parts.texts["script"]
    (style,) = parts.texts["style"]
    assert json.loads(data)
    assert directives == {
        "default-src": "'none'",
        "connect-src": "'self'",
        "img-src": "data:",
        "style-src": f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'",
        "script-src": f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }


def test_the_page_refers_to_nothing_elsewhere(committed: Application) -> None:
    """No element loads from another address, none carries a style or a script of its own."""
    attributes = Parts(get(committed)["body"]).attributes
    addresses = {value for name, value in attributes if name in ("href", "src", "action") and value}
    assert {address for address in addresses if not address.startswith("data:")} == {"docs", "openapi.json", "health"}
    assert [name for name, _ in attributes if name == "style" or name.startswith("on")] == []


def test_signatures_are_the_only_source(tmp_path: Path) -> None:
    """What the page knows of a model is its manifest's, and a hostile name changes no element of the page."""
    empty = Parts(page(FolderStore(str(tmp_path / "none"), ())))
    seal_toys(tmp_path)
    parts = Parts(page(FolderStore(str(tmp_path), ())))
    assert parts.elements == empty.elements
    hostile, trend = json.loads(parts.texts["script"][0])
    assert (hostile["name"], hostile["description"], hostile["classes"]) == ("hostile", NAMES[0], ["</script>", "<b>&"])
    assert (hostile["threshold"], trend["threshold"], trend["classes"]) == (0.5, None, [])
    assert [field["name"] for field in hostile["fields"]] == list(HOSTILE.names)
    assert hostile["fields"][1:4] == [
        {**FIELDS[1], "unit": "<u>", "min": 0, "max": 9},
        {**FIELDS[2], "categories": ["here", *NAMES], "unknown": True, "missing": True},
        FIELDS[3],
    ]


FIELDS = [
    {"name": field.name, "kind": field.kind, "description": field.description, "example": field.example}
    for field in HOSTILE.fields
]


def test_without_a_script_the_page_says_what_it_needs(committed: Application) -> None:
    """And leads to what works without."""
    (notice,) = re.findall("<noscript>(.*?)</noscript>", get(committed)["body"])
    assert "needs JavaScript" in notice
    assert re.findall('href="(.*?)"', notice) == ["docs", "openapi.json"]


def test_text_in_the_script_is_told_from_markup() -> None:
    """Nothing on the page is ever set as markup or evaluated."""
    scripts = [path.read_text(encoding="utf-8") for path in Path(page.__code__.co_filename).parent.glob("*.js")]
    assert len(scripts) == len(PARTS["script"])
    forbidden = r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function|javascript:"
    assert re.findall(forbidden, "".join(scripts)) == []
