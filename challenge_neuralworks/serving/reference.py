"""The page at /docs: Swagger UI, and below it a plain reference for where its files cannot be had."""

from __future__ import annotations

import json
from html import escape

from challenge_neuralworks.inexact import expected
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving import swagger_ui
from challenge_neuralworks.serving.openapi import ready_models

if TYPE_CHECKING:
    from challenge_neuralworks.model import Model
    from challenge_neuralworks.store import FolderStore

STYLE = """
:root{color-scheme:light dark}
body{margin:0}
main{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}
td,th{border-bottom:1px solid #8885;padding:.4rem;text-align:left;vertical-align:top}
pre{background:#8882;padding:1rem;overflow:auto}
"""


def reference(store: FolderStore, root: str = "", assets: str = "") -> str:
    """Return the page.

    Parameters
    ----------
    root : what leads from the page's own URL to the API's, e.g. ``../``; see `root_of`.
    assets : see `Settings.docs_assets`.
    """
    models = ready_models(store)
    plain = "".join(map(_model, models)) or "<p>No model is ready.</p>"
    links = f'<p>For programs: <a href="{root}openapi.json">openapi.json</a></p>'
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f'<title>Reference: challenge_neuralworks</title><link rel="icon" href="data:,"><style>{STYLE}</style>'
        f"{swagger_ui.stylesheet(root, assets)}</head>"
        # Swagger UI takes the place of what the element holds, once it is there.
        f'<body><div id="swagger-ui" data-root="{root}"><main><h1>Reference</h1>{links}{plain}</main></div>'
        f"{swagger_ui.scripts(root, assets)}</body></html>"
    )


def root_of(path: str) -> str:
    """Return what leads from a path to the folder it is in: each slash at its end is one folder more."""
    return "../" * (len(path) - len(path.rstrip("/")))


def policy(assets: str = "") -> str:
    """Return the Content-Security-Policy of the page."""
    return swagger_ui.policy(STYLE, assets)


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
