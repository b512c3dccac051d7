"""The identifiers and the time that AWS gives each request."""

from __future__ import annotations

import os
from itertools import count
from time import gmtime, time
from typing import NamedTuple

# strftime would follow the locale; AWS's months are English.
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Stamp(NamedTuple):
    """What marks one request.

    request_id : API Gateway's, a UUID.
    extended_id : API Gateway's other one, sent as x-amz-apigw-id.
    invocation_id : Lambda's, which the function logs; on AWS too it differs from request_id.
    trace_id : X-Ray's root.
    time : of arrival, e.g. ``09/Apr/2015:12:34:56 +0000``.
    epoch_ms : the same, milliseconds since 1970.
    """

    request_id: str
    extended_id: str
    invocation_id: str
    trace_id: str
    time: str
    epoch_ms: int


class Stamper:
    """Marks requests: random per process, counted within it, so each is unique and costs next to nothing."""

    def __init__(self) -> None:
        seed = os.urandom(24).hex()
        self._request = _uuid_head(seed[:12])
        self._invocation = _uuid_head(seed[12:24])
        self._extended = seed[24:28]
        self._trace = seed[28:40]
        self._count = count(int(seed[40:], 16) % 2**31)
        # One tuple, replaced as a whole: threads never see half of it.
        self._second = (-1, "", "")

    def stamp(self) -> Stamp:
        """Return the marks of a request that arrives now."""
        now = time()
        second, text, root = self._second
        if int(now) != second:
            self._second = _, text, root = _second(int(now))
        number = f"{next(self._count):012x}"
        return Stamp(
            self._request + number,
            f"{self._extended}{number[1:]}=",
            self._invocation + number,
            f"{root}{self._trace}{number}",
            text,
            int(now * 1000),
        )


def _uuid_head(seed: str) -> str:
    # All of a UUID (RFC 9562, version 4 in shape) but its last twelve digits.
    return f"{seed[:8]}-{seed[8:12]}-4{seed[1:4]}-a{seed[4:7]}-"


def _second(second: int) -> tuple[int, str, str]:
    at = gmtime(second)
    clock = f"{at.tm_hour:02d}:{at.tm_min:02d}:{at.tm_sec:02d}"
    text = f"{at.tm_mday:02d}/{MONTHS[at.tm_mon - 1]}/{at.tm_year}:{clock} +0000"
    return second, text, f"Root=1-{second:08x}-"
