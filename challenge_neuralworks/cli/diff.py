"""``neuralworks diff``: two versions of a model side by side."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from challenge_neuralworks.cli.stored import draw, open_versions, store_option, trust

if TYPE_CHECKING:
    from challenge_neuralworks.artifact.manifest import Manifest
    from challenge_neuralworks.lifecycle.comparing import Changed, Predictions

    Lines = list[tuple[str, Any, Any]]


class Difference(NamedTuple):
    """Everything that two versions differ in.

    incompatible : what callers of A would be let down by.
    predictions : None where the versions know other classes.
    rows_of : where the rows came from.
    """

    name: str
    versions: tuple[str, str]
    metrics: Lines
    facts: Lines
    signature: list[str]
    incompatible: list[str]
    predictions: Predictions | None
    rows_of: str


@click.command(epilog="Example: neuralworks diff delay production candidate --rows flights.csv")
@click.argument("name")
@click.argument("a")
@click.argument("b")
@store_option
@click.option(
    "--rows",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File of rows to score by both: CSV, JSON, JSON lines or Parquet.  [default: 300 made up from the signature]",
)
@click.option("--top", type=click.IntRange(0), default=10, show_default=True, help="Rows shown of those that change.")
@click.option("--json", "as_json", is_flag=True, help="Print the difference as JSON.")
def diff(name: str, a: str, b: str, *, as_json: bool, **options: Any) -> None:
    """Show what changes from A to B, versions or aliases of model NAME: metrics, signature, size, predictions.

    Golden instances of both versions are scored by both, and so are the rows.
    """
    found = _compare(name, (a, b), **options)
    if as_json:
        click.echo(json.dumps(_as_json(found), indent=1, ensure_ascii=False, default=str))
    else:
        _show(found)


def _compare(name: str, references: tuple[str, str], store: str, rows: Path | None, top: int) -> Difference:
    from challenge_neuralworks.lifecycle import comparing
    from challenge_neuralworks.lifecycle.compatibility import incompatibilities
    from challenge_neuralworks.lifecycle.sides import fetch_side, resolve

    versions, trusted = open_versions(store), trust()
    with TemporaryDirectory(prefix="neuralworks-") as folder:
        a, b = (fetch_side(versions, name, resolve(versions, name, one), folder) for one in references)
        models = trusted.load(a), trusted.load(b)
        predictions = comparing.predictions(*models, _instances(a.manifest, b.manifest, rows), top)
    pair = a.manifest, b.manifest
    return Difference(
        name,
        (a.version, b.version),
        list(comparing.metric_lines(*pair)),
        list(comparing.fact_lines(*pair)),
        list(comparing.signature_lines(pair[0].signature, pair[1].signature)),
        list(incompatibilities(*pair)),
        predictions,
        f"golden instances and {rows or '300 rows made up from the signature'}",
    )


def _instances(a: Manifest, b: Manifest, rows: Path | None) -> list[Any]:
    from challenge_neuralworks.deploy.release.comparing import sample

    golden = [dict(instance) for manifest in (a, b) for instance, _ in manifest.golden]
    more = sample(a)[len(a.golden) :] if rows is None else _read(rows, a)
    # Golden instances of two versions are mostly the same.
    return list({json.dumps(one, sort_keys=True, default=str): one for one in (*golden, *more)}.values())


def _read(rows: Path, manifest: Manifest) -> list[Any]:
    from challenge_neuralworks.cli.rows import Columns, find_format, reading

    columns = Columns(manifest.signature.json_schema()["properties"], "drop")
    with reading(rows, find_format(rows), columns, sys.stdin.buffer) as found:
        return [row.instance for row in found.rows if not row.fault]


def _show(found: Difference) -> None:
    click.echo(f"{found.name}: {found.versions[0]} -> {found.versions[1]}")
    _table(("metric", "A", "B", "change"), [(*line, _change(*line[1:])) for line in found.metrics])
    _table(("", "A", "B"), [line for line in found.facts if line[1] != line[2]])
    _table(("signature",), [(line,) for line in found.signature] or [("the same",)])
    _table(("callers of A would be let down",), [(line,) for line in found.incompatible])
    if found.predictions is None:
        click.echo("\npredictions cannot be compared: the versions know other classes")
        return
    told = found.predictions
    refused = f", refused by A {told.refused[0]}, by B {told.refused[1]}" if any(told.refused) else ""
    click.echo(
        f"\n{told.rows} rows ({found.rows_of}){refused}: {told.flips} labels flip, mean difference {told.mean:.3g}"
    )
    _table(("difference", "A", "B", "label A", "label B", "instance"), [_cells(one) for one in told.changed])


def _table(columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    if rows:
        click.echo()
        draw(columns, [tuple("-" if cell is None else cell for cell in row) for row in rows])


def _change(a: Any, b: Any) -> str:
    if isinstance(a, int | float) and isinstance(b, int | float):
        return f"{b - a:+.6g}" if a != b else "="
    return "=" if a == b else "-"


def _cells(one: Changed) -> tuple[Any, ...]:
    ours, theirs = (" ".join(f"{value:.4g}" for value in prediction) for prediction in one.predictions)
    labels = one.labels or ("-", "-")
    return f"{one.difference:.3g}", ours, theirs, *labels, json.dumps(one.instance, ensure_ascii=False)


def _as_json(found: Difference) -> dict[str, Any]:
    predictions = None
    if found.predictions is not None:
        told = found.predictions
        changed = [{**one._asdict(), "flips": one.flips} for one in told.changed]
        predictions = {**told._asdict(), "changed": changed, "rows_of": found.rows_of}
    return {
        "model": found.name,
        "a": found.versions[0],
        "b": found.versions[1],
        "metrics": {metric: {"a": a, "b": b} for metric, a, b in found.metrics},
        "facts": {fact: {"a": a, "b": b} for fact, a, b in found.facts},
        "signature": found.signature,
        "incompatible": found.incompatible,
        "predictions": predictions,
    }
