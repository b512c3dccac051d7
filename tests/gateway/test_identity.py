"""Identifiers and time of a request."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

from challenge_neuralworks.gateway import identity
from challenge_neuralworks.gateway.identity import Stamper

if TYPE_CHECKING:
    import pytest


def test_stamp_is_written_as_on_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Identifiers have the shape of AWS's, and the time is UTC with English months."""
    monkeypatch.setattr(identity, "time", lambda: 1583349317.135)
    stamp = Stamper().stamp()
    assert uuid.UUID(stamp.request_id).version == 4
    assert uuid.UUID(stamp.invocation_id).version == 4
    assert stamp.request_id != stamp.invocation_id
    assert re.fullmatch(r"[A-Za-z0-9_-]{15}=", stamp.extended_id)
    assert re.fullmatch(r"Root=1-5e5ffe45-[0-9a-f]{24}", stamp.trace_id)
    assert (stamp.time, stamp.epoch_ms) == ("04/Mar/2020:19:15:17 +0000", 1583349317135)


def test_time_moves_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The text of a second is kept for that second only."""
    clock = iter([0.0, 0.999, 1.0, 86399.5, 86400.0])
    monkeypatch.setattr(identity, "time", lambda: next(clock))
    stamper = Stamper()
    assert [(stamp.time[:20], stamp.epoch_ms) for stamp in (stamper.stamp() for _ in range(5))] == [
        ("01/Jan/1970:00:00:00", 0),
        ("01/Jan/1970:00:00:00", 999),
        ("01/Jan/1970:00:00:01", 1000),
        ("01/Jan/1970:23:59:59", 86399500),
        ("02/Jan/1970:00:00:00", 86400000),
    ]


def test_no_identifier_is_given_twice() -> None:
    """Requests of one process and of two differ in every identifier."""
    stampers = [Stamper(), Stamper()]
    stamps = [stamper.stamp() for _ in range(5000) for stamper in stampers]
    for field in ("request_id", "extended_id", "invocation_id", "trace_id"):
        assert len({getattr(stamp, field) for stamp in stamps}) == 10_000
