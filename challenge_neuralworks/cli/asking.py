"""What `neuralworks query` and `neuralworks predict` share: input, output, and the way from one to the other."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from functools import reduce
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from challenge_neuralworks.cli.faults import Failure
from challenge_neuralworks.cli.progress import Rows
from challenge_neuralworks.cli.rows import STDIN, Columns, Reading, Row, find_format, items, parse, reading
from challenge_neuralworks.cli.scoring import Scorer, batches, in_order
from challenge_neuralworks.cli.tables import JsonLine, JsonLines, check_suffix, to_file, to_stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO

    from challenge_neuralworks.cli.rows import Extra, Format
    from challenge_neuralworks.cli.scoring import OnError
    from challenge_neuralworks.cli.tables import Answered, Writer
    from challenge_neuralworks.client.answers import Answerer, Described

    Command = Callable[..., Any]

INTERRUPTED = 130
"""Exit status of a process that Ctrl-C ended, as shells report it."""

_OPTIONS = (
    click.argument(
        "file", required=False, type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
    ),
    click.option("--json", "text", metavar="TEXT", help="One instance, a JSON object, or an array of them."),
    click.option(
        "--format",
        "kind",
        type=click.Choice(["csv", "json", "jsonl", "parquet"]),
        help="Format of FILE; needed where FILE is -.  [default: what its name tells]",
    ),
    click.option(
        "--extra",
        type=click.Choice(["refuse", "keep", "drop"]),
        default="refuse",
        show_default=True,
        help="What to do about columns that are no fields of the model.",
    ),
    click.option(
        "--threshold", type=click.FloatRange(0, 1), help="Least probability of the second of two classes for its label."
    ),
    click.option("--explain", is_flag=True, help="Say what each field adds to the score."),
    click.option(
        "--on-error",
        type=click.Choice(["stop", "skip"]),
        default="stop",
        show_default=True,
        help="Stop at a batch with a faulty row, or write the row's error and have the others answered.",
    ),
    click.option(
        "--output",
        type=click.Path(dir_okay=False, path_type=Path),
        help="File to write: .csv, .jsonl or .parquet.  [default: a table on a terminal, else JSON lines]",
    ),
)


class Asked(NamedTuple):
    """What to have answered, and how; the options that both commands have."""

    file: Path | None
    text: str | None
    kind: Format | None
    extra: Extra
    threshold: float | None
    explain: bool
    on_error: OnError
    output: Path | None

    def check(self) -> None:
        """Refuse what cannot be done, before anything else is.

        Raises
        ------
        UsageError, DataError : say what and, where there is one, the remedy.
        """
        if self.file is not None and self.text is not None:
            raise click.UsageError("FILE and --json cannot both be given")
        if self.file is not None and str(self.file) == STDIN and self.kind is None:
            raise click.UsageError("standard input has no name to tell its format: add --format")
        if self.file is not None and str(self.file) == STDIN and self.kind == "parquet":
            raise click.UsageError("Parquet is read from its end, which standard input does not have: give a file")
        if self.file is not None and self.kind is None:
            find_format(self.file)
        if self.output is not None:
            check_suffix(self.output)
            if self.file is not None and self.output.exists() and self.output.samefile(self.file):
                raise click.UsageError("--output is FILE itself, which is still to be read")


class Done(NamedTuple):
    """What a run came to."""

    rows: int
    failed: int
    seconds: float
    interrupted: bool = False

    def __str__(self) -> str:
        rate = self.rows / self.seconds if self.seconds > 0 else 0.0
        failed = f" ({self.failed:,} failed)" if self.failed else ""
        return f"{self.rows:,} row{'' if self.rows == 1 else 's'}{failed} in {self.seconds:.2f} s, {rate:,.0f} rows/s"


def asking(command: Command) -> Command:
    """Give a command the options of `Asked`."""
    return reduce(lambda wrapped, option: option(wrapped), reversed(_OPTIONS), command)


class Run:
    """One run of a command.

    Parameters
    ----------
    batch_size, concurrency : instances a call, calls at a time.
    bare : answer a single instance with a JSON line even on a terminal.
    """

    def __init__(
        self, asked: Asked, model: Described, answerer: Answerer, *, batch_size: int, concurrency: int, bare: bool
    ) -> None:
        self._asked = asked
        self._model = model
        self._answerer = answerer
        self._batch_size = batch_size
        self._concurrency = concurrency
        self._bare = bare
        self._columns = Columns(model.schema["properties"], asked.extra)

    def single(self) -> Row | None:
        """Return the instance that stands alone: that of --json, or the model's example; None where rows are many."""
        if self._asked.file is not None:
            return None
        if self._asked.text is None:
            click.echo("no FILE and no --json: this is the model's own example", err=True)
            return Row(1, self._model.example)
        value = parse(self._asked.text, "--json")
        many = isinstance(value, list) or (isinstance(value, dict) and set(value) == {"instances"})
        return None if many else self._columns.row(1, value)

    def run(self) -> Done:
        """Answer every row, writing as answers come.

        Raises
        ------
        NeuralworksError : why it cannot go on; what was answered is written by then.
        """
        started = perf_counter()
        rows = failed = 0
        interrupted = False
        with ExitStack() as stack:
            single = self.single()
            source = self._source(stack) if single is None else Reading(iter((single,)), 1, "item")
            writer = self._writer(stack, source.unit, alone=single is not None)
            shows = source.total != 1 and not self._on_screen()
            progress = stack.enter_context(Rows(self._model.name, source.total)) if shows else None
            try:
                for batch in self._answered(source, single):
                    writer.write(batch)
                    rows += len(batch)
                    failed += sum(bool(answered.error) for answered in batch)
                    if progress is not None:
                        progress(rows)
            except KeyboardInterrupt:
                # What was answered is worth keeping, and files need their end.
                interrupted = True
        return Done(rows, failed, perf_counter() - started, interrupted)

    def _answered(self, source: Reading, single: Row | None) -> Iterator[list[Answered]]:
        scorer = Scorer(self._answerer, source.unit, self._name(), self._asked.on_error)
        if single is not None:
            return iter([[scorer.single(single)]])
        return in_order(scorer.batch, batches(source.rows, self._batch_size), self._concurrency)

    def _source(self, stack: ExitStack) -> Reading:
        file = self._asked.file
        if file is None:
            rows, total = items(self._asked.text or "", self._columns, self._name())
            return Reading(rows, total, "item")
        kind = self._asked.kind or find_format(file)
        return stack.enter_context(reading(file, kind, self._columns, sys.stdin.buffer))

    def _name(self) -> str:
        if self._asked.file is None:
            return "--json"
        return "standard input" if str(self._asked.file) == STDIN else str(self._asked.file)

    def _on_screen(self) -> bool:
        # Without rich, which `predict` does without, a terminal sees what a pipe does.
        return self._asked.output is None and sys.stdout.isatty() and find_spec("rich") is not None

    def _writer(self, stack: ExitStack, unit: str, *, alone: bool) -> Writer:
        if self._asked.output is not None:
            return stack.enter_context(to_file(self._asked.output, self._model, unit, explain=self._asked.explain))
        stream: IO[str] = stack.enter_context(to_stream(sys.stdout.buffer))
        if self._on_screen() and not (alone and self._bare):
            from challenge_neuralworks.cli.screen import Screen

            return Screen(stream, self._model, unit)
        return JsonLine(stream, self._model) if alone else JsonLines(stream, self._model, unit)


def finish(done: Done, summary: str) -> None:
    """Print the summary, and end with status 1 where a row failed.

    Raises
    ------
    Failure : a row failed.
    """
    if summary:
        click.echo(f"interrupted after {summary}" if done.interrupted else summary, err=True)
    if done.interrupted:
        sys.exit(INTERRUPTED)
    if done.failed:
        raise Failure(f"{done.failed:,} of {done.rows:,} rows could not be answered; their errors are in the output")
