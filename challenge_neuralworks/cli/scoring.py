"""Rows in, answered rows out: batches, what becomes of faulty rows, and where in the file a fault stands."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar
from urllib.parse import unquote

from challenge_neuralworks.cli.tables import Answered
from challenge_neuralworks.client.answers import instance_of, printable
from challenge_neuralworks.errors import InvalidInstances, NeuralworksError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from challenge_neuralworks.cli.rows import Row
    from challenge_neuralworks.client.answers import Answerer, Answers
    from challenge_neuralworks.errors import Fault

    OnError = Literal["stop", "skip"]

Part = TypeVar("Part")
Result = TypeVar("Result")


class RowsRefused(NeuralworksError):
    """Rows of a file cannot be answered; each fault has a line that says where it stands."""

    code = "rows-refused"

    def __init__(self, source: str, faults: Sequence[str], *, truncated: bool) -> None:
        some = f"{'at least ' if truncated else ''}{len(faults)} fault{'' if len(faults) == 1 else 's'}"
        head = f"{source} has {some}; --on-error skip goes on without such rows"
        super().__init__("\n  ".join([head, *faults]))
        self.faults = tuple(faults)


class Wrong(NamedTuple):
    """What is wrong with a row.

    field : "" where it is the row itself.
    """

    field: str
    detail: str

    def __str__(self) -> str:
        return f"{self.field}: {self.detail}" if self.field else self.detail

    def at(self, place: str) -> str:
        """Return it with its place, e.g. ``line 17, OPERA: ...``."""
        return f"{place}, {self}" if self.field else f"{place}: {self}"


class Scorer:
    """Has the rows of one file answered.

    Parameters
    ----------
    unit, source : how messages name a row, ``line 17``, and the file.
    on_error : ``stop`` at the first batch with a faulty row, or ``skip`` such rows and have the others answered.
    """

    def __init__(self, answerer: Answerer, unit: str, source: str, on_error: OnError = "stop") -> None:
        self._answerer = answerer
        self._unit = unit
        self._source = source
        self._skips = on_error == "skip"

    def single(self, row: Row) -> Answered:
        """Return the answer to a row that stands alone.

        Raises
        ------
        InvalidInstances : it breaks the signature.
        """
        answers = self._answerer.one(row.instance)
        return _answered(row, answers, 0, answers.warnings)

    def batch(self, rows: Sequence[Row]) -> list[Answered]:
        """Return the answers to a batch, in its order.

        Raises
        ------
        RowsRefused : a row is faulty, and none is to be skipped.
        """
        failed = {at: [Wrong("", row.fault)] for at, row in enumerate(rows) if row.fault}
        self._refuse(rows, failed)
        done = {at: _failed(rows[at], wrongs) for at, wrongs in failed.items()}
        parts = [[at for at in range(len(rows)) if at not in failed]]
        while parts:
            if asked := parts.pop():
                parts += self._ask(rows, asked, done)
        return [done[at] for at in range(len(rows))]

    def _ask(self, rows: Sequence[Row], asked: list[int], done: dict[int, Answered]) -> list[list[int]]:
        """Add what becomes of rows to `done`; return those of which that is still open, in parts to ask about next."""
        try:
            answers = self._answerer.many([rows[at].instance for at in asked])
        except InvalidInstances as error:
            found = {asked[position]: wrongs for position, wrongs in _located(error).items()}
            self._refuse(rows, found, truncated=error.truncated)
            cut = error.truncated and len(asked) > 1
            if cut:
                # More of its faults may have been left out.
                found.pop(max(found))
            elif error.truncated:
                found = {at: [*wrongs, Wrong("", "and more")] for at, wrongs in found.items()}
            done |= {at: _failed(rows[at], wrongs) for at, wrongs in found.items()}
            # One bad row must not lose the others: they are asked about again, without it.
            rest = [at for at in asked if at not in found]
            # Halves, since the whole rest might be refused for a hundred faults again, and again.
            middle = (len(rest) + 1) // 2
            return [rest[middle:], rest[:middle]] if cut else [rest]
        noted = _by_row(answers.warnings)
        done |= {at: _answered(rows[at], answers, n, noted.get(n, ())) for n, at in enumerate(asked)}
        return []

    def _refuse(self, rows: Sequence[Row], failed: dict[int, list[Wrong]], *, truncated: bool = False) -> None:
        if failed and not self._skips:
            places = ((f"{self._unit} {rows[at].place}", wrongs) for at, wrongs in failed.items())
            lines = [wrong.at(place) for place, wrongs in places for wrong in wrongs]
            raise RowsRefused(self._source, lines, truncated=truncated)


def batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Cut rows into lists of at most `size`."""
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        yield batch


def in_order(work: Callable[[Part], Result], parts: Iterable[Part], concurrency: int) -> Iterator[Result]:
    """Give the result of each part, in the order of parts; no more parts are read than are worked at."""
    if concurrency == 1:
        yield from map(work, parts)
        return
    parts, pool = iter(parts), ThreadPoolExecutor(concurrency)
    try:
        waiting = deque(pool.submit(work, part) for part in islice(parts, concurrency))
        while waiting:
            result = waiting.popleft().result()
            waiting.extend(pool.submit(work, part) for part in islice(parts, 1))
            yield result
    finally:
        # Whoever stops here does not want what is still to come.
        pool.shutdown(wait=False, cancel_futures=True)


def _answered(row: Row, answers: Answers, at: int, warnings: Sequence[Fault]) -> Answered:
    label = answers.labels[at] if answers.labels else None
    explanation = answers.explanations[at] if answers.explanations else None
    return Answered(row, answers.version, answers.predictions[at], label, explanation, warnings)


def _failed(row: Row, wrongs: Sequence[Wrong]) -> Answered:
    return Answered(row, error="; ".join(map(str, wrongs)))


def _located(error: InvalidInstances) -> dict[int, list[Wrong]]:
    found = _by_row(error.faults)
    # A fault of the batch itself would come again and again.
    if not found or -1 in found:
        raise error
    return {at: [Wrong(_field(fault.pointer), fault.detail) for fault in faults] for at, faults in found.items()}


def _by_row(faults: Iterable[Fault]) -> dict[int, list[Fault]]:
    grouped: dict[int, list[Fault]] = {}
    for fault in faults:
        number = instance_of(fault)
        grouped.setdefault(-1 if number is None else number, []).append(fault)
    return grouped


def _field(pointer: str) -> str:
    token = pointer.removeprefix("#/instances/").partition("/")[2]
    # What was quoted may be what a terminal must not get.
    return printable(unquote(token).replace("~1", "/").replace("~0", "~"))
