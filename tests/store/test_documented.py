"""docs/store.md says what is so: its blocks are run as they stand, its codes are those of the errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from challenge_neuralworks import errors
from challenge_neuralworks.artifact import read_manifest, seals
from challenge_neuralworks.errors import NeuralworksError
from challenge_neuralworks.serving.following import METRICS
from challenge_neuralworks.store import news
from challenge_neuralworks.store.aliases import read_pointer
from challenge_neuralworks.store.errors import StoreError
from challenge_neuralworks.store.objects import Found, open_objects
from challenge_neuralworks.store.versions import Versions
from tests.making import ROOT
from tests.store.loading import gateway
from tests.store.place import Place

PAGE = (ROOT / "docs" / "store.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """Return the page's one block of a language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
    return str(found)


@pytest.fixture
def bucket(s3: Place) -> Iterator[Versions]:
    """Return the documented store, in a bucket that is there."""
    (url,) = re.findall(r"^export NEURALWORKS_STORE=(\S+)$", block("sh"), flags=re.MULTILINE)
    objects = open_objects(url)
    objects._client.create_bucket(Bucket=url.removeprefix("s3://").partition("/")[0])  # type: ignore[attr-defined]
    yield Versions(objects)
    objects.close()


def test_the_documented_store_is_published_to_and_followed(
    bucket: Versions, s3: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Python block publishes and promotes; a gateway with the documented setting then serves that version."""
    monkeypatch.chdir(ROOT)
    exec(block("python"), {})  # noqa: S102 - the page's own block
    version = read_manifest("models/delay").version
    with gateway(s3, bucket.objects.place, tmp_path, ttl_s=1) as serving:
        state = serving.get("/health")["models"]["delay"]
    assert (state["version"], state["following"]["version"], state["following"]["stale"]) == (version, version, False)


def test_the_documented_alias_is_one() -> None:
    """A reader takes the document."""
    pointer = read_pointer(Found(block("json").encode(), ""), "delay", "production")
    assert (pointer.version, pointer.serial) == (pointer.moves[-1].version, pointer.moves[-1].serial)
    assert pointer.moves[-1].previous == pointer.moves[-2].version


def codes(root: type[NeuralworksError]) -> set[str]:
    """Return the codes of a class and all below it."""
    return {root.code}.union(*(codes(child) for child in root.__subclasses__()))


def test_every_documented_code_is_one() -> None:
    """No code of the table is made up, and no error of the store is left out."""
    table = PAGE.partition("| what | code | then |")[2].partition("\n\n")[0]
    told = {code for row in table.splitlines()[2:] for code in re.findall(r"`([a-z-]+)`", row.split("|")[2])}
    assert told <= codes(errors.NeuralworksError) | codes(seals.SealMissing) | codes(seals.SealInvalid)
    # A publisher or a mover meets these; whoever follows does not.
    others = {"object-exists", "object-moved", "version-exists", "alias-moved", "store-error"}
    assert codes(StoreError) - others <= told


def test_every_message_and_metric_is_documented() -> None:
    """What the log and the metrics may say stands on the page."""
    for word in (news.CHANGED, news.KEPT, news.RECOVERED, *METRICS):
        assert f"`{word}`" in PAGE
