"""docker-compose.yml: the API follows the store of the service beside it, as docs/containers.md says."""

from __future__ import annotations

import json
import re
import shlex
import sys
import urllib.request
from typing import Any

import pytest

from challenge_neuralworks.artifact import read_manifest
from challenge_neuralworks.store.objects import open_objects
from challenge_neuralworks.store.versions import Versions
from tests.making import ROOT
from tests.project.commands import free_port, running
from tests.store.place import Place, until

yaml = pytest.importorskip("ruamel.yaml", reason="the extra 'train' is not installed")
DOCS = (ROOT / "docs" / "containers.md").read_text(encoding="utf-8")


def filled(environ: dict[str, str], **given: str) -> dict[str, str]:
    """Return an environment of Compose, with what .env gives and the file's own defaults."""
    return {
        name: re.sub(r"\$\{(\w+):[-?](.*)\}", lambda found: given.get(found[1], found[2]), value)
        for name, value in environ.items()
    }


@pytest.fixture
def api(s3: Place, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return the API's environment with the documented line in .env, its S3 being the one of these tests."""
    file: dict[str, Any] = yaml.YAML(typ="safe").load(ROOT / "docker-compose.yml")
    (line,) = re.findall(r"With `(NEURALWORKS_STORE)=(\S+)` in \.env", DOCS)
    environ = file["services"]["api"]["environment"]
    assert filled(environ)["NEURALWORKS_STORE"] == ""
    assert environ["AWS_ENDPOINT_URL_S3"] == "http://s3:5000"
    given = filled(environ, **dict([line]), NEURALWORKS_API_KEYS="a-key")
    return {**given, "AWS_ENDPOINT_URL_S3": s3.url}


def test_the_api_follows_the_service_beside_it(api: dict[str, str], s3: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs in the container, with the file's settings; the documented command has made the bucket before."""
    (command,) = re.findall(r"^docker compose exec s3 (python3 -c .*)$", DOCS, flags=re.MULTILINE)
    exec(shlex.split(command)[2].replace("http://127.0.0.1:5000", s3.url), {})  # noqa: S102 - the page's own command
    for name, value in api.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    objects = open_objects(api["NEURALWORKS_STORE"])
    versions = Versions(objects)
    version = read_manifest(str(ROOT / "models" / "delay")).version
    port = free_port()
    procfile = (ROOT / "Procfile").read_text(encoding="utf-8")
    _, *arguments = shlex.split(procfile.partition(": ")[2])
    with running([sys.executable, *arguments], port, **{**api, "PORT": str(port), "NEURALWORKS_STORE_TTL_S": "0.2"}):

        def followed() -> Any:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
                return json.load(answer)["models"]["delay"]["following"]["version"]

        assert followed() is None
        versions.move("delay", "production", versions.publish(str(ROOT / "models" / "delay")), None, "ana", "first")
        assert until(followed) == version
    objects.close()
