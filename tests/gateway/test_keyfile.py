"""``neuralworks keys``: the file keeps every byte that is not meant."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from challenge_neuralworks.cli import main
from challenge_neuralworks.gateway.access import ApiKey
from challenge_neuralworks.gateway.keyfile import KeyFileError, add_key, revoke_key
from challenge_neuralworks.gateway.plans import PlanKey, read_plans

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = sha256(b"a").hexdigest()
PLANS = f"""# Who may do what.
[plans.free]   # everybody
rate = 5
burst = 10

[keys.old]
plan = "free"
sha256 = "{DIGEST}"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with a plan and a key."""
    file = tmp_path / "plans.toml"
    file.write_text(PLANS, encoding="utf-8")
    return file


def keys(path: Path, *arguments: str) -> Result:
    """Return what the command made of its arguments."""
    return CliRunner().invoke(main, ["keys", *arguments, "--file", str(path)])


def test_new_key_is_printed_once_and_its_digest_appended(path: Path) -> None:
    """Alone on stdout, so that it can be piped; in the file is what accepts it, and not the key."""
    result = keys(path, "new", "alice", "--plan", "free")
    assert result.exit_code == 0
    assert re.fullmatch(r"[A-Za-z0-9]{40}\n", result.stdout)
    key = result.stdout.strip()
    assert result.stderr == (f"{path} holds the digest of alice; this is the only time that the key itself is shown:\n")
    added = f'\n[keys.alice]\nplan = "free"\nsha256 = "{sha256(key.encode()).hexdigest()}"\nenabled = true\n'
    assert path.read_text(encoding="utf-8") == PLANS + added
    assert read_plans(str(path)).keys["alice"] == PlanKey("free", ApiKey.of(key).digest)


def test_keys_differ(path: Path) -> None:
    """No key is given twice."""
    assert len({add_key(path, f"key-{number}", "free") for number in range(20)}) == 20


def test_file_without_a_last_line_s_end(path: Path) -> None:
    """What was there stays as it was, and what comes is a table of its own."""
    path.write_bytes(PLANS.encode().rstrip())
    add_key(path, "alice", "free")
    assert path.read_bytes().startswith(PLANS.encode().rstrip() + b"\n\n[keys.alice]\n")
    assert set(read_plans(str(path)).keys) == {"old", "alice"}


@pytest.mark.parametrize(
    ("name", "plan", "detail"),
    [
        ("old", "free", "there is a key 'old' already; revoke it and give the new one another name"),
        ("new", "paid", "there is no plan 'paid'; it has free"),
        ("a b", "free", "a key cannot be named 'a b'; use up to 64 letters, digits, - and _"),
    ],
)
def test_key_that_cannot_be_made(path: Path, name: str, plan: str, detail: str) -> None:
    """One line says why, nothing is printed, and the file is as it was."""
    result = keys(path, "new", name, "--plan", plan)
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", f"error: {path}: {detail}\n")
    assert path.read_text(encoding="utf-8") == PLANS


def test_list(path: Path) -> None:
    """Name, plan, the identifier that events and logs have, and whether it is accepted."""
    key = add_key(path, "alice", "free")
    revoke_key(path, "old")
    lines = [f"old  free  {ApiKey.of('a').id}  revoked", f"alice  free  {ApiKey.of(key).id}  enabled"]
    assert keys(path, "list").stdout.splitlines() == lines


def test_list_takes_the_file_of_the_environment(path: Path) -> None:
    """The variable that the gateway reads names the file here, too."""
    result = CliRunner().invoke(main, ["keys", "list"], env={"NEURALWORKS_USAGE_PLANS": str(path)})
    assert result.stdout == f"old  free  {ApiKey.of('a').id}  enabled\n"


ALICE = "[keys.alice]\nplan = 'free'\nsha256 = '" + "0" * 64 + "'\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ALICE, ALICE.replace("]\n", "]\nenabled = false\n")),
        (ALICE + "enabled = true  # still\n", ALICE + "enabled = false  # still\n"),
        (ALICE + "enabled=true\n[keys.other]\n", ALICE + "enabled=false\n[keys.other]\n"),
        (ALICE + "enabled = false\n", ALICE + "enabled = false\n"),
        (ALICE.replace("[keys.alice]", "[ keys . 'alice' ] # she"), None),
        (ALICE.replace("\n", "\r\n"), ALICE.replace("\n", "\r\n").replace("]\r\n", "]\r\nenabled = false\r\n")),
    ],
    ids=["absent", "a comment behind", "another table behind", "revoked before", "another way to write it", "CRLF"],
)
def test_revoking_changes_one_line(path: Path, text: str, expected: str | None) -> None:
    """Every other byte stays: comments, order, line ends."""
    text = text.replace("[keys.other]\n", f"[keys.other]\nplan = 'free'\nsha256 = '{'1' * 64}'\nenabled = true\n")
    path.write_bytes((PLANS + text).encode())
    assert keys(path, "revoke", "alice").output == "alice is revoked\n"
    if expected is None:
        expected = text.replace("# she\n", "# she\nenabled = false\n")
    expected = expected.replace(
        "[keys.other]\n", f"[keys.other]\nplan = 'free'\nsha256 = '{'1' * 64}'\nenabled = true\n"
    )
    assert path.read_bytes() == (PLANS + expected).encode()
    assert [name for name, key in read_plans(str(path)).keys.items() if not key.enabled] == ["alice"]


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("", "there is no key 'alice'; it has old"),
        (
            "keys.alice = {plan = 'free', sha256 = '" + "0" * 64 + "'}\n",
            "write the key 'alice' as a table of its own, [keys.alice], to have it revoked",
        ),
    ],
)
def test_key_that_cannot_be_revoked(path: Path, text: str, detail: str) -> None:
    """The file is left as it was."""
    path.write_text(text + PLANS, encoding="utf-8")
    with pytest.raises(KeyFileError) as caught:
        revoke_key(path, "alice")
    assert (caught.value.detail, caught.value.path) == (detail, path)
    assert path.read_text(encoding="utf-8") == text + PLANS
