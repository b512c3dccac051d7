"""Answered rows as a table for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from challenge_neuralworks.cli.rows import as_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import IO

    from challenge_neuralworks.cli.tables import Answered
    from challenge_neuralworks.client.answers import Described

    Records = Sequence[dict[str, str]]

STRONGEST = 3
"""Contributions shown of an explanation."""


class Screen:
    """Draws a table a batch, and under it what there is to say of its rows; a single row stands upright."""

    def __init__(self, file: IO[str], model: Described, unit: str) -> None:
        self._console = Console(file=file, highlight=False)
        self._model = model
        self._unit = unit
        self._fields = tuple(model.schema["properties"])

    def write(self, batch: Sequence[Answered]) -> None:
        """Draw one batch."""
        inputs = [self._inputs(answered) for answered in batch]
        outputs = [self._outputs(answered) for answered in batch]
        if len(batch) == 1:
            self._console.print(_upright(inputs[0] | outputs[0]))
        else:
            self._console.print(self._table([{self._unit: str(one.row.place)} for one in batch], inputs, outputs))
        for answered in batch:
            for note in _notes(answered):
                place = f"{self._unit} {answered.row.place}: " if len(batch) > 1 else ""
                self._console.print(_text(f"{place}{note}"))

    def _table(self, places: Records, inputs: Records, outputs: Records) -> Table:
        table = _columns(places, inputs, outputs)
        unbounded = self._console.options.update(width=10_000)
        if self._console.measure(table, options=unbounded).maximum <= self._console.width:
            return table
        # Columns of a letter or two would help nobody: what was given becomes a sentence.
        told = [{"given": ", ".join(f"{name} {value}" for name, value in one.items())} for one in inputs]
        return _columns(places, told, outputs)

    def _inputs(self, answered: Answered) -> dict[str, str]:
        instance = answered.row.instance
        if not isinstance(instance, dict):
            return {"given": as_text(instance)}
        record = {name: as_text(instance.get(name)) for name in self._fields}
        return record | {name: as_text(value) for name, value in answered.row.extras.items()}

    def _outputs(self, answered: Answered) -> dict[str, str]:
        if answered.error:
            return {}
        record = self._predicted(answered)
        if answered.explanation is not None:
            record["strongest"] = _strongest(answered.explanation["contributions"])
        return record

    def _predicted(self, answered: Answered) -> dict[str, str]:
        classes = self._model.classes
        if not classes:
            return {"prediction": f"{answered.prediction:.6g}"}
        # Of two classes the one says the other.
        shown = list(enumerate(classes))[1 if len(classes) == 2 else 0 :]
        probabilities = {f"P({label})": f"{answered.prediction[at]:.4f}" for at, label in shown}
        return {**probabilities, "label": as_text(answered.label)}


def _columns(places: Records, inputs: Records, outputs: Records) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    parts = [(part, list({name: None for record in part for name in record})) for part in (places, inputs, outputs)]
    for part, names in parts:
        for name in names:
            # Where it is narrow, what was given is folded, and no digit of the answer is lost.
            table.add_column(_text(name), no_wrap=part is not inputs, overflow="fold")
    for rows in zip(*(part for part, _ in parts), strict=True):
        table.add_row(
            *(_text(row.get(name, "")) for row, (_, names) in zip(rows, parts, strict=True) for name in names)
        )
    return table


def _upright(record: dict[str, str]) -> Table:
    table = Table(show_header=False)
    for name, value in record.items():
        table.add_row(_text(name), _text(value))
    return table


def _notes(answered: Answered) -> list[str]:
    warnings = [f"warning: {warning.detail}" for warning in answered.warnings]
    return [f"error: {answered.error}"] if answered.error else warnings


def _strongest(contributions: dict[str, Any]) -> str:
    ordered = sorted(contributions.items(), key=lambda pair: -abs(pair[1]))
    return "\n".join(f"{name} {value:+.3f}" for name, value in ordered[:STRONGEST])


def _text(value: str) -> Text:
    # A value is no markup, and its control characters must not steer the terminal.
    shown = (letter if letter.isprintable() or letter == "\n" else "\N{REPLACEMENT CHARACTER}" for letter in value)
    return Text("".join(shown))
