"""Two plain pages for people: where to go from here, and the reference of what is served."""

from __future__ import annotations

import json
from html import escape

from challenge_neuralworks.inexact import expected
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.openapi import ready_models

if TYPE_CHECKING:
    from challenge_neuralworks.model import Model
    from challenge_neuralworks.store import FolderStore

STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}
td,th{border-bottom:1px solid #8885;padding:.4rem;text-align:left;vertical-align:top}
pre{background:#8882;padding:1rem;overflow:auto}
"""


def home(store: FolderStore) -> str:
    """Return the page at ``/``: the models there are, and links."""
    models = "".join(
        f"<li><b>{escape(model.name)}</b> {escape(model.version)}: {escape(model.artifact.manifest.description)}</li>"
        for model in ready_models(store)
    )
    links = "".join(f'<li><a href="{path}">/{path}</a>: {what}</li>' for path, what in _LINKS)
    return _page("Models", f"<ul>{models or '<li>no model is ready: see health</li>'}</ul><ul>{links}</ul>")


def docs(store: FolderStore) -> str:
    """Return the page at ``/docs``: each model's fields and a call that works."""
    return _page("Reference", "".join(_model(model) for model in ready_models(store)) or "<p>No model is ready.</p>")


_LINKS = (
    ("docs", "every field of every model"),
    ("openapi.json", "the same for programs (OpenAPI 3.1)"),
    ("health", "whether each model can answer"),
)


def _model(model: Model) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(field.name)}</code></td><td>{escape(field.description)}</td>"
        f"<td>{escape(expected(field).removeprefix('expected '))}</td><td>{escape(str(field.example))}</td></tr>"
        for field in model.signature.fields
    )
    # An apostrophe in an example must not end the shell's quotes.
    body = json.dumps(model.signature.example(), ensure_ascii=False).replace("'", "'\\''")
    call = (
        f'curl -X POST "$URL/inference/{model.name}" -H "x-api-key: $KEY" \\\n'
        f"  -H 'content-type: application/json' -d '{body}'"
    )
    return (
        f'<h2 id="{escape(model.name)}">POST /inference/{escape(model.name)}</h2>'
        f"<p>{escape(model.artifact.manifest.description)} Version <code>{escape(model.version)}</code>; "
        f"{escape(_outputs(model))}.</p>"
        f"<table><tr><th>Field</th><th>What</th><th>Takes</th><th>Example</th></tr>{rows}</table>"
        f"<pre>{escape(call)}</pre>"
    )


def _outputs(model: Model) -> str:
    if not model.classes:
        return "predicts a number"
    threshold = "" if model.threshold is None else f", threshold {model.threshold:g}"
    return f"classes {json.dumps(model.classes)}{threshold}"


def _page(title: str, content: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}: challenge_neuralworks</title><style>{STYLE}</style></head>"
        f"<body><h1>{title}</h1>{content}</body></html>"
    )
