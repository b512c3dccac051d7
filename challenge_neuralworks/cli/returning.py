"""``neuralworks rollback NAME``: production of a model goes back to the version that was served before."""

from __future__ import annotations

import click

from challenge_neuralworks.cli.stored import conflicts, open_versions, trust, who


def roll_back_model(name: str, store: str, to: str, reason: str, *, dry_run: bool) -> None:
    """Point production of a model at the version before, or at ``to``, once that has loaded with all its checks.

    Raises
    ------
    Refused : there is none.
    Conflict : somebody else moved production meanwhile.
    """
    from challenge_neuralworks.lifecycle.returning import return_to, way_back
    from challenge_neuralworks.lifecycle.telling import last_line

    versions = open_versions(store)
    now, version = way_back(versions, name, to, trust())
    click.echo(f"{name} production: {now.version} -> {version}, which loads with all its checks")
    if dry_run:
        click.echo("nothing was moved: --dry-run")
        return
    with conflicts():
        after = return_to(versions, name, now, version, who(), reason or "rolled back")
    click.echo(last_line(name, "production", after))
