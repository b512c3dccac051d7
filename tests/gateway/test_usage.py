"""Usage plans as clients of a running server meet them."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import pytest
from click.testing import CliRunner

from challenge_neuralworks.cli import main
from challenge_neuralworks.errors import ConfigurationError
from challenge_neuralworks.gateway import Options, run
from challenge_neuralworks.settings import Settings
from tests.gateway.echo import KEY, OTHER_KEY, SERVERS, free_port, read, serving
from tests.making import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ANY = "-m", "challenge_neuralworks.gateway"
THROTTLED = 429, b'{"message":"Too Many Requests"}'
EXCEEDED = 429, b'{"message":"Limit Exceeded"}'


def plans_file(folder: Path, first: str, second: str = "") -> str:
    """Return a file with one plan for each of the two keys."""
    path = folder / "plans.toml"
    keys = "".join(
        f'[keys.{plan}]\nplan = "{plan}"\nsha256 = "{sha256(key.encode()).hexdigest()}"\n'
        for plan, key in (("first", KEY), ("second", OTHER_KEY))
    )
    path.write_text(f"[plans.first]\n{first}\n[plans.second]\n{second}\n{keys}", encoding="utf-8")
    return str(path)


class Traffic(NamedTuple):
    """What became of the requests of one client.

    answers : how often each status came, a refusal's with its body.
    """

    answers: Counter[object]
    elapsed_s: float


def send(port: int, key: str, pause_s: float, more: Callable[[object], bool]) -> Traffic:
    """Send requests one after the other over one connection.

    Parameters
    ----------
    more : is asked before each, with what became of the one before.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    answers: Counter[object] = Counter()
    started = time.monotonic()
    last: object = None
    while more(last):
        connection.request("GET", "/models", headers={"x-api-key": key})
        answer = read(connection.getresponse())
        last = 200 if answer.status == 200 else (answer.status, answer.body)
        answers[last] += 1
        time.sleep(pause_s)
    elapsed_s = time.monotonic() - started
    connection.close()
    return Traffic(answers, elapsed_s)


def side_by_side(*clients: Callable[[], Traffic]) -> list[Traffic]:
    """Return what became of clients that run at once, in their order."""
    results: dict[int, Traffic] = {}

    def note(number: int) -> None:
        results[number] = clients[number]()

    threads = [threading.Thread(target=note, args=(number,)) for number in range(len(clients))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results[number] for number in range(len(clients))]


@pytest.mark.slow
def test_throttle_lets_through_what_a_token_bucket_does(tmp_path: Path) -> None:
    """Ten seconds far above 50 a second, burst 100: 600 pass, to 2 %; another key, within its own, feels nothing."""
    plans = plans_file(tmp_path, "rate = 50\nburst = 100", "rate = 40\nburst = 10")
    with serving("granian", NEURALWORKS_API_KEYS="", NEURALWORKS_USAGE_PLANS=plans) as running:
        deadline = time.monotonic() + 10
        greedy, modest = side_by_side(
            # To the last token: what a busy machine leaves unasked for, the bucket still has.
            lambda: send(running.port, KEY, 0.002, lambda last: last == 200 or time.monotonic() < deadline),
            lambda: send(running.port, OTHER_KEY, 0.05, lambda _: time.monotonic() < deadline),
        )
    expected = 100 + 50 * greedy.elapsed_s
    assert set(greedy.answers) == {200, THROTTLED}
    assert greedy.answers.total() > 2 * expected
    assert abs(greedy.answers[200] - expected) <= 0.02 * expected
    assert (set(modest.answers), modest.answers[200] > 100) == ({200}, True)


@pytest.mark.parametrize("server", SERVERS)
def test_quota_is_exact(server: str, tmp_path: Path) -> None:
    """Of 800 requests over four connections at once, 500 are answered, not one more and not one less."""
    plans = plans_file(tmp_path, 'quota = { limit = 500, period = "MONTH" }')
    with serving(server, NEURALWORKS_API_KEYS="", NEURALWORKS_USAGE_PLANS=plans) as running:

        def client() -> Traffic:
            left = iter(range(200))
            return send(running.port, KEY, 0.0, lambda _: next(left, None) is not None)

        answers = sum((traffic.answers for traffic in side_by_side(client, client, client, client)), Counter())
        other = running.ask("GET", "/models", {"x-api-key": OTHER_KEY}).status
    assert answers == {200: 500, EXCEEDED: 300}
    assert other == 200


@pytest.mark.parametrize("server", SERVERS)
def test_stage_throttle_binds_open_routes_too(server: str, tmp_path: Path) -> None:
    """Requests without a key take from what all share; refusals have AWS's headers."""
    path = tmp_path / "plans.toml"
    path.write_text("[stage]\nrate = 0.001\nburst = 3\n", encoding="utf-8")
    with serving(server, NEURALWORKS_USAGE_PLANS=str(path)) as running:
        answers = [running.ask("GET", path, {"x-api-key": KEY}) for path in ("/health", "/models", "/", "/health")]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert answers[3].headers["x-amzn-errortype"] == ["TooManyRequestsException"]
    assert "retry-after" not in answers[3].headers


def test_new_key_works_and_a_revoked_one_does_not(tmp_path: Path) -> None:
    """From the command line to the real handler, without any other key, on every interface."""
    path = tmp_path / "plans.toml"
    path.write_text("[plans.free]\n", encoding="utf-8")
    commands = CliRunner()
    key = commands.invoke(main, ["keys", "new", "alice", "--plan", "free", "--file", str(path)]).stdout.strip()
    variables = {"NEURALWORKS_API_KEYS": "", "NEURALWORKS_USAGE_PLANS": str(path)}
    statuses = []
    for _ in range(2):
        with serving("", [*ANY], **variables) as running:
            statuses.append(running.ask("GET", "/models", {"x-api-key": key}).status)
            assert key not in running.banner
        assert commands.invoke(main, ["keys", "revoke", "alice", "--file", str(path)]).exit_code == 0
    assert statuses == [200, 403]


def test_example_of_the_docs_is_served(tmp_path: Path) -> None:
    """The file that docs/local-gateway.md shows does what the page says of it."""
    page = (ROOT / "docs" / "local-gateway.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```toml[^\n]*\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    path = tmp_path / "usage-plans.toml"
    path.write_text(example, encoding="utf-8")
    new = ["keys", "new", "alice", "--plan", "free", "--file", str(path)]
    key = CliRunner().invoke(main, new).stdout.strip()
    with serving("granian", NEURALWORKS_USAGE_PLANS=str(path)) as running:
        left = iter(range(30))
        traffic = send(running.port, key, 0.0, lambda _: next(left, None) is not None)
        unplanned = running.ask("GET", "/models", {"x-api-key": KEY}).status
    # A burst of ten, and five more in each second that the thirty took.
    assert 10 <= traffic.answers[200] <= 11 + 5 * traffic.elapsed_s < 25
    assert traffic.answers[THROTTLED] == 30 - traffic.answers[200]
    assert unplanned == 200


def test_several_workers_would_each_count_for_themselves(tmp_path: Path) -> None:
    """So limits and workers exclude each other, and the start says so."""
    settings = Settings(port=free_port())
    with pytest.raises(ConfigurationError) as caught:
        run(settings, workers=2, options=Options(usage_plans=str(tmp_path / "plans.toml")))
    assert str(caught.value) == (
        f"NEURALWORKS_USAGE_PLANS='{tmp_path}/plans.toml' cannot be used: "
        "expected one worker, not 2, because each would count requests for itself"
    )
