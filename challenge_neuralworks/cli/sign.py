"""``neuralworks keygen``, ``sign``, ``verify`` and ``receipt-key``: keys, and what they sign."""

from __future__ import annotations

import json
from pathlib import Path

import click

from challenge_neuralworks.cli.faults import Failure

folder = click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
a_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("kind", type=click.Choice(["seal", "receipt"]))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def keygen(kind: str, file: Path) -> None:
    """Write a new private key to FILE, readable by its owner only, and its public key to FILE.pub."""
    from challenge_neuralworks.lifecycle.keys import new_receipt_key, new_seal_key

    public = new_seal_key(file) if kind == "seal" else new_receipt_key(file)
    click.echo(f"{file}  private, keep it secret\n{public}  public")


@click.command()
@folder
@click.option("--key", type=a_file, required=True, help="File of the private key: PEM, P-256, not encrypted.")
def sign(folder: Path, key: Path) -> None:
    """Seal the artifact in FOLDER: sign manifest, pickle and evaluation. A seal that holds is kept."""
    from challenge_neuralworks.artifact.seals import SHORT
    from challenge_neuralworks.lifecycle.signing import sign as signed

    manifest, found, kept = signed(folder, key)
    how = "was sealed before, and that is kept" if kept else "is sealed"
    click.echo(f"{manifest.name} {manifest.version} {how}: key {found[:SHORT]}")


@click.command()
@folder
@click.option(
    "--public-key", "public_keys", type=a_file, multiple=True, required=True, help="File of a trusted key: PEM, P-256."
)
def verify(folder: Path, public_keys: tuple[Path, ...]) -> None:
    """Verify the seal of FOLDER as the function does; exit 1 unless every file is as it was signed.

    With several --public-key a seal by any of them will do.
    """
    from challenge_neuralworks.artifact.seals import SHORT
    from challenge_neuralworks.lifecycle.keys import seal_keys_in
    from challenge_neuralworks.lifecycle.signing import look
    from challenge_neuralworks.lifecycle.signing import verify as verified

    keys = [key for path in public_keys for key in seal_keys_in(path)]
    found, files = look(folder, keys)
    width = max(len(looked.file) for looked in files)
    for file, sha256, verdict in files:
        click.echo(f"{file:{width}}  {sha256 or '-':64}  {verdict}")
    # The verdict is that of the function's own code.
    manifest = verified(folder, keys)
    click.echo(f"{manifest.name} {manifest.version} is sealed: key {found[:SHORT]}")


@click.command("receipt-key")
@click.option("--set", "as_set", is_flag=True, help="As a set of keys, to which those of the past belong, too.")
def receipt_key(*, as_set: bool) -> None:
    """Print the public key of NEURALWORKS_RECEIPT_KEY, a JSON Web Key, for those who verify receipts."""
    import os

    from challenge_neuralworks.serving.receipts import jwk
    from challenge_neuralworks.settings import VARIABLES

    seed = os.environ.get(VARIABLES["receipt_key"], "").strip()
    if not seed:
        raise Failure(f"{VARIABLES['receipt_key']} is not set; 'neuralworks keygen receipt FILE' makes a key")
    from challenge_neuralworks.lifecycle.keys import receipt_key_of

    made = jwk(receipt_key_of(seed))
    click.echo(json.dumps({"keys": [made]} if as_set else made, indent=1))
