"""One line a request."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

import pytest

from challenge_neuralworks.errors import ConfigurationError
from challenge_neuralworks.gateway.access import ApiKey
from challenge_neuralworks.gateway.accesslog import AccessLog
from challenge_neuralworks.gateway.core import Admitted, Gateway
from challenge_neuralworks.gateway.messages import HttpRequest, HttpResponse
from challenge_neuralworks.gateway.options import Options
from challenge_neuralworks.gateway.refusals import TIMED_OUT
from tests.gateway.echo import KEY, echo
from tests.making import ROOT

if TYPE_CHECKING:
    from pathlib import Path

REQUEST = HttpRequest("POST", "/dev/models", "token=secret", [("x-api-key", KEY)], b"{}", "192.0.2.1")


def gateway(path: Path, stage: str = "dev") -> Gateway:
    """Return a gateway that logs to a file."""
    return Gateway(echo, [KEY], options=Options(access_log=str(path), stage=stage))


def lines(path: Path) -> list[dict[str, Any]]:
    """Return what the log holds."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_line_of_an_answer(tmp_path: Path) -> None:
    """Every name, with the values that the event and the response had; neither key nor query."""
    response = gateway(tmp_path / "log").answer(REQUEST)
    context = json.loads(response.body)["requestContext"]
    (line,) = lines(tmp_path / "log")
    integration_ms, response_ms = line.pop("integrationLatency"), line.pop("responseLatency")
    assert 0 < integration_ms < response_ms < 10_000
    assert line == {
        "requestId": context["requestId"],
        "extendedRequestId": context["extendedRequestId"],
        "ip": "192.0.2.1",
        "requestTime": context["requestTime"],
        "httpMethod": "POST",
        "resourcePath": "/{proxy+}",
        "path": "/dev/models",
        "stage": "dev",
        "protocol": "HTTP/1.1",
        "status": 200,
        "responseLength": len(response.body),
        "apiKeyId": ApiKey.of(KEY).id,
        "errorMessage": None,
    }
    assert KEY not in (tmp_path / "log").read_text(encoding="utf-8")


def test_line_of_the_docs_has_the_same_entries(tmp_path: Path) -> None:
    """docs/local-gateway.md shows every name, in order, with a value of its type."""
    gateway(tmp_path / "log").answer(REQUEST)
    page = (ROOT / "docs" / "local-gateway.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```json\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (line,) = lines(tmp_path / "log")
    types = [[(name, type(value)) for name, value in each.items()] for each in (json.loads(shown), line)]
    assert types[0] == types[1]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"headers": []}, (403, "Forbidden", None, "/{proxy+}")),
        ({"path": "/prd/models"}, (403, "Forbidden", None, "/{proxy+}")),
        ({"body": b"a" * (7 * 2**20)}, (413, "Request Too Long", ApiKey.of(KEY).id, "/{proxy+}")),
        ({"method": "GET", "path": "/dev", "headers": []}, (200, None, None, "/")),
        ({"method": "GET", "path": "/dev/docs", "headers": []}, (200, None, None, "/{proxy+}")),
    ],
)
def test_lines_of_others(tmp_path: Path, changes: dict[str, Any], expected: tuple[object, ...]) -> None:
    """Status, the gateway's own message, the checked key's identifier and the resource, whoever answered."""
    gateway(tmp_path / "log").answer(REQUEST._replace(**changes))
    (line,) = lines(tmp_path / "log")
    assert (line["status"], line["errorMessage"], line["apiKeyId"], line["resourcePath"]) == expected
    assert (line["integrationLatency"] is None) == (line["errorMessage"] is not None)


def test_line_of_a_request_that_took_too_long(tmp_path: Path) -> None:
    """The function was called, and the gateway gave up: both are told."""
    logging = gateway(tmp_path / "log")
    admitted = logging.admit(REQUEST)
    assert isinstance(admitted, Admitted)
    assert logging.finish(admitted, TIMED_OUT).status == 504
    (line,) = lines(tmp_path / "log")
    assert (line["status"], line["errorMessage"]) == (504, "Endpoint request timed out")
    assert line["integrationLatency"] > 0


def test_head_has_no_length(tmp_path: Path) -> None:
    """What was sent is counted, not what GET would have sent; without a stage the root is the root."""
    gateway(tmp_path / "log", stage="").answer(REQUEST._replace(method="HEAD", path="/"))
    assert [(line["responseLength"], line["stage"], line["resourcePath"]) for line in lines(tmp_path / "log")] == [
        (0, "local", "/")
    ]


def test_body_that_was_not_read(tmp_path: Path) -> None:
    """What a server refuses by its stated length has its line, too, as far as it is known."""
    assert gateway(tmp_path / "log").too_long(REQUEST._replace(body=b"")).status == 413
    (line,) = lines(tmp_path / "log")
    assert (line["status"], line["errorMessage"], line["path"]) == (413, "Request Too Long", "/dev/models")


def test_log_goes_on(tmp_path: Path) -> None:
    """A second gateway appends; what a client sends cannot make a line of its own."""
    for _ in range(2):
        gateway(tmp_path / "log").answer(REQUEST._replace(path='/dev/a\n{"status":1}"'))
    assert [line["path"] for line in lines(tmp_path / "log")] == ['/dev/a\n{"status":1}"'] * 2


def test_lines_longer_than_a_pipe_arrive_whole() -> None:
    """A pipe takes a part at a time; the line is whole all the same."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    log = AccessLog("-", "")
    log._file = writing
    stamp = Gateway(echo, [])._stamper.stamp()
    log.write(REQUEST._replace(path="/" + "a" * 50_000), stamp, HttpResponse(200, [], b""), (1, 0), None, None)
    received = os.read(reading, 100_000)
    os.close(reading)
    os.close(writing)
    assert re.fullmatch(rb'\{.*"path":"/a{50000}".*\}\n', received)


def test_file_that_cannot_be_written(tmp_path: Path) -> None:
    """The start fails and says why."""
    with pytest.raises(ConfigurationError) as caught:
        gateway(tmp_path / "absent" / "log")
    assert str(caught.value) == (
        f"NEURALWORKS_ACCESS_LOG='{tmp_path}/absent/log' cannot be used: expected a file that can be written, "
        "or - for standard output (No such file or directory)"
    )
