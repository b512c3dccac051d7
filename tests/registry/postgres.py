"""A PostgreSQL of one's own: made in a temporary folder, reached through a socket there, gone with it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MISSING = "no PostgreSQL: neither initdb nor postgres is on PATH or in /usr/lib/postgresql; install Debian's postgresql"
PROGRAMS = ("initdb", "postgres")
# What nobody reads after the tests need not reach the disk.
HASTE = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")
PATIENCE_S = 60.0


def find_postgres() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest where there are several, or None."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    linked = [Path(found).resolve().parent for found in map(shutil.which, PROGRAMS[:1]) if found]
    folders = (*linked, *debian)
    return next((one for one in folders if all((one / name).exists() for name in PROGRAMS)), None)


@contextmanager
def postgres(programs: Path) -> Iterator[str]:
    """Run a server until the block ends; yield SQLAlchemy's URL of its database."""
    # Short, because the path of a socket may have no more than 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    whose = _not_root(folder)
    try:
        made = [programs / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run([*map(str, made), "--locale=C"], check=True, capture_output=True, **whose)
        command = [str(programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder), "-h", "", *HASTE]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log, **whose)
        try:
            _wait(server, folder)
            yield f"postgresql+psycopg2://postgres@/postgres?host={folder}"
        finally:
            # Fast shutdown: connections that are still open are closed.
            server.send_signal(signal.SIGINT)
            server.wait(timeout=PATIENCE_S)
    finally:
        shutil.rmtree(folder)


def _not_root(folder: Path) -> dict[str, Any]:
    """Return what has a process run as nobody, who then owns the folder; PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {"cwd": folder}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"cwd": folder, "user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _wait(server: subprocess.Popen[bytes], folder: Path) -> None:
    limit = time.monotonic() + PATIENCE_S
    while b"ready to accept connections" not in (folder / "log").read_bytes():
        said = (folder / "log").read_text(errors="replace")
        assert server.poll() is None and time.monotonic() < limit, said  # noqa: PT018 - the same words for both
        time.sleep(0.05)
