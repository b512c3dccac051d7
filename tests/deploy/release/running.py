"""The AWS of `cloud.py`, listening."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from moto.server import ThreadedMotoServer

from tests.deploy.release.asked import Asked, kind_of
from tests.deploy.release.cloud import Cloud


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


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of callers that were killed; all else is a defect here."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def cloud() -> Iterator[Cloud]:
    """Run it until the block ends."""
    log = logging.getLogger("werkzeug")
    level = log.level
    log.setLevel(logging.ERROR)
    # moto takes a digest as it was given only where it looks images up in its own registry.
    os.environ["MOTO_LAMBDA_STUB_ECR"] = "false"
    moto = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    moto.start()
    made = Cloud(moto.get_host_and_port())
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"cloud": made}))
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        made.role = made.client("iam").create_role(RoleName="function", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        made.client("ecr").create_repository(repositoryName="project")
        yield made
    finally:
        made.close()
        server.shutdown()
        server.server_close()
        thread.join()
        moto.stop()
        os.environ.pop("MOTO_LAMBDA_STUB_ECR")
        log.setLevel(level)
