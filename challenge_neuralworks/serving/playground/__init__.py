"""The playground at ``/``: one page for people, made of the served models' signatures alone."""

from __future__ import annotations

import json
import os

from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.inline import source_of
from challenge_neuralworks.serving.openapi import ready_models
from challenge_neuralworks.signature import LARGEST

if TYPE_CHECKING:
    from typing import Any

    from challenge_neuralworks.model import Model
    from challenge_neuralworks.signature import Field
    from challenge_neuralworks.store import FolderStore

FOLDER = os.path.dirname(__file__)

SCRIPTS = ("elements", "form", "calls", "answer", "what-if", "charts", "elsewhere", "script")
PARTS = {"style": ("style.css",), "script": tuple(f"{name}.js" for name in SCRIPTS)}
"""Element of the page -> the files that fill it, in order."""


def page(store: FolderStore) -> str:
    """Return the page: markup, style, script and what is known of each ready model, in one document."""
    # A signature may hold any text: no "<" of it may end the element that it stands in.
    models = json.dumps([_describe(model) for model in ready_models(store)], separators=(",", ":"))
    html = _read("page.html")
    for element, names in PARTS.items():
        content = "".join(map(_read, names))
        html = html.replace(f"<{element}></{element}>", f"<{element}>\n{content}</{element}>")
    return html.replace("[]</script>", models.replace("<", "\\u003c") + "</script>")


def policy(html: str) -> str:
    """Return the Content-Security-Policy of a page: its own style and script, calls to its own origin, nothing else."""
    hashes = {f"{element}-src": source_of(_inside(html, element)) for element in PARTS}
    sources = {"default-src": "'none'", "connect-src": "'self'", "img-src": "data:", **hashes}
    sources |= dict.fromkeys(("base-uri", "form-action", "frame-ancestors"), "'none'")
    return "; ".join(f"{directive} {source}" for directive, source in sources.items())


def _describe(model: Model) -> dict[str, Any]:
    return {
        "name": model.name,
        "version": model.version,
        "description": model.artifact.manifest.description,
        "classes": model.classes,
        "threshold": model.threshold,
        "fields": [_describe_field(field) for field in model.signature.fields],
    }


def _describe_field(field: Field) -> dict[str, Any]:
    stated: dict[str, Any] = {"unit": field.unit, "categories": field.categories}
    stated |= {"unknown": field.unknown == "accept", "missing": field.missing == "accept"}
    described = {"name": field.name, "kind": field.kind, "description": field.description, "example": field.example}
    described |= {key: value for key, value in stated.items() if value}
    described |= {"min": field.minimum} if field.minimum > -LARGEST else {}
    described |= {"max": field.maximum} if field.maximum < LARGEST else {}
    return described


def _read(name: str) -> str:
    # Neither indentation nor comments travel.
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        lines = [line.strip() for line in file]
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))


def _inside(html: str, element: str) -> str:
    return html.partition(f"<{element}>")[2].partition(f"</{element}>")[0]
