"""The command ``neuralworks``; every heavy import waits inside the command that needs it."""

from __future__ import annotations

import click

from challenge_neuralworks import __version__
from challenge_neuralworks.cli.data import data
from challenge_neuralworks.cli.deploy import deploy, rollback, smoke, status
from challenge_neuralworks.cli.diff import diff
from challenge_neuralworks.cli.faults import Group
from challenge_neuralworks.cli.history import history
from challenge_neuralworks.cli.keys import keys
from challenge_neuralworks.cli.models import check
from challenge_neuralworks.cli.new import new, remove
from challenge_neuralworks.cli.openapi import openapi
from challenge_neuralworks.cli.plan import plan
from challenge_neuralworks.cli.predict import predict
from challenge_neuralworks.cli.promote import promote
from challenge_neuralworks.cli.publish import publish
from challenge_neuralworks.cli.query import query
from challenge_neuralworks.cli.replay import replay
from challenge_neuralworks.cli.serving import serve
from challenge_neuralworks.cli.sign import keygen, receipt_key, sign, verify
from challenge_neuralworks.cli.stages import check_data, check_model, evaluate, preprocess, search, segregate
from challenge_neuralworks.cli.sync import sync
from challenge_neuralworks.cli.track import track
from challenge_neuralworks.cli.training import train
from challenge_neuralworks.cli.watch import watch


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="neuralworks", message="%(prog)s %(version)s")
def main() -> None:
    """Train scikit-learn models, prove their exports, and serve them without scikit-learn."""


STAGES = (preprocess, check_data, segregate, search, train, evaluate, track, check_model)
SEALING = (keygen, sign, verify, receipt_key, replay)

for command in (data, *STAGES, check, predict, query, plan, serve, keys, openapi, deploy, smoke, rollback, status):
    main.add_command(command)
for command in (new, remove):
    main.add_command(command)
for command in SEALING:
    main.add_command(command)
for command in (publish, promote, watch, history, diff, sync):
    main.add_command(command)
