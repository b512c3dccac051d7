"""One JSON line a request, under the names of API Gateway's ``$context``.

Source: AWS, "Variables for access logging for API Gateway".
"""

from __future__ import annotations

import json
import os
import sys
from time import perf_counter_ns
from typing import TYPE_CHECKING

from challenge_neuralworks.errors import ConfigurationError
from challenge_neuralworks.gateway.event import GREEDY, STAGE
from challenge_neuralworks.gateway.options import VARIABLES

if TYPE_CHECKING:
    from challenge_neuralworks.gateway.access import ApiKey
    from challenge_neuralworks.gateway.identity import Stamp
    from challenge_neuralworks.gateway.messages import HttpRequest, HttpResponse

NS_PER_MS = 1_000_000


class AccessLog:
    """Writes each line at once and in one piece: none is lost or torn, however the process ends or many there are.

    Parameters
    ----------
    path : file to append to; ``-`` is standard output.
    stage : the one in front of every path; "" is none.

    Raises
    ------
    ConfigurationError : the file cannot be opened.
    """

    def __init__(self, path: str, stage: str) -> None:
        self._file = open_log(path)
        self._stage = stage or STAGE
        self._roots = {f"/{stage}", f"/{stage}/"} if stage else {"/"}

    def write(
        self,
        request: HttpRequest,
        stamp: Stamp,
        response: HttpResponse,
        times_ns: tuple[int, int],
        key: ApiKey | None,
        error: str | None,
    ) -> None:
        """Write the line of a request that is about to be answered.

        Parameters
        ----------
        times_ns : when the request arrived and when the function was called, of `perf_counter_ns`; 0 where it was not.
        error : message of API Gateway's own, where it answers itself.
        """
        now_ns = perf_counter_ns()
        arrived_ns, invoked_ns = times_ns
        line = {
            "requestId": stamp.request_id,
            "extendedRequestId": stamp.extended_id,
            "ip": request.source_ip,
            "requestTime": stamp.time,
            "httpMethod": request.method,
            "resourcePath": "/" if request.path in self._roots else GREEDY,
            "path": request.path,
            "stage": self._stage,
            "protocol": request.protocol,
            "status": response.status,
            "responseLength": len(response.body),
            "integrationLatency": (now_ns - invoked_ns) / NS_PER_MS if invoked_ns else None,
            "responseLatency": (now_ns - arrived_ns) / NS_PER_MS,
            "apiKeyId": key.id if key else None,
            "errorMessage": error,
        }
        self._append(json.dumps(line, separators=(",", ":")).encode() + b"\n")

    def _append(self, line: bytes) -> None:
        # A pipe may take less than the whole; a file takes it all.
        while line:
            line = line[os.write(self._file, line) :]


def check_log(path: str) -> None:
    """Raise as `AccessLog`, if it would."""
    if path != "-":
        os.close(open_log(path))


def open_log(path: str) -> int:
    """Return the descriptor of an access log; raises as `AccessLog`."""
    if path == "-":
        return sys.stdout.fileno()
    try:
        return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError as error:
        expected = f"a file that can be written, or - for standard output ({error.strerror})"
        raise ConfigurationError(VARIABLES["access_log"], path, expected) from error
