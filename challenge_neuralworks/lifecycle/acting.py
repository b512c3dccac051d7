"""Who moves an alias, for the audit line."""

from __future__ import annotations

import getpass
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 200


def actor(environ: Mapping[str, str]) -> str:
    """Return who acts: in a workflow its actor and run, elsewhere user and host."""
    run = environ.get("GITHUB_RUN_ID", "")
    if run:
        who = f"{environ.get('GITHUB_ACTOR', 'GitHub')} in run {run}"
        repository = environ.get("GITHUB_REPOSITORY", "")
        return f"{who} of {repository}"[:LONGEST] if repository else who[:LONGEST]
    try:
        user = getpass.getuser()
    # No name belongs to the user id of many a container.
    except (OSError, KeyError):
        user = "somebody"
    return f"{user}@{socket.gethostname()}"[:LONGEST]
