"""The exported requirements and poetry.lock say the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK: dict[str, Any] = tomllib.loads((ROOT / "poetry.lock").read_text())
EXTRAS = set(LOCK["extras"])
# File -> the extras and groups it holds, as `make lock` exports them.
EXPORTS = {
    "function": ({"http"}, set[str]()),
    "serve": ({"serve"}, {"build"}),
    "dev": (EXTRAS, set(PROJECT["dependency-groups"])),
}
Pins = dict[tuple[str, str], frozenset[str]]
Wanted = tuple[str, str]
"""A distribution's name, and one of its extras; "" is the distribution itself."""


def normal(name: str) -> str:
    """Return a distribution's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def exported(name: str) -> Pins:
    """Return name and version -> hashes of one requirements file."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text().replace("\\\n", " ")
    pins: dict[tuple[str, str], frozenset[str]] = {}
    for line in text.splitlines():
        pin = re.match(r"([A-Za-z0-9._-]+)==(\S+)", line)
        assert pin, f"{name}.txt: not a pinned requirement: {line}"
        pins[normal(pin[1]), pin[2]] = frozenset(re.findall(r"--hash=(\S+)", line))
    return pins


def locked() -> Pins:
    """Return name and version -> hashes of the lock file."""
    return {
        (normal(package["name"]), package["version"]): frozenset(file["hash"] for file in package["files"])
        for package in LOCK["package"]
    }


def roots(extras: set[str], groups: set[str]) -> set[Wanted]:
    """Return what pyproject.toml asks for in some extras and groups."""
    wanted = [requirement for extra in extras for requirement in PROJECT["project"]["optional-dependencies"][extra]]
    wanted += [requirement for group in groups for requirement in PROJECT["dependency-groups"][group]]
    return {part for requirement in wanted for part in asked(requirement)}


def asked(requirement: str) -> set[Wanted]:
    """Return a requirement's name, plain and with each of its extras."""
    name, listed = re.match(r"([A-Za-z0-9._-]+)(?:\[([^]]*)\])?", requirement).groups()  # type: ignore[union-attr]
    return {(normal(name), extra) for extra in ("", *(listed or "").split(","))}


def needed(package: dict[str, Any], extra: str) -> set[Wanted]:
    """Return what a locked package depends on, of itself ("") or by one of its extras."""
    found: set[Wanted] = set()
    for name, stated in package.get("dependencies", {}).items():
        for one in stated if isinstance(stated, list) else [stated]:
            entry = one if isinstance(one, dict) else {}
            if not entry.get("optional") or (extra and f'"{extra}"' in entry.get("markers", "")):
                found |= {(normal(name), part) for part in ("", *entry.get("extras", ()))}
    return found


def closure(wanted: set[Wanted]) -> set[str]:
    """Return the names of what is wanted, with all they depend on, by the lock file."""
    reached, todo = set[Wanted](), set(wanted)
    while todo:
        name, extra = todo.pop()
        reached.add((name, extra))
        packages = [package for package in LOCK["package"] if normal(package["name"]) == name]
        todo |= {part for package in packages for part in needed(package, extra)} - reached
    return {name for name, _ in reached}


@pytest.mark.parametrize("name", EXPORTS)
def test_requirements_hold_what_the_lock_pins(name: str) -> None:
    """Every pin of the lock that an export needs is in it, with the same hashes, and no other: else run `make lock`."""
    names = closure(roots(*EXPORTS[name]))
    assert exported(name) == {pin: hashes for pin, hashes in locked().items() if pin[0] in names}


@pytest.mark.parametrize("name", EXPORTS)
def test_every_requirement_has_hashes(name: str) -> None:
    """What an installer cannot verify it must refuse: it does only where hashes are given."""
    assert all(exported(name).values())


def test_the_function_itself_depends_on_nothing() -> None:
    """What every installation pays for is the standard library."""
    assert PROJECT["project"]["dependencies"] == []


@pytest.mark.parametrize("path", ["poetry.lock", *(f"requirements/{name}.txt" for name in EXPORTS)])
def test_no_file_names_a_host(path: str) -> None:
    """Where packages come from is the installer's choice: a mirror of one machine must not be locked."""
    # What a package says of itself is no place to fetch it from.
    lines = [line for line in (ROOT / path).read_text().splitlines() if not line.startswith("description = ")]
    assert [line for line in lines if "://" in line] == []
