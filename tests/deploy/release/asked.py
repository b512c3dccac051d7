"""Requests to AWS and answers of it, and what AWS keeps of a function beside what moto does."""

from __future__ import annotations

import json
import re
import threading
from typing import Any, NamedTuple
from urllib.parse import unquote

PATH = re.compile(r"/[\d-]+/functions/(?P<function>[^/]+)(?P<rest>/.*)?")
WRITES = frozenset({"PUT code", "POST versions", "POST aliases", "PUT aliases"})


class Answer(NamedTuple):
    """An HTTP answer."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def json(self) -> dict[str, Any]:
        """Its document."""
        document: dict[str, Any] = json.loads(self.body)
        return document


class Asked(NamedTuple):
    """A request.

    kind : e.g. ``PUT aliases``, ``POST invocations``, ``GET function``, ``POST metrics``.
    """

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    kind: str = ""
    function: str = ""
    name: str = ""

    @property
    def json(self) -> dict[str, Any]:
        """Its document."""
        document: dict[str, Any] = json.loads(self.body)
        return document


class Rules:
    """What AWS keeps of one function and moto does not."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.aliases: dict[str, int] = {}
        self.revision = 0
        self.updating = 0
        self.pending: dict[str, int] = {}
        self.provisioned = False
        self.state = ""
        self.drift: dict[str, Any] = {}


def problem(status: int, code: str, message: str = "as AWS says") -> Answer:
    """Return an error of AWS."""
    return Answer(status, json.dumps({"Type": "User", "message": message}).encode(), (("x-amzn-ErrorType", code),))


def kind_of(method: str, path: str) -> tuple[str, str, str]:
    """Return a request's kind, the function that it is about, and the alias or the like that it names."""
    if path == "/":
        return "POST metrics", "", ""
    found = PATH.fullmatch(path)
    if found is None:
        return f"{method} {path}", "", ""
    what, _, name = (found["rest"] or "/function").strip("/").partition("/")
    return f"{method} {what}", unquote(found["function"]), unquote(name)
