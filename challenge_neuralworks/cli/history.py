"""``neuralworks history``: every move of a model's alias."""

from __future__ import annotations

import json

import click

from challenge_neuralworks.cli.stored import draw, open_versions, store_option

COLUMNS = ("move", "at", "version", "before", "by", "reason")


@click.command()
@click.argument("name")
@click.option("--alias", default="production", show_default=True, help="Alias whose moves are shown.")
@store_option
@click.option("--json", "as_json", is_flag=True, help="Print the moves as JSON.")
def history(name: str, alias: str, store: str, *, as_json: bool) -> None:
    """Show every move of an alias of model NAME, the newest first: when, from where to where, by whom and why."""
    from challenge_neuralworks.lifecycle.telling import NONE, audit_record
    from challenge_neuralworks.store.errors import UnknownAlias

    pointer = open_versions(store).alias(name, alias)
    if pointer is None:
        raise UnknownAlias(name, alias)
    moves = pointer.moves[::-1]
    if as_json:
        click.echo(json.dumps([audit_record(name, alias, move) for move in moves], indent=1, ensure_ascii=False))
        return
    cells = [(move.serial, move.at, move.version, move.previous or NONE, move.by, move.reason) for move in moves]
    draw(COLUMNS, cells)
