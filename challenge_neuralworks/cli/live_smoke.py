"""The live smoke: what a stage's API answers over HTTP, with the key, without it, and to what it must refuse."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

import click

from challenge_neuralworks.deploy.release.refusing import SmokeFailed
from challenge_neuralworks.errors import ConfigurationError, InvalidInstances, NeuralworksError, UnknownRoute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from challenge_neuralworks.artifact.manifest import Manifest
    from challenge_neuralworks.client.calls import Caller, Reply

TOLERANCE = 1e-9


class Wrong(Exception):
    """An answer is not what it must be; says how."""


class Callers(NamedTuple):
    """Three clients of the same API."""

    keyed: Caller
    keyless: Caller
    wrong: Caller


def live_check(url: str, manifests: Sequence[Manifest], environ: Mapping[str, str]) -> Callable[[], None]:
    """Return what prints a line for each check of the API at a URL, and raises `SmokeFailed` where one fails.

    Raises
    ------
    ConfigurationError : NEURALWORKS_API_KEY is empty.
    BadAddress : the URL is no API's root.
    """
    from challenge_neuralworks.client.address import read_address
    from challenge_neuralworks.client.api import KEY_VARIABLE, read_key
    from challenge_neuralworks.client.calls import Caller, Trying

    key = read_key(environ)
    if key is None:
        raise ConfigurationError(KEY_VARIABLE, "", "a key of the stage's usage plan")
    address, trying = read_address(url), Trying(3, 30.0)
    keys = (key, None, f"wrong-{secrets.token_hex(16)}")

    def check() -> None:
        callers = Callers(*(Caller(address, one, trying) for one in keys))
        try:
            failed = sum(not _passes(name, check) for name, check in _checks(callers, manifests))
        finally:
            for caller in callers:
                caller.close()
        if failed:
            raise SmokeFailed(url, f"{failed} of its checks failed")

    return check


def _passes(name: str, check: Callable[[], None]) -> bool:
    try:
        check()
    except (Wrong, NeuralworksError) as error:
        click.echo(f"FAIL  {name}: {error}")
        return False
    click.echo(f"ok    {name}")
    return True


def _checks(callers: Callers, manifests: Sequence[Manifest]) -> Iterator[tuple[str, Callable[[], None]]]:
    yield "GET /health: every model is ready, in the version that is here", lambda: _health(callers.keyless, manifests)
    for manifest in manifests:
        yield from _checks_of(callers, manifest)
    yield "GET /no-such-route: 404 as a problem", lambda: _unknown(callers.keyed)


def _checks_of(callers: Callers, manifest: Manifest) -> Iterator[tuple[str, Callable[[], None]]]:
    path = _path(manifest)
    yield f"POST {path}: golden instances with the key", lambda: _golden(callers.keyed, manifest)
    yield f"POST {path}: a bad instance is 400", lambda: _bad(callers.keyed, manifest)
    yield f"POST {path}: no key is 403", lambda: _forbidden(callers.keyless, manifest)
    yield f"POST {path}: a wrong key is 403", lambda: _forbidden(callers.wrong, manifest)
    yield f"OPTIONS {path}: browsers may ask", lambda: _preflight(callers.keyless, manifest)


def _health(caller: Caller, manifests: Sequence[Manifest]) -> None:
    states = _json(_is(caller.call("GET", "/health"), 200)).get("models", {})
    served = {name: state.get("version") for name, state in states.items()}
    expected = {manifest.name: manifest.version for manifest in manifests}
    if served != expected:
        raise Wrong(f"serves {served}, here are {expected}")


def _golden(caller: Caller, manifest: Manifest) -> None:
    for at, golden in enumerate(manifest.golden):
        answer = _json(_is(_post(caller, manifest, golden.instance), 200))
        if answer.get("version") != manifest.version:
            raise Wrong(f"version {answer.get('version')} answers, not {manifest.version}")
        given = answer.get("prediction")
        prediction = given if isinstance(given, list) else [given]
        pairs = list(zip(golden.prediction, prediction, strict=False))
        near = all(isinstance(b, int | float) and abs(a - b) <= TOLERANCE * max(1.0, abs(a)) for a, b in pairs)
        if len(prediction) != len(golden.prediction) or not near:
            raise Wrong(f"instance {at}: {list(golden.prediction)} is promised, {prediction} comes")


def _bad(caller: Caller, manifest: Manifest) -> None:
    field = manifest.signature.names[0]
    reply = _post(caller, manifest, {**manifest.golden[0].instance, field: []})
    told = _json(_is(reply, 400))
    if told.get("code") != InvalidInstances.code or not told.get("errors"):
        raise Wrong(f"the problem names no fault of {field}: {json.dumps(told)[:200]}")


def _forbidden(caller: Caller, manifest: Manifest) -> None:
    _is(_post(caller, manifest), 403)


def _preflight(caller: Caller, manifest: Manifest) -> None:
    reply = caller.call("OPTIONS", _path(manifest))
    allowed = reply.headers.get("Access-Control-Allow-Methods", "")
    if reply.status not in (200, 204) or "POST" not in allowed:
        raise Wrong(f"status {reply.status}, Access-Control-Allow-Methods {allowed!r}")


def _unknown(caller: Caller) -> None:
    told = _json(_is(caller.call("GET", "/no-such-route"), 404))
    if told.get("code") != UnknownRoute.code:
        raise Wrong(f"code {told.get('code')!r}, not {UnknownRoute.code!r}")


def _post(caller: Caller, manifest: Manifest, instance: Mapping[str, Any] | None = None) -> Reply:
    body = manifest.golden[0].instance if instance is None else instance
    return caller.call("POST", _path(manifest), json.dumps(body).encode())


def _path(manifest: Manifest) -> str:
    return f"/inference/{quote(manifest.name)}"


def _is(reply: Reply, status: int) -> Reply:
    if reply.status != status:
        raise Wrong(f"status {reply.status}, not {status}")
    return reply


def _json(reply: Reply) -> dict[str, Any]:
    try:
        told = json.loads(reply.body)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Wrong(f"no JSON object: {reply.body[:100]!r}")
    return told
