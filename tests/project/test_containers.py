"""docker-compose.yml and Procfile: pinned, without secrets, for this machine only; and what they start, starts."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.making import ROOT
from tests.project.commands import free_port, running

yaml = pytest.importorskip("ruamel.yaml", reason="the extra 'train' is not installed")

COMPOSE: dict[str, Any] = yaml.YAML(typ="safe").load(ROOT / "docker-compose.yml")
TEXT = (ROOT / "docker-compose.yml").read_text()
SERVICES = COMPOSE["services"]
PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())


@pytest.fixture(scope="module")
def served() -> Iterator[int]:
    """Return the port of what the Procfile starts, as a host would start it."""
    port = free_port()
    name, *arguments = shlex.split(PROCFILE["web"])
    assert name == "python3"
    with running([sys.executable, *arguments], port, PORT=str(port), NEURALWORKS_API_KEYS="a-key"):
        yield port


def test_the_procfile_starts_the_api(served: int) -> None:
    """It listens where PORT says, as every host that reads a Procfile expects."""
    with urllib.request.urlopen(f"http://127.0.0.1:{served}/health", timeout=10) as answer:
        assert answer.status == 200


def test_the_image_serves_what_the_procfile_does() -> None:
    """One command, whether a host runs the image or the source."""
    script = (ROOT / "docker" / "entrypoint.sh").read_text()
    assert f"exec {PROCFILE['web']}\n" in script
    assert SERVICES["api"]["command"] == ["serve"]
    assert "1:serve)" in script


def test_the_health_check_tells_alive_from_dead(served: int) -> None:
    """It ends with 0 where the API answers, and with another status where nobody does."""
    program, *arguments = SERVICES["api"]["healthcheck"]["test"][1:]
    assert program == "python3"
    for port, healthy in ((served, True), (free_port(), False)):
        command = [sys.executable, *(one.replace(":8080/", f":{port}/") for one in arguments)]
        done = subprocess.run(command, capture_output=True, check=False)
        assert (done.returncode == 0) is healthy


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_healthy_or_not(name: str) -> None:
    """Each says how that is found out, with what its image holds: Python, but no curl."""
    assert SERVICES[name]["healthcheck"]["test"][:3] == ["CMD", "python3", "-c"]


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_this_machines_only(name: str) -> None:
    """Docker opens a port without an address to everybody, past the machine's own firewall."""
    assert SERVICES[name]["ports"]
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name]["ports"])


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_no_privileges(name: str) -> None:
    """None needs any."""
    assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", [name for name in SERVICES if "build" not in SERVICES[name]])
def test_images_of_others_have_a_version(name: str) -> None:
    """What is pulled tomorrow is what was pulled today."""
    assert re.search(r":v?\d+\.\d+\.\d+$", SERVICES[name]["image"])


def test_volumes_are_named_and_used() -> None:
    """What a service keeps outlives its container, and `docker volume ls` says whose it is."""
    used = {volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())}
    assert used == set(COMPOSE["volumes"])


def test_secrets_come_from_elsewhere() -> None:
    """What is called a key or the like is read from .env; what must stand there is in the example."""
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            assert value.startswith("${") or not re.search("KEY|SECRET|TOKEN|PASSWORD", name), name
    needed = set(re.findall(r"\$\{(\w+):\?", TEXT))
    example = dict(re.findall(r"^(\w+)=(.+)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert needed == set(example) == {"NEURALWORKS_API_KEYS"}
    assert ".env\n" in (ROOT / ".gitignore").read_text()
