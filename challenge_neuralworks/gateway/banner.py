"""What the gateway says once it listens: where, which models, which keys, and a call that works."""

from __future__ import annotations

import json
import shlex
from ipaddress import ip_address
from typing import TYPE_CHECKING

from challenge_neuralworks.errors import ModelUnavailable
from challenge_neuralworks.gateway.start import DEFAULT_KEY
from challenge_neuralworks.settings import VARIABLES
from challenge_neuralworks.store import FolderStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from challenge_neuralworks.gateway.start import Plan
    from challenge_neuralworks.model import Model
    from challenge_neuralworks.settings import Settings

SHOWN_FIRST = "delay"
"""The model whose call is shown where it is among those served."""


def banner(plan: Plan, server: str) -> str:
    """Return the lines, each model loaded and its state told."""
    url = base_url(plan)
    models, down = _models(plan.settings)
    lines = [f"Serving on {url} with {server}; Ctrl-C stops it."]
    lines += [f"  model {model.name} {model.version}" for model in models]
    lines += [f"  model {error.name} is down: {error.cause}" for error in down]
    if not models and not down:
        lines.append(f"  no models in {plan.settings.models_dir}")
    lines.append(f"  x-api-key: {', '.join(_shown(key) for key in plan.keys)}")
    lines += _call(url, models, plan.keys)
    return "\n".join(lines)


def base_url(plan: Plan) -> str:
    """Return the URL under which this machine reaches the server."""
    address = ip_address(plan.address)
    if address.is_unspecified:
        address = ip_address("127.0.0.1" if address.version == 4 else "::1")
    return f"http://{f'[{address}]' if address.version == 6 else address}:{plan.settings.port}"


def _models(settings: Settings) -> tuple[list[Model], list[ModelUnavailable]]:
    store = FolderStore(settings.models_dir, settings.trusted_digests)
    models: list[Model] = []
    down: list[ModelUnavailable] = []
    for name in store.names():
        try:
            models.append(store.get(name))
        except ModelUnavailable as error:
            down.append(error)
    return models, down


def _shown(key: str) -> str:
    if key == DEFAULT_KEY:
        return f"{key} (for this machine only; set {VARIABLES['api_keys']} for others)"
    # Enough to tell keys apart, too little to use one.
    return f"{key[:2]}... ({len(key)} characters)" if len(key) >= 12 else "..."


def _call(url: str, models: list[Model], keys: tuple[str, ...]) -> Iterator[str]:
    for model in sorted(models, key=lambda model: model.name != SHOWN_FIRST)[:1]:
        # A secret must not reach the log: the shell puts in the first key of its own environment.
        key = f"'x-api-key: {DEFAULT_KEY}'" if DEFAULT_KEY in keys else f'"x-api-key: ${{{VARIABLES["api_keys"]}%%,*}}"'
        instance = shlex.quote(json.dumps(model.signature.example(), ensure_ascii=False))
        yield "Try:"
        yield f"  curl {url}/inference/{model.name} -H {key} -H 'content-type: application/json' -d {instance}"
