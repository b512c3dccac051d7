"""Bringing data: the declared bytes or nothing, from wherever they can be had."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from challenge_neuralworks.errors import DataError
from challenge_neuralworks.training import fetch as fetching
from challenge_neuralworks.training.declarations import Dataset, read_declaration
from challenge_neuralworks.training.fetch import CHUNK_BYTES, Fetched, WrongBytes, fetch, find
from tests.making import ROOT

CONTENT = bytes(range(256)) * 1_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class _Copies(BaseHTTPRequestHandler):
    """Serves /good, /wrong (as long), /long, and /cut, which promises more than it sends."""

    def do_GET(self) -> None:
        bodies = {"/good": CONTENT, "/wrong": CONTENT[::-1], "/long": CONTENT * 2, "/cut": CONTENT[:100_000]}
        if self.path not in bodies:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT) if self.path == "/cut" else len(bodies[self.path])))
        self.end_headers()
        # The reader of /long hangs up half way.
        try:
            self.wfile.write(bodies[self.path])
        except ConnectionError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture(scope="module")
def copies() -> Iterator[str]:
    """Return the address of a server of good and bad copies."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Copies)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def neighbour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that stands for the neighbouring one; it is empty."""
    folder = tmp_path / "neighbour"
    folder.mkdir()
    monkeypatch.setattr(fetching, "NEIGHBOUR", folder)
    return folder


def _dataset(*urls: str) -> Dataset:
    return Dataset("toy", "Bytes.", "none", "toy.bin", len(CONTENT), SHA256, 0, urls, ())


def _left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_download_is_verified_and_reports_its_progress(copies: str, tmp_path: Path) -> None:
    """Progress rises to the full size, and the file is the declared one."""
    seen: list[int] = []
    fetched = fetch(_dataset(), tmp_path / "data", f"{copies}/good", seen.append)
    assert fetched == Fetched(tmp_path / "data" / "toy.bin", f"{copies}/good")
    assert fetched.path.read_bytes() == CONTENT
    assert seen == sorted(seen)
    assert (seen[-1], len(seen) >= len(CONTENT) // CHUNK_BYTES) == (len(CONTENT), True)


def test_a_wrong_digest_is_refused_and_both_are_named(copies: str, tmp_path: Path) -> None:
    """Other bytes of the right length are no data; the error says what was declared and what came."""
    with pytest.raises(WrongBytes) as caught:
        fetch(_dataset(), tmp_path / "data", f"{copies}/wrong")
    found = hashlib.sha256(CONTENT[::-1]).hexdigest()
    assert (caught.value.declared, caught.value.found) == (SHA256, found)
    assert SHA256 in str(caught.value)
    assert found in str(caught.value)
    assert _left(tmp_path / "data") == []


@pytest.mark.parametrize(
    ("path", "message"), [("long", "longer than the declared 256,000 bytes"), ("gone", "Not Found")]
)
def test_what_is_no_copy_at_all_leaves_nothing(copies: str, tmp_path: Path, path: str, message: str) -> None:
    """A file that does not end, or does not exist, leaves no file behind."""
    with pytest.raises(DataError, match=message):
        fetch(_dataset(), tmp_path / "data", f"{copies}/{path}")
    assert _left(tmp_path / "data") == []


def test_an_interrupted_download_leaves_nothing_and_harms_nothing(copies: str, tmp_path: Path) -> None:
    """Neither a broken connection nor Ctrl-C leaves half a file, nor touches the file that was there."""
    (tmp_path / "toy.bin").write_bytes(b"mine")
    with pytest.raises(DataError):
        fetch(_dataset(), tmp_path, f"{copies}/cut")

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(_dataset(), tmp_path, f"{copies}/good", interrupt)
    assert _left(tmp_path) == ["toy.bin"]
    assert (tmp_path / "toy.bin").read_bytes() == b"mine"


def test_copies_are_tried_in_order_until_one_is_right(copies: str, tmp_path: Path, neighbour: Path) -> None:
    """A copy that is gone or wrong is passed over; the declared order decides."""
    assert _left(neighbour) == []
    dataset = _dataset(f"{copies}/gone", f"{copies}/wrong", f"{copies}/good", f"{copies}/cut")
    assert fetch(dataset, tmp_path / "data").source == f"{copies}/good"
    assert fetch(dataset, tmp_path / "data").source == ""


def test_the_neighbour_comes_before_the_network(tmp_path: Path, neighbour: Path) -> None:
    """A right file in the neighbouring folder is taken without asking anyone."""
    (neighbour / "toy.bin").write_bytes(CONTENT)
    assert fetch(_dataset("http://127.0.0.1:9/never"), tmp_path / "data").source == str(neighbour / "toy.bin")


def test_where_all_fails_each_failure_is_told(copies: str, tmp_path: Path, neighbour: Path) -> None:
    """The error lists every source with its own reason, and says what else can be done."""
    (neighbour / "toy.bin").write_bytes(b"other")
    with pytest.raises(DataError, match=r"--from PATH or URL") as caught:
        fetch(_dataset(f"{copies}/gone"), tmp_path / "data")
    assert len(str(caught.value).splitlines()) == 3
    assert "Not Found" in str(caught.value)
    assert hashlib.sha256(b"other").hexdigest() in str(caught.value)


def test_only_http_is_fetched(tmp_path: Path) -> None:
    """Another scheme is read as a path, never handed to a library that opens whatever it knows."""
    (tmp_path / "toy").write_bytes(CONTENT)
    with pytest.raises(DataError, match="No such file"):
        fetch(_dataset(), tmp_path / "data", f"file://{tmp_path}/toy")


def test_a_file_is_found_only_if_it_is_the_declared_one(tmp_path: Path, neighbour: Path) -> None:
    """The folder first, then the neighbour; a file that was changed is an error, not a second choice."""
    with pytest.raises(DataError, match="neuralworks data fetch toy"):
        find(_dataset(), tmp_path)
    (neighbour / "toy.bin").write_bytes(CONTENT)
    assert find(_dataset(), tmp_path) == neighbour / "toy.bin"
    (tmp_path / "toy.bin").write_bytes(CONTENT[::-1])
    with pytest.raises(WrongBytes, match="not the declared file"):
        find(_dataset(), tmp_path)


def test_the_flight_data_are_declared_whole(real_file: Path) -> None:
    """The declaration describes the real file: its columns, rows, size and digest."""
    declared = read_declaration("delay", ROOT / "data")
    lines = real_file.read_text(encoding="utf-8").splitlines()
    assert lines[0].split(",") == [column.name for column in declared.columns]
    assert len(lines) - 1 == declared.rows
    assert len(declared.urls) >= 2
    assert all(url.startswith("https://") for url in declared.urls)


def test_a_declaration_that_is_missing_or_broken_is_named(tmp_path: Path) -> None:
    """The message says which declarations there are, or what is wrong with this one."""
    with pytest.raises(DataError, match="declared there: none at all"):
        read_declaration("toy", tmp_path)
    (tmp_path / "toy.toml").write_text('name = "toy"\n', encoding="utf-8")
    with pytest.raises(DataError, match=r"toy\.toml: cannot be read: KeyError: 'columns'"):
        read_declaration("toy", tmp_path)
    with pytest.raises(DataError, match="declared there: toy"):
        read_declaration("other", tmp_path)
