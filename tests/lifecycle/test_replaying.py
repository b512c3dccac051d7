"""Replaying: a receipt's answer comes out again, or it is said what differs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import jwt
import pytest
from click.testing import CliRunner, Result

from challenge_neuralworks.artifact.openssl import OpenSsl
from challenge_neuralworks.cli import main
from challenge_neuralworks.serving import build
from challenge_neuralworks.serving.receipts import Receipts, jwk
from challenge_neuralworks.settings import Settings
from challenge_neuralworks.store.folder_objects import FolderObjects
from challenge_neuralworks.store.versions import Versions
from tests.making import INSTANCE, ROOT, Context, rest_event, seal

SEED, OTHER = bytes(range(32)), bytes(32)
BATCH = {"instances": [{**INSTANCE, "age": age} for age in range(10)]}


def ask(
    models: Path, body: Any, query: dict[str, str] | None = None, name: str = "toy", seed: bytes = SEED
) -> dict[str, Any]:
    """Return the answer with its receipt."""
    handler = build(Settings(models_dir=str(models), log_level="OFF", metrics=False, receipt_key=seed))
    asked = rest_event("POST", f"/inference/{name}", body, queryStringParameters={"receipt": "true", **(query or {})})
    answer: dict[str, Any] = json.loads(handler(asked, Context())["body"])
    return answer


def replay(folder: Path, receipt: str, body: Any, *options: str, models: Path | None = None) -> Result:
    """Run the command; the receipt's public key is the one that it was signed by."""
    keys, sent = folder / "keys.json", folder / "sent.json"
    keys.write_text(json.dumps(jwk(OpenSsl().public_of(SEED))), encoding="utf-8")
    sent.write_text(json.dumps(body), encoding="utf-8")
    command = ["replay", receipt, str(sent), "--keys", str(keys), "--models-dir", str(models or folder), *options]
    return CliRunner().invoke(main, command)


def verdicts(done: Result) -> dict[str, str]:
    """Return what was said of each part."""
    lines = [line.split(maxsplit=2) for line in done.output.splitlines() if not line.startswith("error: ")]
    return {what: verdict for what, verdict, *_ in lines}


HELD = dict.fromkeys(("signature", "version", "digest", "input", "output"), "ok")


@pytest.mark.parametrize("query", [{}, {"threshold": "0.25"}, {"threshold": "0.999"}])
@pytest.mark.parametrize("body", [INSTANCE, BATCH])
def test_an_answer_comes_out_again(tmp_path: Path, body: Any, query: dict[str, str]) -> None:
    """Single or batch, with the threshold that was used: to the last bit."""
    seal(tmp_path)
    done = replay(tmp_path, ask(tmp_path, body, query)["receipt"], body)
    assert (done.exit_code, verdicts(done)) == (0, HELD)


@pytest.mark.parametrize("name", ["delay", "income"])
def test_answers_of_the_served_models_come_out_again(tmp_path: Path, name: str) -> None:
    """Scored by the compiled scorer, or from the tables: equal bits."""
    models = ROOT / "models"
    example = build(Settings(models_dir=str(models))).store.get(name).signature.example()
    body = {"instances": [example] * 501}
    done = replay(tmp_path, ask(models, body, name=name)["receipt"], body, models=models)
    assert (done.exit_code, verdicts(done)) == (0, HELD)


def test_the_receipt_may_be_a_file_or_the_whole_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What curl wrote will do; so will the environment's own key, and standard input."""
    seal(tmp_path)
    answer = ask(tmp_path, INSTANCE)
    for content in (json.dumps(answer), answer["receipt"] + "\n"):
        (tmp_path / "receipt").write_text(content, encoding="utf-8")
        assert replay(tmp_path, str(tmp_path / "receipt"), INSTANCE).exit_code == 0
    monkeypatch.setenv("NEURALWORKS_RECEIPT_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
    command = ["replay", answer["receipt"], "-", "--models-dir", str(tmp_path)]
    assert CliRunner().invoke(main, command, json.dumps(INSTANCE)).exit_code == 0


def test_another_input_is_named(tmp_path: Path) -> None:
    """Its hash differs; the exit status is 1."""
    seal(tmp_path)
    done = replay(tmp_path, ask(tmp_path, INSTANCE)["receipt"], {**INSTANCE, "age": 4})
    assert verdicts(done) == {**HELD, "input": "DIFFERS", "output": "DIFFERS"}
    assert (done.exit_code, done.output.splitlines()[-1]) == (1, "error: the receipt does not hold: input, output")


def test_an_input_that_the_model_refuses_is_named(tmp_path: Path) -> None:
    """It cannot be the one that was answered."""
    seal(tmp_path)
    done = replay(tmp_path, ask(tmp_path, INSTANCE)["receipt"], {"age": 4})
    assert verdicts(done) == {"signature": "ok", "version": "ok", "input": "DIFFERS"}
    assert done.exit_code == 1


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        ({"digest": "sha256:" + "0" * 64}, "digest"),
        ({"input": "sha256:" + "0" * 64}, "input"),
        ({"output": {"prediction": [0.5, 0.5], "label": "yes", "threshold": None}}, "output"),
    ],
)
def test_whoever_has_the_key_cannot_lie_either(tmp_path: Path, change: dict[str, Any], differs: str) -> None:
    """A receipt with a good signature of something else: the replay shows it."""
    seal(tmp_path)
    claims = jwt.decode(ask(tmp_path, INSTANCE)["receipt"], options={"verify_signature": False})
    done = replay(tmp_path, Receipts(SEED).sign({**claims, **change}), INSTANCE)
    assert verdicts(done) == {**HELD, differs: "DIFFERS"}


def test_another_key_or_a_changed_receipt_is_refused(tmp_path: Path) -> None:
    """Then nothing that it says counts, and nothing is replayed."""
    seal(tmp_path)
    theirs = ask(tmp_path, INSTANCE, seed=OTHER)["receipt"]
    head, body, signature = ask(tmp_path, INSTANCE)["receipt"].split(".")
    forged = Receipts(OTHER).sign({"model": "toy"}).split(".")
    poor = Receipts(SEED).sign({"model": "toy"})
    for receipt, told in (
        (theirs, "it is by the key"),
        (f"{head}.{forged[1]}.{signature}", "the signature is of other bytes"),
        (f"{head}.{body}.{forged[2]}", "the signature is of other bytes"),
        (poor, "it does not state"),
    ):
        done = replay(tmp_path, receipt, INSTANCE)
        assert done.exit_code == 1
        assert done.output.startswith(f"error: {told}")


def test_the_receipt_does_not_choose_its_algorithm(tmp_path: Path) -> None:
    """Neither `none`, nor the public key as a secret, nor a token of the same key that is for something else."""
    seal(tmp_path)
    claims = jwt.decode(ask(tmp_path, INSTANCE)["receipt"], options={"verify_signature": False})
    public = jwk(OpenSsl().public_of(SEED))
    headers = {"kid": public["kid"], "typ": "neuralworks-receipt+jwt"}
    secret = OpenSsl().public_of(SEED)
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    own = Ed25519PrivateKey.from_private_bytes(SEED)
    for token in (
        jwt.encode(claims, "", algorithm="none", headers=headers),
        jwt.encode(claims, secret, algorithm="HS256", headers=headers),
        jwt.encode(claims, own, algorithm="EdDSA", headers={**headers, "typ": "JWT"}),
        jwt.encode(claims, own, algorithm="EdDSA", headers={**headers, "crit": ["b64"]}),
    ):
        done = replay(tmp_path, token, INSTANCE)
        assert (done.exit_code, done.output.startswith("error: this is no receipt")) == (1, True)
    # The same claims by the same key, with the right header, are one.
    again = jwt.encode(claims, own, algorithm="EdDSA", headers=headers)
    assert replay(tmp_path, again, INSTANCE).exit_code == 0


def test_an_older_version_comes_out_of_the_store(tmp_path: Path) -> None:
    """The models folder has moved on; the store still has what answered then."""
    seal(tmp_path / "models")
    Versions(FolderObjects(str(tmp_path / "store"))).publish(str(tmp_path / "models" / "toy"))
    receipt = ask(tmp_path / "models", INSTANCE)["receipt"]
    shutil.rmtree(tmp_path / "models")
    seal(tmp_path / "models", threshold=0.25)
    done = replay(tmp_path, receipt, INSTANCE, models=tmp_path / "models")
    assert (done.exit_code, verdicts(done)) == (1, {"signature": "ok", "version": "DIFFERS"})
    assert "--store" in done.output
    done = replay(tmp_path, receipt, INSTANCE, "--store", str(tmp_path / "store"), models=tmp_path / "models")
    assert (done.exit_code, verdicts(done)) == (0, HELD)


@pytest.mark.parametrize("receipt", ["nothing", "ey.ey", "eyJ.eyJ.eyJ", "eyJhIjoxfQ.eyJhIjoxfQ.AA", "eyJ.é.eyJ"])
def test_what_is_no_receipt_is_said_to_be_none(tmp_path: Path, receipt: str) -> None:
    """One line that begins with error, whatever was given."""
    seal(tmp_path)
    done = replay(tmp_path, receipt, INSTANCE)
    assert (done.exit_code, done.output.count("\n"), done.output.startswith("error: ")) == (1, 1, True)


def test_an_answer_without_receipt_is_named(tmp_path: Path) -> None:
    """And what to ask for."""
    seal(tmp_path)
    (tmp_path / "answer.json").write_text("{}", encoding="utf-8")
    done = replay(tmp_path, str(tmp_path / "answer.json"), INSTANCE)
    assert (done.exit_code, "?receipt=true" in done.output) == (1, True)
