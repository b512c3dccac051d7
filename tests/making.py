"""Small artifacts and events that tests are made of."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from challenge_neuralworks.artifact import Golden, Manifest
from challenge_neuralworks.artifact.writing import Draft, write
from challenge_neuralworks.scorers.additive import AdditiveScorer
from challenge_neuralworks.signature import Field, Signature

EVENTS = Path(__file__).parent / "events"
ROOT = Path(__file__).parents[1]

SERVED = tuple(sorted(path.parent.name for path in (ROOT / "models").glob("*/manifest.json")))
"""Every committed model; ``delay`` and ``income``, which the docs speak of, are always among them."""

LISTED = ", ".join(SERVED)
"""As messages list them."""

DOCUMENTED = ("delay", "income")

TOY = Signature(
    (
        Field("colour", "category", "What it looks like.", "red", categories=("red", "dark green", "Málaga")),
        Field("place", "category", "Where it is.", "here", categories=("here", "there"), unknown="accept"),
        Field("age", "integer", "How old it is.", 3, "year", 0, 9),
        Field("weight", "number", "How heavy it is.", 1.5, "kg", -10.0, 10.0),
    )
)
INSTANCE: dict[str, Any] = {"colour": "red", "place": "here", "age": 3, "weight": 1.5}
TOY_SCORER = AdditiveScorer(
    -0.5,
    (
        ("colour", {"red": 0.25, "dark green": -1.0, "Málaga": 2.0}, 0.0),
        ("place", {"here": 0.125, "there": -0.5}, 0.75),
        ("age", {age: age / 8 for age in range(10)}, 0.0),
    ),
    (("weight", 0.5, 1.0, 2.0),),
)


def draft(name: str = "toy", **changes: Any) -> Draft:
    """Return what the toy model's artifact is sealed with."""
    golden = (Golden(dict(INSTANCE), TOY_SCORER.predict(INSTANCE)),)
    return Draft(name, "A toy.", TOY, ("no", "yes"), 0.5, {"packages": {}}, {"auc": 0.75}, golden)._replace(**changes)


def seal(models_dir: Path, name: str = "toy", scorer: Any = TOY_SCORER, **changes: Any) -> Manifest:
    """Write a toy artifact under ``models_dir/name`` and return its manifest."""
    return write(str(models_dir / name), scorer, draft(name, **changes))


def edit_manifest(folder: Path, **changes: Any) -> None:
    """Replace entries of a manifest file; ``pickle__sha256=...`` reaches into an object."""
    path = folder / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    for key, value in changes.items():
        place, _, inner = key.partition("__")
        if inner:
            content[place][inner] = value
        else:
            content[place] = value
    path.write_text(json.dumps(content), encoding="utf-8")


def event(name: str) -> dict[str, Any]:
    """Return a fresh copy of a whole event from ``tests/events``."""
    content: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return content


def rest_event(method: str, path: str, body: Any = None, **changes: Any) -> dict[str, Any]:
    """Return a REST API event; a body that is no text is sent as JSON."""
    text = body if body is None or isinstance(body, str) else json.dumps(body)
    return {**event("rest_v1"), "httpMethod": method, "path": path, "body": text, **changes}


def drawn(signature: Signature, draw: random.Random) -> dict[str, Any]:
    """Return a random instance: every category, every bound, nulls and unknowns where they are accepted."""
    instance: dict[str, Any] = {}
    for field in signature.fields:
        if field.missing == "accept" and draw.random() < 0.2:
            instance[field.name] = None
        elif field.kind == "category":
            unknown = field.unknown == "accept" and draw.random() < 0.2
            instance[field.name] = "nowhere at all" if unknown else draw.choice(field.categories)
        else:
            instance[field.name] = draw.randint(int(field.minimum), int(field.maximum))
    return instance


class Context:
    """Stands for Lambda's context object."""

    aws_request_id = "8f5ab1f0-6c4e-4b7e-9d3b-0a1b2c3d4e5f"
