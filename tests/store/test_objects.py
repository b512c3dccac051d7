"""Objects: one contract, kept by a folder and by S3."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from challenge_neuralworks.errors import ConfigurationError
from challenge_neuralworks.store import s3_objects as s3_module
from challenge_neuralworks.store.errors import (
    ObjectExists,
    ObjectMissing,
    ObjectMoved,
    ObjectTooLarge,
    StoreUnavailable,
)
from challenge_neuralworks.store.folder_objects import FolderObjects
from challenge_neuralworks.store.objects import Found, Objects, open_objects
from tests.making import ROOT
from tests.store.place import Place


def test_what_is_created_is_read(objects: Objects) -> None:
    """An object's bytes come back, with the etag that creating it told."""
    etag = objects.create("toy/1/a", b"one")
    assert objects.read("toy/1/a") == Found(b"one", etag)


def test_an_unchanged_object_is_not_sent_again(objects: Objects) -> None:
    """With its etag there is nothing to read; with another there is."""
    etag = objects.create("a", b"one")
    assert objects.read("a", etag) is None
    after = objects.replace("a", b"two", etag)
    assert objects.read("a", etag) == Found(b"two", after)


def test_nothing_is_created_twice(objects: Objects) -> None:
    """What is there stays as it is."""
    objects.create("a", b"one")
    with pytest.raises(ObjectExists) as refused:
        objects.create("a", b"two")
    assert refused.value.key == "a"
    assert getattr(objects.read("a"), "content", None) == b"one"


@pytest.mark.parametrize("there", [True, False])
def test_only_what_was_read_is_replaced(objects: Objects, *, there: bool) -> None:
    """Another etag, or an object where there was none, is refused and changes nothing."""
    if there:
        objects.create("a", b"one")
    with pytest.raises(ObjectMoved):
        objects.replace("a", b"two", None if there else '"0123456789abcdef0123456789abcdef"')
    if there:
        assert getattr(objects.read("a"), "content", None) == b"one"
    else:
        with pytest.raises(ObjectMissing):
            objects.read("a")


def test_one_of_many_writers_wins(objects: Objects) -> None:
    """Of writers that read the same object, one replaces it, and what it wrote is there."""
    etag = objects.create("a", b"-")
    won: list[bytes] = []

    def write(mine: bytes) -> None:
        try:
            objects.replace("a", mine, etag)
        except ObjectMoved:
            return
        won.append(mine)

    threads = [Thread(target=write, args=(bytes([letter]),)) for letter in b"abcdefgh"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [getattr(objects.read("a"), "content", None)] == won


def test_a_missing_object_says_so(objects: Objects) -> None:
    """Its key is named."""
    with pytest.raises(ObjectMissing) as refused:
        objects.read("toy/1/none")
    assert refused.value.key == "toy/1/none"


def test_no_more_is_read_than_was_asked_for(objects: Objects) -> None:
    """An object over the limit is refused; one at the limit is read."""
    objects.create("a", b"12345")
    assert getattr(objects.read("a", limit=5), "content", None) == b"12345"
    with pytest.raises(ObjectTooLarge) as refused:
        objects.read("a", limit=4)
    assert refused.value.limit == 4


def test_keys_and_folders_are_listed(objects: Objects) -> None:
    """Keys that begin so, and the names up to the next slash, sorted; of nothing, nothing."""
    assert (objects.keys(""), objects.folders()) == ((), ())
    for key in ("toy/2/a", "toy/1/b", "toy/1/a", "tower/1/a", "c"):
        objects.create(key, b"")
    assert objects.keys("toy/") == ("toy/1/a", "toy/1/b", "toy/2/a")
    assert objects.keys("to") == ("tower/1/a", "toy/1/a", "toy/1/b", "toy/2/a")
    assert objects.folders() == ("tower", "toy")
    assert objects.folders("toy/") == ("1", "2")


def test_more_keys_than_a_page_are_listed(s3_objects: Objects, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page of a long listing is read."""
    for number in range(5):
        s3_objects.create(f"toy/{number}", b"")
    ask = s3_objects._client.list_objects_v2  # type: ignore[attr-defined]
    monkeypatch.setattr(s3_objects._client, "list_objects_v2", lambda **given: ask(**given, MaxKeys=2))  # type: ignore[attr-defined]
    assert s3_objects.keys("toy/") == tuple(f"toy/{number}" for number in range(5))


@pytest.mark.parametrize("key", ["../a", "toy/../../a", "/a", "toy//a", ".lock", "a\0b"])
def test_no_key_leads_out_of_the_folder(tmp_path: Path, key: str) -> None:
    """A key is names with slashes between, of which none begins with a dot."""
    (tmp_path / "a").write_bytes(b"outside")
    with pytest.raises(ObjectMissing):
        FolderObjects(str(tmp_path / "store")).read(key)


@pytest.mark.parametrize(
    "url", ["s3://", "s3:///prefix", "s3://user@bucket/x", "gs://bucket/x", "https://bucket/x", "file://host/x"]
)
def test_a_url_of_another_kind_is_refused(url: str) -> None:
    """The error names the setting, the value and what is expected."""
    with pytest.raises(ConfigurationError) as refused:
        open_objects(url)
    assert (refused.value.variable, refused.value.value) == ("NEURALWORKS_STORE", url)


@pytest.mark.parametrize("form", ["{}", "file://{}", "file://localhost{}"])
def test_a_folder_has_three_spellings(tmp_path: Path, form: str) -> None:
    """A path, and file URLs of this machine."""
    FolderObjects(str(tmp_path)).create("a", b"one")
    assert open_objects(form.format(tmp_path)).keys("") == ("a",)


def test_without_boto3_the_extra_is_named() -> None:
    """Who has no boto3 is told what to install."""
    code = (
        "import importlib.util; importlib.util.find_spec = lambda name: None\n"
        "from challenge_neuralworks.store.objects import open_objects\n"
        "try: open_objects('s3://bucket/x')\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.startswith("ConfigurationError NEURALWORKS_STORE='s3://bucket/x'")
    assert "challenge-neuralworks[store]" in told.stdout


@pytest.mark.parametrize("trouble", ["down", "error", "cut"])
def test_what_fails_once_is_asked_again(s3: Place, s3_objects: Objects, trouble: str) -> None:
    """One broken connection, one refusal for now, one answer cut short: the second call counts."""
    s3_objects.create("a", b"x" * 1000)
    left = [trouble]
    s3.trouble = lambda asked: left.pop() if left else ""
    assert getattr(s3_objects.read("a"), "content", None) == b"x" * 1000
    assert left == []


@pytest.mark.parametrize("trouble", ["down", "error", "cut"])
def test_what_goes_on_failing_is_unavailable(s3: Place, s3_objects: Objects, trouble: str) -> None:
    """After two calls the store is unavailable, whichever way it fails, and the error names the place."""
    s3_objects.create("a", b"x" * 1000)
    s3.asked.clear()
    s3.trouble = lambda asked: trouble
    with pytest.raises(StoreUnavailable) as refused:
        s3_objects.read("a")
    assert refused.value.place == s3_objects.place
    assert len(s3.asked) == 2


def test_a_slow_place_is_not_waited_for(s3: Place, s3_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is silent for longer than that is given up, twice."""
    monkeypatch.setattr(s3_module, "READ_S", 0.3)
    objects = open_objects(s3_url)
    s3.trouble = lambda asked: "slow"
    with pytest.raises(StoreUnavailable, match="ReadTimeout"):
        objects.read("a")
    assert len(s3.asked) == 2
    objects.close()


def test_a_bucket_that_is_not_there_is_unavailable(s3: Place) -> None:
    """It is no missing object: nothing would ever be found in it."""
    objects = open_objects("s3://another/x")
    with pytest.raises(StoreUnavailable, match="NoSuchBucket"):
        objects.read("a")
    objects.close()


def test_a_lost_answer_of_a_write_is_noticed(s3: Place, s3_objects: Objects) -> None:
    """A write whose answer was lost is repeated, and its own object is in its way: the caller is told, not lied to."""
    s3.trouble = lambda asked: "lost" if len(s3.asked) == 1 else ""
    with pytest.raises(ObjectExists):
        s3_objects.create("a", b"one")
