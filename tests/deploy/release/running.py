"""The AWS of `cloud.py`, listening."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.deploy.release.asked import Asked, kind_of
from tests.deploy.release.cloud import Cloud
from tests.fronting import listening, moto


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Whole answers at once: small parts would wait for each other.
    wbufsize = -1
    disable_nagle_algorithm = True
    cloud: Cloud

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        headers = dict(self.headers.items())
        kind, function, name = kind_of(self.command, parts.path)
        asked = Asked(self.command, parts.path, query, headers, body, kind, function, name)
        self.cloud.asked.append(asked)
        self.cloud.before(asked)
        told = self.cloud.answer(asked)
        self.cloud.after(asked)
        self.send_response(told.status)
        for header, value in (*told.headers, ("Content-Length", str(len(told.body)))):
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(told.body)

    do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - the base class's names

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the header Date."""
        return super().date_time_string((timestamp or time.time()) + self.cloud.ahead_s)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@contextmanager
def cloud() -> Iterator[Cloud]:
    """Run it until the block ends."""
    # moto takes a digest as it was given only where it looks images up in its own registry.
    os.environ["MOTO_LAMBDA_STUB_ECR"] = "false"
    try:
        with moto() as address:
            made = Cloud(address)
            with listening(type("Handler", (_Handler,), {"cloud": made})) as made.url:
                try:
                    iam = made.client("iam")
                    made.role = iam.create_role(RoleName="function", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
                    made.client("ecr").create_repository(repositoryName="project")
                    yield made
                finally:
                    made.close()
    finally:
        os.environ.pop("MOTO_LAMBDA_STUB_ECR")
