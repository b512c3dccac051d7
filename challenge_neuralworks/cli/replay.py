"""``neuralworks replay``: a receipt's answer, computed again."""

from __future__ import annotations

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from challenge_neuralworks.cli.faults import Failure
from challenge_neuralworks.cli.options import models_dir, warn
from challenge_neuralworks.cli.stored import open_versions, store_option

if TYPE_CHECKING:
    from challenge_neuralworks.lifecycle.replaying import Find
    from challenge_neuralworks.model import Model


@click.command()
@click.argument("receipt")
@click.argument("input_", metavar="INPUT", type=click.File("rb"))
@click.option(
    "--keys",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File of the public key, a JSON Web Key or a set of them.  [default: that of NEURALWORKS_RECEIPT_KEY]",
)
@models_dir
@store_option
def replay(receipt: str, input_: Any, keys: Path | None, models_dir: Path, store: str) -> None:
    """Prove that RECEIPT's answer to INPUT comes out again, bit for bit; exit 1 naming what differs.

    RECEIPT is the receipt itself, or a file that holds it or the answer it came with. INPUT is a file of the body that
    was sent ("-": standard input). The version is looked for in --models-dir, then in --store.
    """
    from challenge_neuralworks.lifecycle.replaying import Verdict, open_receipt
    from challenge_neuralworks.lifecycle.replaying import replay as replayed
    from challenge_neuralworks.serving.body import parse

    key, claims = open_receipt(_receipt(receipt), _keys(keys))
    document = parse(input_.read())
    verdicts = [Verdict("signature", holds=True, detail=f"key {key}")]
    with TemporaryDirectory() as scratch:
        verdicts += replayed(claims, document, _find(models_dir, store, scratch))
    for verdict in verdicts:
        click.echo(f"{verdict.what:9}  {'ok     ' if verdict.holds else 'DIFFERS'}  {verdict.detail}")
    if differing := [verdict.what for verdict in verdicts if not verdict.holds]:
        raise Failure(f"the receipt does not hold: {', '.join(differing)}")


def _receipt(given: str) -> str:
    if given.count(".") == 2 and given.startswith("ey"):
        return given
    try:
        text = Path(given).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{given[:100]!r} is neither a receipt nor a file that can be read: {error}") from error
    try:
        answer = json.loads(text)
    except ValueError:
        return text
    if not isinstance(answer, dict) or not isinstance(answer.get("receipt"), str):
        raise Failure(f"{given} is an answer without receipt; ask for one with ?receipt=true")
    found: str = answer["receipt"]
    return found


def _keys(path: Path | None) -> dict[str, bytes]:
    from challenge_neuralworks.lifecycle.keys import receipt_key_of, receipt_keys_in
    from challenge_neuralworks.serving.receipts import thumbprint
    from challenge_neuralworks.settings import VARIABLES

    if path is not None:
        return receipt_keys_in(path)
    seed = os.environ.get(VARIABLES["receipt_key"], "").strip()
    if not seed:
        raise Failure(f"there is no key to verify the receipt with: give --keys, or set {VARIABLES['receipt_key']}")
    public = receipt_key_of(seed)
    return {thumbprint(public): public}


def _find(models_dir: Path, store: str, scratch: str) -> Find:
    from challenge_neuralworks.settings import read_settings
    from challenge_neuralworks.store.folder import load_model, seals_of

    settings = read_settings(os.environ)

    def find(name: str, version: str) -> Model:
        folder = _folder(name, version, models_dir, store, scratch)
        return load_model(name, folder, settings.trusted_digests, seals_of(settings, warn))

    return find


def _folder(name: str, version: str, models_dir: Path, store: str, scratch: str) -> str:
    from challenge_neuralworks.artifact import read_manifest
    from challenge_neuralworks.errors import ManifestInvalid, UnknownVersion

    folder = str(models_dir / name)
    try:
        here = read_manifest(folder).version
    except ManifestInvalid:
        here = "none"
    if here == version:
        return folder
    if store:
        return open_versions(store).fetch(name, version, scratch)
    raise UnknownVersion(name, version, f"{here}; --store says where others are", f"in {models_dir}")
