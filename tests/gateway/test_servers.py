"""Both servers, as processes, over real connections."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.gateway.echo import KEY, MAIN, OTHER_KEY, SERVERS, Running, read, serving, start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADERS = {"x-api-key": KEY}


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[Running]:
    """A server with two keys and the echo behind it."""
    with serving(request.param) as running:
        yield running


def test_banner_comes_when_the_server_listens(server: Running) -> None:
    """Whoever waits for the banner can connect at once, and keys are not in it."""
    assert server.banner.startswith(f"Serving on http://127.0.0.1:{server.port} with ")
    assert KEY not in server.banner


def test_forbidden(server: Running) -> None:
    """Without a key: AWS's own answer, header by header, but for the servers' own Date and Server."""
    answer = server.ask("POST", "/inference/delay", body=b"{}")
    headers = {name: values for name, values in answer.headers.items() if name not in ("date", "server")}
    assert len(headers.pop("x-amzn-requestid")[0]) == 36
    assert len(headers.pop("x-amz-apigw-id")[0]) == 16
    assert (answer.status, answer.body) == (403, b'{"message":"Forbidden"}')
    assert headers == {
        "content-type": ["application/json"],
        "content-length": ["23"],
        "x-amzn-errortype": ["ForbiddenException"],
    }


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("x-api-key", KEY, 200),
        ("X-API-KEY", KEY, 200),
        ("X-Api-Key", OTHER_KEY, 200),
        ("x-api-key", "b" + KEY[1:], 403),
        ("x-api-key", KEY.upper(), 403),
        ("x-api-key", f"{KEY},{OTHER_KEY}", 403),
        ("x_api_key", KEY, 403),
    ],
)
def test_key_header(server: Running, name: str, value: str, status: int) -> None:
    """The header's name is read in any case, its value only as it is."""
    assert server.ask("GET", "/models", {name: value}).status == status


def test_request_reaches_the_function(server: Running) -> None:
    """Method, path, query, headers, body and address arrive as AWS would hand them over."""
    headers = {**HEADERS, "X-Custom": "yes", "Content-Type": "application/json"}
    event = server.ask("POST", "/inference/a%20b?x=%41+b&x=2&y", headers, '{"é": 1}'.encode()).event
    assert (event["httpMethod"], event["path"]) == ("POST", "/inference/a%20b")
    assert event["pathParameters"] == {"proxy": "inference/a b"}
    assert event["multiValueQueryStringParameters"] == {"x": ["A b", "2"], "y": [""]}
    assert (event["headers"]["x-custom"], event["headers"]["content-type"]) == ("yes", "application/json")
    assert event["headers"]["host"] == f"127.0.0.1:{server.port}"
    assert event["headers"]["X-Forwarded-Port"] == str(server.port)
    assert (event["body"], event["isBase64Encoded"]) == ('{"é": 1}', False)
    assert event["requestContext"]["identity"]["sourceIp"] == "127.0.0.1"
    assert event["requestContext"]["protocol"] == "HTTP/1.1"


def test_binary_body(server: Running) -> None:
    """Bytes of a binary media type arrive whole, as base64."""
    headers = {**HEADERS, "Content-Type": "application/octet-stream"}
    event = server.ask("POST", "/inference/a", headers, bytes(range(256))).event
    assert event["isBase64Encoded"] is True
    assert event["body"] == (
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P0BBQkNERUZHSElKS0xN"
        "Tk9QUVJTVFVWV1hZWltcXV5fYGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn+AgYKDhIWGh4iJiouMjY6PkJGSk5SVlpeYmZqb"
        "nJ2en6ChoqOkpaanqKmqq6ytrq+wsbKztLW2t7i5uru8vb6/wMHCw8TFxsfIycrLzM3Oz9DR0tPU1dbX2Nna29zd3t/g4eLj5OXm5+jp"
        "6uvs7e7v8PHy8/T19vf4+fr7/P3+/w=="
    )


def test_chunked_body(server: Running) -> None:
    """A body without a stated length arrives whole."""
    event = server.ask("POST", "/inference/a", HEADERS, iter([b'{"a":', b" 1}"])).event
    assert event["body"] == '{"a": 1}'


def test_repeated_response_header(server: Running) -> None:
    """Every value of multiValueHeaders is sent as a header of its own."""
    answer = server.ask("GET", "/models", HEADERS)
    assert (answer.headers["x-twice"], answer.headers["x-once"]) == (["a", "b"], ["1"])
    assert answer.headers["content-length"] == [str(len(answer.body))]


def test_repeated_request_header_with_the_key(server: Running) -> None:
    """Where the key is sent twice, a wrong one after the right one is not let in."""
    raw = f"GET /models HTTP/1.1\r\nHost: a\r\nx-api-key: {KEY}\r\nx-api-key: no\r\nConnection: close\r\n\r\n"
    assert server.send(raw.encode()).status == 403


def test_head(server: Running) -> None:
    """HEAD states the length of a body that it does not send, and the connection stays usable."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("HEAD", "/models", headers=HEADERS)
    answer = read(connection.getresponse())
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["content-length"][0]) > 1000
    connection.request("GET", "/models", headers=HEADERS)
    assert read(connection.getresponse()).event["httpMethod"] == "GET"
    connection.close()


def test_options(server: Running) -> None:
    """A preflight takes no key."""
    assert server.ask("OPTIONS", "/inference/delay").event["httpMethod"] == "OPTIONS"


def test_stated_length_over_the_limit_is_refused_unread(server: Running) -> None:
    """More than 10 MiB: the answer comes before a byte of the body was sent."""
    head = f"POST /inference/a HTTP/1.1\r\nHost: a\r\nx-api-key: {KEY}\r\nContent-Length: 10485761\r\n\r\n"
    answer = server.send(head.encode())
    assert (answer.status, answer.body) == (413, b'{"message":"Request Too Long"}')
    assert answer.headers["x-amzn-errortype"] == ["RequestTooLargeException"]
    assert answer.headers["content-type"] == ["application/json"]


def test_chunked_body_over_the_limit(server: Running) -> None:
    """More than 10 MiB without a stated length is refused as well, without keeping it."""
    head = f"POST /inference/a HTTP/1.1\r\nHost: a\r\nx-api-key: {KEY}\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = server.send(head.encode(), *[b"100000\r\n" + b"a" * 2**20 + b"\r\n"] * 11)
    assert (answer.status, answer.body) == (413, b'{"message":"Request Too Long"}')


@pytest.mark.parametrize("name", SERVERS)
def test_what_is_refused_unread_is_logged(name: str, tmp_path: Path) -> None:
    """The access log has its line, with what the head of the request says."""
    log = tmp_path / "log"
    with serving(name, NEURALWORKS_ACCESS_LOG=str(log)) as running:
        head = f"POST /inference/a%20b?c=1 HTTP/1.1\r\nHost: a\r\nx-api-key: {KEY}\r\nContent-Length: 10485761\r\n\r\n"
        assert running.send(head.encode()).status == 413
    (line,) = log.read_text(encoding="utf-8").splitlines()
    logged = json.loads(line)
    assert (logged["httpMethod"], logged["path"], int(logged["status"])) == ("POST", "/inference/a%20b", 413)
    assert (logged["ip"], logged["protocol"]) == ("127.0.0.1", "HTTP/1.1")


def test_event_over_lambdas_limit(server: Running) -> None:
    """Between 6 and 10 MiB API Gateway would take the body and Lambda would not."""
    answer = server.ask("POST", "/inference/a", HEADERS, b"a" * (7 * 2**20))
    assert (answer.status, answer.body) == (413, b'{"message":"Request Too Long"}')


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("*", "/*"),
        ("http://elsewhere/models?a", "/models"),
        ("//models//", "//models//"),
        ("/a%C3%A9%00", "/a%C3%A9%00"),
    ],
)
def test_odd_targets(server: Running, target: str, path: str) -> None:
    """A target of any form becomes a percent-encoded path that starts with a slash."""
    answer = server.send(f"OPTIONS {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    assert (answer.status, answer.event["path"]) == (200, path)


@pytest.mark.parametrize("name", SERVERS)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_all_and_frees_the_port(name: str, number: int) -> None:
    """The process ends well within two seconds, an idle connection open, without a word, a child or a held port."""
    with serving(name) as running:
        idle = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
        idle.request("GET", "/models", headers=HEADERS)
        assert read(idle.getresponse()).status == 200
        status, took_s = running.stop(number)
        idle.close()
        assert status == 0
        assert took_s < 2.0
        # The server led a session of its own: nobody is left in it.
        with pytest.raises(ProcessLookupError):
            os.killpg(running.process.pid, 0)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", running.port))


@pytest.mark.parametrize("name", SERVERS)
def test_interrupt_from_the_keyboard(name: str) -> None:
    """Ctrl-C signals every process of the group at once, and the end is as quiet."""
    with serving(name) as running:
        os.killpg(running.process.pid, signal.SIGINT)
        assert running.process.wait(timeout=10) == 0


@pytest.mark.parametrize("name", SERVERS)
def test_running_request_is_finished(name: str) -> None:
    """A request that is being answered when the signal comes gets its answer."""
    with serving(name) as running:
        statuses: list[int] = []
        client = threading.Thread(target=lambda: statuses.append(running.ask("GET", "/slow", HEADERS).status))
        client.start()
        time.sleep(0.3)
        status, _ = running.stop()
        client.join(timeout=10)
    assert (status, statuses) == (0, [200])


@pytest.mark.parametrize("name", SERVERS)
def test_signal_under_load(name: str) -> None:
    """Clients that send one request after the other over the same connection cannot keep the server from ending."""
    with serving(name) as running:
        statuses: list[int] = []

        def ask_on() -> None:
            connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
            with suppress(OSError, http.client.HTTPException):
                while True:
                    connection.request("GET", "/models", headers=HEADERS)
                    statuses.append(read(connection.getresponse()).status)
            connection.close()

        clients = [threading.Thread(target=ask_on) for _ in range(4)]
        for client in clients:
            client.start()
        time.sleep(0.5)
        status, took_s = running.stop()
        for client in clients:
            client.join(timeout=10)
    assert (status, set(statuses), took_s < 3.0) == (0, {200}, True)


def test_worker_does_not_outlive_its_parent() -> None:
    """Even where the parent is killed and cannot tell, the worker ends and the port is free."""
    with serving("granian") as running:
        running.process.kill()
        running.process.wait(timeout=10)
        deadline = time.monotonic() + 10
        while running.listens() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not running.listens()


@pytest.mark.parametrize("name", SERVERS)
def test_port_in_use(name: str) -> None:
    """A second server on the port is one line and status 1, not a second listener."""
    with serving(name) as running:
        second = start(["-c", MAIN, name], PORT=str(running.port))
        output, errors = second.communicate(timeout=30)
    assert (second.returncode, output) == (1, "")
    assert errors == (
        f"error: cannot listen on 127.0.0.1, port {running.port}: it is in use; stop what listens there "
        f"or choose another port, such as PORT={running.port + 1}\n"
    )


def test_container_refuses_to_start_without_keys() -> None:
    """On every interface there is no default key: the one line says what to set."""
    process = start(["-m", "challenge_neuralworks.gateway"])
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, output) == (1, "")
    assert errors == (
        "error: NEURALWORKS_API_KEYS='' cannot be used: expected at least one key, comma-separated, "
        "because 0.0.0.0 may be reached from other machines\n"
    )


WITHOUT_GRANIAN = (
    "import runpy, sys; sys.modules['granian'] = None; "
    "runpy.run_module('challenge_neuralworks.gateway', run_name='__main__', alter_sys=True)"
)


@pytest.mark.parametrize("command", [["-m", "challenge_neuralworks.gateway"], ["-c", WITHOUT_GRANIAN]])
def test_container_serves_the_real_handler(command: list[str]) -> None:
    """With keys it serves on every interface, with waitress where granian is not installed."""
    with serving("", command) as running:
        assert running.banner.startswith(f"Serving on http://127.0.0.1:{running.port} with ")
        assert running.banner.split()[4] == ("waitress;" if "-c" in command else "granian;")
        assert running.ask("GET", "/ping").status == 200
        assert running.ask("GET", "/models").status == 403


def test_importing_the_gateway_imports_no_server() -> None:
    """Who only asks for the package pays for no server."""
    code = "import sys, challenge_neuralworks.gateway; print(sorted({'granian', 'waitress'} & set(sys.modules)))"
    process = start(["-c", code])
    assert isinstance(process, subprocess.Popen)
    assert process.communicate(timeout=30) == ("[]\n", "")
