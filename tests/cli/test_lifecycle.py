"""The commands over a store: what they print, what they leave, and how they end."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from challenge_neuralworks.artifact import Manifest
from challenge_neuralworks.lifecycle.keys import new_seal_key
from challenge_neuralworks.store.versions import Versions
from tests.cli.live import command, environment, run
from tests.lifecycle.storing import MANY, evaluation, point, sealed, store_at
from tests.store.place import BUCKET, place

if TYPE_CHECKING:
    from click.testing import Result

METRICS = {"random_split": {"auc": 0.75}}
GOOD, BETTER, WORSE = "good", "better", "worse"


class Shop:
    """A store in a folder, and toys to put into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = str(folder / "store")
        self.versions: Versions = store_at(folder / "store")
        self.toys: dict[str, Manifest] = {
            GOOD: sealed(folder / GOOD, -0.5, metrics=METRICS),
            BETTER: sealed(folder / BETTER, -0.4, metrics={"random_split": {"auc": 0.8}}),
            WORSE: sealed(folder / WORSE, -1.5, metrics={"random_split": {"auc": 0.6}}),
        }

    def run(self, name: str, *arguments: str | Path) -> Result:
        """Run a command over the store."""
        return run(name, "toy", *arguments, "--store", self.store)

    def publish(self, toy: str, *arguments: str | Path) -> Result:
        """Publish a toy."""
        return self.run("publish", "--from", self.folder / toy / "toy", *arguments)

    def version(self, toy: str) -> str:
        """Return a toy's version."""
        return self.toys[toy].version

    def at(self, alias: str = "production") -> str:
        """Return where an alias is, and how often it has moved."""
        pointer = self.versions.alias("toy", alias)
        return f"{pointer.version} {pointer.serial}" if pointer else ""


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Return one."""
    return Shop(tmp_path)


@pytest.fixture
def served(shop: Shop) -> Shop:
    """Return one whose production is good."""
    assert shop.publish(GOOD).exit_code == 0
    assert shop.run("promote").exit_code == 0
    return shop


def test_a_version_is_published_promoted_and_taken_back(shop: Shop) -> None:
    """Each command says what it did, each move is an audit line, and history has them all."""
    assert shop.publish(GOOD, "--no-alias").exit_code == 0
    assert shop.at("candidate") == ""
    first = shop.run("promote", shop.version(GOOD))
    assert (first.exit_code, shop.at()) == (0, f"{shop.version(GOOD)} 1")
    second = shop.publish(BETTER, "--reason", "a new season")
    assert "conforms: loads with all its checks, 1 golden instances come out" in second.stdout
    assert second.stdout.endswith(": a new season\n")
    promoted = shop.run("promote")
    assert (promoted.exit_code, shop.at()) == (0, f"{shop.version(BETTER)} 2")
    audit = promoted.stdout.splitlines()[-1]
    assert audit.startswith(f"toy production 2: {shop.version(GOOD)} -> {shop.version(BETTER)} at 20")
    assert audit.endswith(": gates passed")
    back = shop.run("rollback", "--reason", "complaints")
    assert (back.exit_code, shop.at()) == (0, f"{shop.version(GOOD)} 3")
    assert back.stdout.splitlines()[-1].endswith(": complaints")
    moves = json.loads(shop.run("history", "--json").stdout)
    assert [(move["serial"], move["version"], move["previous"], move["reason"]) for move in moves] == [
        (3, shop.version(GOOD), shop.version(BETTER), "complaints"),
        (2, shop.version(BETTER), shop.version(GOOD), "gates passed"),
        (1, shop.version(GOOD), None, "gates passed"),
    ]
    lines = shop.run("history").stdout.splitlines()
    assert lines[0].split() == ["move", "at", "version", "before", "by", "reason"]
    assert [line.split()[0] for line in lines[1:]] == ["3", "2", "1"]


def test_the_plan_comes_first_and_a_dry_run_stops_there(shop: Shop) -> None:
    """What, how large, which digest, where to, and which alias; then nothing is written."""
    done = shop.publish(GOOD, "--dry-run")
    manifest = shop.toys[GOOD]
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0] == f"toy {manifest.version} to {shop.store}"
    assert f"{manifest.pickle.bytes:,} bytes" in done.stdout
    assert f"sha256:{manifest.pickle.sha256}" in done.stdout
    assert f"alias candidate: none -> {manifest.version}" in done.stdout
    assert shop.versions.objects.keys("") == ()


def test_publishing_again_changes_nothing(served: Shop) -> None:
    """It says so, too."""
    keys = served.versions.objects.keys("")
    done = served.publish(GOOD)
    assert done.exit_code == 0
    assert "where it is already" in done.stdout
    assert f"alias candidate: {served.version(GOOD)}, stays" in done.stdout
    assert done.stdout.splitlines()[-1] == f"toy {served.version(GOOD)} was published before"
    assert (served.versions.objects.keys(""), served.at("candidate")) == (keys, f"{served.version(GOOD)} 1")


def test_a_version_is_sealed_as_it_is_published(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a key it passes a policy that refuses; without one the message says what to do."""
    public = new_seal_key(shop.folder / "seal.pem")
    monkeypatch.setenv("NEURALWORKS_PUBLIC_KEYS", public.read_text())
    refused = shop.publish(GOOD)
    assert (refused.exit_code, shop.versions.versions("toy")) == (1, ())
    assert "there is no signature; publish the version with a key" in refused.stderr
    assert shop.publish(GOOD, "--key", shop.folder / "seal.pem").exit_code == 0
    promoted = shop.run("promote")
    assert promoted.exit_code == 0
    assert "verified, key " in promoted.stdout


def test_the_evaluation_goes_along(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """From docs/models/NAME.json, else from reports/NAME/evaluation.json, of the folder the command runs in."""
    monkeypatch.chdir(shop.folder)
    for path, auc in (("docs/models/toy.json", 0.9), ("reports/toy/evaluation.json", 0.75)):
        (shop.folder / path).parent.mkdir(parents=True)
        (shop.folder / path).write_text(json.dumps(evaluation(auc)))
    done = shop.publish(GOOD)
    assert "from reports/toy/evaluation.json" in done.stdout
    content = shop.versions.file("toy", shop.version(GOOD), "evaluation.json")
    assert json.loads(content or b"") == evaluation(0.75)


def test_a_closed_gate_is_a_failure_and_the_table_says_which(served: Shop) -> None:
    """Nothing is moved; the override names the gate and the reason, and needs both."""
    assert served.publish(WORSE).exit_code == 0
    refused = served.run("promote")
    assert (refused.exit_code, served.at()) == (1, f"{served.version(GOOD)} 1")
    table = [line.split() for line in refused.stdout.splitlines()]
    assert table[1] == ["gate", "what", "production", "candidate", "bound", "verdict"]
    assert ["metrics", "random_split.auc", "0.75", "0.6", "at", "least", "0.745", "CLOSED"] in table
    assert "nothing was moved: metrics closed" in refused.stderr
    assert served.run("promote", "--force", "metrics").exit_code == 2
    assert served.run("promote", "--force", "conformance", "--reason", "x").exit_code == 2
    forced = served.run("promote", "--force", "metrics", "--reason", "the old one leaks")
    assert (forced.exit_code, served.at()) == (0, f"{served.version(WORSE)} 2")
    assert forced.stdout.splitlines()[-1].endswith(": forced metrics: the old one leaks")


def test_margins_open_a_gate(served: Shop) -> None:
    """As wide as stated."""
    assert served.publish(WORSE).exit_code == 0
    assert served.run("promote", "--margin", "random_split.auc=0.1", "--dry-run").exit_code == 1
    opened = served.run("promote", "--margin", "random_split.auc=0.15", "--dry-run")
    assert (opened.exit_code, opened.stdout.splitlines()[-1]) == (0, "nothing was moved: --dry-run")
    assert served.at() == f"{served.version(GOOD)} 1"
    wrong = served.run("promote", "--margin", "speed=1")
    assert (wrong.exit_code, "metrics are auc, " in wrong.stderr) == (1, True)


def test_evidence_from_a_log_opens_the_gate(served: Shop) -> None:
    """Rows, flips and differences of the pair; too few rows, and it stays closed."""
    assert served.publish(BETTER).exit_code == 0
    told = {
        "timestamp": "9999",
        "message": "shadow",
        "model": "toy",
        "version": served.version(GOOD),
        "candidate": served.version(BETTER),
        "rows": 50,
        "flips": 1,
        "difference": 0.5,
        "max_difference": 0.02,
        "errors": {},
    }
    log = served.folder / "gateway.log"
    log.write_text(json.dumps(told) + "\n")
    asked = ("--shadow-log", log, "--shadow-max-flips", "2%", "--shadow-max-difference", "0.02", "--shadow-rows")
    few = served.run("promote", *asked, "51")
    assert (few.exit_code, "shadow closed" in few.stderr) == (1, True)
    enough = served.run("promote", *asked, "50")
    assert (enough.exit_code, served.at()) == (0, f"{served.version(BETTER)} 2")
    assert ["shadow", "flips", "-", "2.000%", "at", "most", "2.000%", "passed"] in [
        line.split() for line in enough.stdout.splitlines()
    ]


def test_promoting_what_is_served_is_nothing_to_do(served: Shop) -> None:
    """No move is made up."""
    done = served.run("promote")
    assert (done.exit_code, done.stdout) == (0, f"toy is at {served.version(GOOD)} already, nothing to do\n")
    assert served.at() == f"{served.version(GOOD)} 1"


@pytest.mark.parametrize("name", ["promote", "rollback", "publish"])
def test_who_comes_second_is_told_and_ends_with_3(served: Shop, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Somebody else moves the alias between the plan and the write: theirs stays, and the message names it."""
    for toy in (BETTER, WORSE):
        served.versions.publish(str(served.folder / toy / "toy"))
    if name == "rollback":
        point(served.versions, "production", served.version(BETTER))
    alias = "candidate" if name == "publish" else "production"
    move = Versions.move

    def second(*asked: Any) -> Any:
        monkeypatch.setattr(Versions, "move", move)
        point(served.versions, alias, served.version(WORSE), "they were first")
        return move(*asked)

    monkeypatch.setattr(Versions, "move", second)
    arguments: dict[str, tuple[Any, ...]] = {
        "promote": (served.version(BETTER),),
        "rollback": (),
        "publish": ("--from", served.folder / BETTER / "toy"),
    }
    done = served.run(name, *arguments[name])
    assert done.exit_code == 3, done.output
    assert f"but is at {served.version(WORSE)} (move " in done.stderr
    assert served.at(alias).startswith(served.version(WORSE))


def test_two_processes_at_once_leave_one_story(served: Shop) -> None:
    """Each that ends well has its move on record, each other ends with 3; production is where the last one put it."""
    for toy in (BETTER, WORSE):
        served.versions.publish(str(served.folder / toy / "toy"))
    asked = [
        command("promote", "toy", served.version(toy), "--store", served.store, "--margin", "auc=1")
        for toy in (BETTER, WORSE)
    ]
    running = [
        subprocess.Popen(one, env=environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for one in asked
    ]
    for process in running:
        process.communicate(timeout=60)
    ended = [process.returncode for process in running]
    assert sorted(ended) in ([0, 0], [0, 3])
    pointer = served.versions.alias("toy", "production")
    assert pointer is not None
    assert pointer.serial == 1 + ended.count(0)
    won = {served.version(toy) for toy, code in zip((BETTER, WORSE), ended, strict=True) if code == 0}
    assert {move.version for move in pointer.moves[1:]} == won


def test_rollback_is_of_a_model_or_of_a_stage() -> None:
    """Neither, or both, says nothing."""
    for arguments in ((), ("toy", "--stage", "dev")):
        done = run("rollback", *arguments)
        assert (done.exit_code, "either a MODEL or --stage" in done.stderr) == (2, True)


def test_rollback_tells_before_it_moves(served: Shop) -> None:
    """A dry run ends there; --to names any version or alias."""
    served.publish(BETTER)
    served.run("promote")
    done = served.run("rollback", "--dry-run")
    way = f"toy production: {served.version(BETTER)} -> {served.version(GOOD)}, which loads with all its checks"
    assert done.stdout.splitlines() == [way, "nothing was moved: --dry-run"]
    assert served.run("rollback").exit_code == 0
    assert served.run("rollback").exit_code == 1
    assert served.run("rollback", "--to", "candidate").exit_code == 0
    assert served.at() == f"{served.version(BETTER)} 4"


def test_a_difference_is_shown(served: Shop) -> None:
    """Metrics, facts, signature, and the rows that change most, by aliases; nothing is changed by looking."""
    served.publish(WORSE)
    done = served.run("diff", "production", "candidate", "--top", "2")
    assert done.exit_code == 0, done.output
    lines = [line.split() for line in done.stdout.splitlines()]
    assert lines[0] == ["toy:", served.version(GOOD), "->", served.version(WORSE)]
    assert ["random_split.auc", "0.75", "0.6", "-0.15"] in lines
    head = next(place for place, line in enumerate(lines) if line[:1] == ["difference"])
    assert len(lines) - head == 3
    assert lines[head + 1][5:7] == ["yes", "no"]


def test_a_difference_for_programs_is_of_the_rows_that_are_given(served: Shop) -> None:
    """A file's rows and both versions' golden instances, each once."""
    served.publish(WORSE)
    rows = served.folder / "rows.csv"
    names = list(MANY[0])
    rows.write_text("\n".join([",".join(names), *(",".join(str(row[name]) for name in names) for row in MANY)]) + "\n")
    done = served.run("diff", served.version(GOOD), "candidate", "--rows", rows, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["a"], told["b"]) == (served.version(GOOD), served.version(WORSE))
    assert told["metrics"]["random_split.auc"] == {"a": 0.75, "b": 0.6}
    assert (told["signature"], told["incompatible"]) == ([], [])
    # The golden instance is one of the rows.
    assert told["predictions"]["rows"] == len(MANY)
    assert told["predictions"]["flips"] == sum(one["flips"] for one in told["predictions"]["changed"]) > 0


def test_every_failure_names_the_remedy(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """No store, no such model, nothing there yet, a folder that is none."""
    monkeypatch.delenv("NEURALWORKS_STORE", raising=False)
    assert "set NEURALWORKS_STORE" in run("promote", "toy").stderr
    assert "'neuralworks publish toy' puts one there" in shop.run("promote").stderr
    assert "promote a version to make one" in shop.run("history").stderr
    assert "promote a version to make one" in shop.run("rollback").stderr
    assert "name another with --from" in shop.run("publish").stderr
    assert "expected models:/toy@ALIAS" in shop.run("publish", "--from", "models:/other@production").stderr
    assert run("history", "toy", "--store", "ftp://there").stderr.startswith("error: NEURALWORKS_STORE='ftp://there'")


def test_the_store_of_the_environment_is_taken(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """As functions take it."""
    monkeypatch.setenv("NEURALWORKS_STORE", shop.store)
    assert run("publish", "toy", "--from", str(shop.folder / GOOD / "toy")).exit_code == 0
    assert shop.at("candidate") == f"{shop.version(GOOD)} 1"


def test_on_a_terminal_the_table_is_drawn(served: Shop) -> None:
    """By rich, and what somebody wrote as a reason is no markup and steers nothing."""
    point(served.versions, "production", served.version(GOOD), "[red]x[/red]\x1b[2J")
    master, slave = pty.openpty()
    asked = command("history", "toy", "--store", served.store)
    with subprocess.Popen(asked, env=environment(TERM="dumb", COLUMNS="200"), stdout=slave) as process:
        os.close(slave)
        drawn = b""
        while True:
            try:
                part = os.read(master, 4096)
            except OSError:
                break
            if not part:
                break
            drawn += part
    os.close(master)
    assert process.returncode == 0
    text = drawn.decode()
    assert "──" in text
    assert "[red]x[/red]\N{REPLACEMENT CHARACTER}[2J" in text
    assert "\x1b[2J" not in text


def test_a_second_run_makes_up_for_what_was_left_out(served: Shop) -> None:
    """Killed between its two moves, or run again with --keep-shadow: the version before shadows, and stays back."""
    served.publish(BETTER)
    served.run("promote")
    done = served.run("promote", "--keep-shadow")
    assert (done.exit_code, served.at()) == (0, f"{served.version(BETTER)} 2")
    assert served.at("candidate") == f"{served.version(GOOD)} 3"
    again = served.run("promote")
    assert (again.exit_code, served.at()) == (1, f"{served.version(BETTER)} 2")
    assert "'neuralworks rollback toy' goes back to it" in again.stderr
    assert served.run("promote", served.version(GOOD)).exit_code == 1, "its metrics are worse"


def test_the_store_may_be_s3(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same commands, and connections are given back."""
    with place() as there:
        for key, value in there.environ.items():
            monkeypatch.setenv(key, value)
        shop.store = f"s3://{BUCKET}/models"
        assert shop.publish(GOOD).exit_code == 0
        assert shop.run("promote").exit_code == 0
        assert shop.publish(BETTER).exit_code == 0
        assert shop.run("promote").exit_code == 0
        back = shop.run("rollback", "--reason", "too good")
        assert back.exit_code == 0, back.output
        moves = json.loads(shop.run("history", "--json").stdout)
    assert [move["version"] for move in moves] == [shop.version(name) for name in (GOOD, BETTER, GOOD)]
