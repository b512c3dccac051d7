"""Every block of code in README.md and docs/ is run or checked; one that nobody knows how to treat is a failure."""

from __future__ import annotations

import json
import re
import shutil
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from challenge_neuralworks.gateway.plans import read_plans
from tests.making import ROOT
from tests.project.commands import Done, faults, folder_like_a_clone, free_port, run, running
from tests.project.given import given
from tests.project.pages import PAGES, Block, blocks_of, read_blocks
from tests.project.treatments import ELSEWHERE, NORUN, PICTURES, is_single_call, kind, reason

BLOCKS = [block for page in PAGES for block in blocks_of(page)]
KINDS = {
    block.place: kind(block, above if above and above.page == block.page else None)
    for above, block in zip([None, *BLOCKS], BLOCKS, strict=False)
}


def of_kind(*kinds: str) -> pytest.MarkDecorator:
    """Return the parameters of a test of all blocks of some kinds."""
    chosen = [block for block in BLOCKS if KINDS[block.place] in kinds]
    return pytest.mark.parametrize("block", chosen, ids=[block.place for block in chosen])


def pages_of(wanted: str) -> list[str]:
    """Return the pages that have blocks of a kind."""
    return sorted({block.page for block in BLOCKS if KINDS[block.place] == wanted})


@pytest.fixture(scope="module")
def gateway() -> Iterator[int]:
    """Return the port of the real command `neuralworks serve`, over the committed models."""
    if shutil.which("curl") is None:
        pytest.skip("the docs call with curl, which is not installed: apt-get install curl")
    port = free_port()
    with running([str(Path(sys.executable).parent / "neuralworks"), "serve", "--port", str(port)], port):
        yield port


@pytest.mark.parametrize("block", BLOCKS, ids=[block.place for block in BLOCKS])
def test_every_block_has_a_treatment(block: Block) -> None:
    """New examples cannot escape: give a block a language, and where it cannot be run, `norun` and a reason."""
    assert KINDS[block.place] is not None, (
        f"{block.place}: nothing is known of this block of {block.language or 'no language'}; "
        f"tests/project/treatments.py says what can be done with one:\n{block.text}"
    )


@pytest.mark.parametrize("page", pages_of("commands"))
def test_commands_run(page: str, gateway: int, tmp_path: Path) -> None:
    """Each command does what it says, prints what the page shows, and is answered with the JSON that follows it.

    All of a page run in order in one folder, where its files are.
    """
    folder = folder_like_a_clone(tmp_path)
    for block in (block for block in BLOCKS if block.page == page):
        if KINDS[block.place] == "file":
            (folder / block.words[0]).write_text(block.text, encoding="utf-8")
        if KINDS[block.place] != "commands":
            continue
        for command, shown in _with_output(block):
            assert list(faults(command)) == [], block.place
            if not command.startswith("make "):
                _check(block, run(command, folder, gateway), shown or _answer_below(block))


def test_files_are_used() -> None:
    """A block is only a file where a command of its page reads it: else nothing would look at what it says."""
    for block in (block for block in BLOCKS if KINDS[block.place] == "file"):
        others = [other for other in BLOCKS if other.page == block.page and KINDS[other.place] == "commands"]
        assert any(block.words[0] in other.text for other in others), block.place


@of_kind("synopsis", "norun", "picture")
def test_what_is_not_run_names_what_is_there(block: Block) -> None:
    """Commands, options, defaults, targets, modules, files and extras exist as the page shows them."""
    commands = re.sub(r"\n +", " ", block.text).splitlines() if KINDS[block.place] == "synopsis" else block.commands
    assert [fault for command in commands for fault in faults(command)] == []


@pytest.mark.parametrize("page", pages_of("python"))
def test_python_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page's blocks run in order, each with what those before it made."""
    names = given(page)
    monkeypatch.chdir(folder_like_a_clone(tmp_path))
    for block in BLOCKS:
        if block.page == page and KINDS[block.place] == "python":
            # Annotations of a sketch may name what only a type checker imports.
            code = compile("from __future__ import annotations\n" + block.text, block.place, "exec")
            exec(code, names)  # noqa: S102 - the documented examples are what is tested


def test_python_serves(tmp_path: Path) -> None:
    """A server that a page starts answers, and ends well."""
    for block in (block for block in BLOCKS if KINDS[block.place] == "server"):
        (tmp_path / "server.py").write_text(block.text)
        port = free_port()
        with (
            running([sys.executable, str(tmp_path / "server.py")], port, PORT=str(port), PYTHONPATH=str(ROOT)),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=10) as answer,
        ):
            assert json.load(answer) == {"status": "alive"}


def test_toml_is_read(tmp_path: Path) -> None:
    """The one file that people write in TOML, usage plans, is read by what reads it."""
    for block in (block for block in BLOCKS if KINDS[block.place] == "toml"):
        (tmp_path / "plans.toml").write_text(block.text)
        assert read_plans(str(tmp_path / "plans.toml")).plans


@pytest.mark.parametrize("page", ELSEWHERE)
def test_blocks_executed_elsewhere_are(page: str) -> None:
    """The table sends nobody to a module that is gone or does not name the page, nor for a language not there."""
    languages, module = ELSEWHERE[page]
    assert set(languages.split()) <= {block.runs_as for block in BLOCKS if block.page == page}
    text = (ROOT / module).read_text(encoding="utf-8")
    # Cards are asked one and all, whichever models there are.
    assert Path(page).stem in text or (page.startswith("docs/models/") and "docs/models/" in text)


def test_the_tables_hold_nothing_stale() -> None:
    """A reason or a picture that no page needs any more is taken out."""
    commands = [command for block in BLOCKS for command in block.commands if KINDS[block.place] == "norun"]
    used = {start for start in NORUN for command in commands if reason(command) == NORUN[start]}
    assert set(NORUN) - used == set()
    drawn = {
        (block.page, start)
        for block in BLOCKS
        for start in PICTURES.get(block.page, ())
        if block.text.startswith(start)
    }
    assert {(page, start) for page, starts in PICTURES.items() for start in starts} == drawn


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```\nrm -rf /\n```", None),
        ("```sh\nwget x\n```", None),
        ("```sh\n# nothing\n```", None),
        ("```sh norun\nneuralworks check models\n```", None),
        ("```sh\ndocker run x\n```", None),
        ("```js\n1\n```", None),
        ('```hcl\nresource "aws_api_gateway_rest_api" "x" {}\n```', None),
        ("```json\n{}\n```", None),
        ("```text\na drawing\n```", None),
        ("```csv\na,b\n```", None),
        ("```json sketch\n{}\n```", None),
        ("```csv rows.csv\na,b\n```", "file"),
        ("Words:\n\n    sudo x\n", None),
        ("- item\n\n    its text\n", "no block"),
        ("```sh norun\ndocker run x\n```", "norun"),
        ("```python\n1\n```", "python"),
        ("~~~sh\nmake test\n~~~", "commands"),
        ("```\n$ neuralworks check\nok\n```", "commands"),
        ("```\nneuralworks serve [--port 8000]\n```", "synopsis"),
    ],
)
def test_what_is_unknown_is_found(text: str, expected: str | None) -> None:
    """The walker itself: fenced or indented, whatever the fence."""
    blocks = list(read_blocks("docs/new.md", text))
    assert [kind(block) for block in blocks] == ([] if expected == "no block" else [expected])


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        ("make nothing", "the Makefile has no target nothing"),
        ("neuralworks fly", "there is no command neuralworks fly"),
        ("neuralworks serve [--prot 8000]", "neuralworks serve has no option --prot"),
        ("neuralworks train delay [--seed 43]", "43 is not what neuralworks train takes without --seed"),
        (".venv/bin/python -m bench.nothing", "there is no module bench.nothing"),
        ('pip install ".[nothing]"', "there is no extra nothing"),
        ("curl -d @tests/events/none.json localhost:9000", "there is no file tests/events/none.json"),
    ],
)
def test_what_is_not_there_is_found(command: str, fault: str) -> None:
    """The static checks fail where they should."""
    assert list(faults(command)) == [fault]


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        ('{"a": 0.30000000000000004}', '{"a":0.30000000000000004}\n', True),
        ('{"a": 0.3}', '{"a":0.30000000000000004}', False),
        ('{"a": [1,\n 2]}', '{"a":[1,2]}', True),
        ("delay  sha256:3069...  ok", "delay  sha256:30694bc1  ok\n", True),
        ("delay  sha256:3069...  ok", "delay  sha256:31  ok", False),
        ("delay  sha256:3069...  ok", "delay  sha256:30694bc1  fault\nmore  ok", False),
        ("3 rows in 0.01 s, 263 rows/s", "3 rows in 12.5 s, 1,263 rows/s", True),
        ("3 rows in 0.01 s", "4 rows in 0.01 s", False),
        ("one", "one\ntwo", False),
    ],
)
def test_what_is_printed_is_compared(expected: str, printed: str, same: bool) -> None:
    """Digits count, line breaks within JSON and seconds do not."""
    assert Done(0, printed, "").shows(expected) is same


def _check(block: Block, done: Done, promised: str | None) -> None:
    # A page may show a failure, but never hide one. 22: curl had a fault for an answer.
    may_fail = promised is not None and (done.status == 22 or "error: " in promised)
    assert done.status == 0 or may_fail, f"{block.place}: {done}"
    assert promised is None or done.shows(promised), f"{block.place}:\n{promised}\nis not\n{done}"


def _with_output(block: Block) -> list[tuple[str, str | None]]:
    if not block.is_transcript:
        return [(command, None) for command in block.commands]
    parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]
    return [(command, shown) for command, _, shown in (part.partition("\n") for part in parts)]


def _answer_below(block: Block) -> str | None:
    """Return the JSON that is the answer to a single `curl`."""
    below = BLOCKS[BLOCKS.index(block) + 1 :][:1]
    return below[0].text if below and KINDS[below[0].place] == "answer" and is_single_call(block) else None
