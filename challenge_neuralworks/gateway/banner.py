"""What the gateway says once it listens: where, which models, which keys, and a call that works."""

from __future__ import annotations

import json
import shlex
from ipaddress import ip_address
from typing import TYPE_CHECKING

from challenge_neuralworks.errors import ModelUnavailable
from challenge_neuralworks.gateway.limits import ENVIRONMENTS
from challenge_neuralworks.gateway.start import DEFAULT_KEY, planned_keys
from challenge_neuralworks.settings import VARIABLES
from challenge_neuralworks.store import FolderStore
from challenge_neuralworks.store.folder import seals_of

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
    lines += _model_lines(models, down) or [f"  no models in {plan.settings.models_dir}"]
    lines += _option_lines(plan)
    lines.append(f"  x-api-key: {', '.join(_keys(plan))}")
    lines += _pages(url, plan)
    lines += _call(url, models, plan)
    return "\n".join(lines)


def model_lines(settings: Settings) -> list[str]:
    """Return a line for each model, loaded for it: its version, or why it is down."""
    return _model_lines(*_models(settings))


def base_url(plan: Plan) -> str:
    """Return the URL under which this machine reaches the server."""
    address = ip_address(plan.address)
    if address.is_unspecified:
        address = ip_address("127.0.0.1" if address.version == 4 else "::1")
    host = f"[{address}]" if address.version == 6 else str(address)
    stage = f"/{plan.options.stage}" if plan.options.stage else ""
    return f"http://{host}:{plan.settings.port}{stage}"


def _model_lines(models: list[Model], down: list[ModelUnavailable]) -> list[str]:
    lines = [f"  model {model.name} {model.version}" for model in models]
    return lines + [f"  model {error.name} is down: {error.cause}" for error in down]


def _option_lines(plan: Plan) -> Iterator[str]:
    options = plan.options
    if options.side_by_side:
        most = options.concurrency or ENVIRONMENTS
        yield f"  environments: {most:,} at most, cold start {options.cold_start_ms:,} ms"
    if options.service_ms:
        yield f"  each request takes {options.service_ms:g} ms at least"
    if options.invocations_per_s:
        yield f"  invocations: {options.invocations_per_s:,} a second at most"
    if options.new_per_10_s:
        yield f"  new environments: {options.new_per_10_s:,} in ten seconds at most"
    if plan.settings.store:
        store, alias, ttl_s = plan.settings.store, plan.settings.store_alias, plan.settings.store_ttl_s
        yield f"  follows {store}: the versions that alias {alias} names are served, asked for every {ttl_s:g} s"
    if plan.reload:
        yield "  reloads when code, models or usage plans change"


def _pages(url: str, plan: Plan) -> Iterator[str]:
    # A browser sends no key of its own accord, so that what is locked cannot be opened by a link.
    if plan.settings.pages == "open":
        yield f"Playground: {url}/{f'#key={DEFAULT_KEY}' if DEFAULT_KEY in plan.keys else ''}"
        yield f"API reference: {url}/docs"


def _models(settings: Settings) -> tuple[list[Model], list[ModelUnavailable]]:
    # Whoever serves them warns; the banner would say it twice.
    store = FolderStore(settings.models_dir, settings.trusted_digests, seals_of(settings, str))
    models: list[Model] = []
    down: list[ModelUnavailable] = []
    for name in store.names():
        try:
            models.append(store.get(name))
        except ModelUnavailable as error:
            down.append(error)
    return models, down


def _keys(plan: Plan) -> Iterator[str]:
    for key in plan.keys:
        yield _shown(key)
    if plan.options.usage_plans:
        yield f"{planned_keys(plan.options)} of {plan.options.usage_plans}"


def _shown(key: str) -> str:
    if key == DEFAULT_KEY:
        return f"{key} (for this machine only; set {VARIABLES['api_keys']} for others)"
    # Enough to tell keys apart, too little to use one.
    return f"{key[:2]}... ({len(key)} characters)" if len(key) >= 12 else "..."


def _call(url: str, models: list[Model], plan: Plan) -> Iterator[str]:
    for model in sorted(models, key=lambda model: model.name != SHOWN_FIRST)[:1]:
        instance = shlex.quote(json.dumps(model.signature.example(), ensure_ascii=False))
        header = f"{_key(plan)} -H 'content-type: application/json'"
        yield "Try:"
        yield f"  curl {url}/inference/{model.name} -H {header} -d {instance}"


def _key(plan: Plan) -> str:
    if DEFAULT_KEY in plan.keys:
        return f"'x-api-key: {DEFAULT_KEY}'"
    # A secret must not reach the log: the shell puts it in, out of its own environment.
    if plan.keys:
        return f'"x-api-key: ${{{VARIABLES["api_keys"]}%%,*}}"'
    # Of the usage plans' keys nobody here knows more than a digest.
    return '"x-api-key: ${API_KEY:?set it to a key of the usage plans}"'
