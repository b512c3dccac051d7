"""Following an alias: the new version soon, the last good one whatever fails, and nothing of it on the request path."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from challenge_neuralworks.errors import ModelUnavailable, UnknownModel
from challenge_neuralworks.store import following as following_module
from challenge_neuralworks.store.folder import FolderStore
from challenge_neuralworks.store.following import FollowingStore
from challenge_neuralworks.store.news import CHANGED, KEPT, RECOVERED, News
from challenge_neuralworks.store.objects import Objects, open_objects
from challenge_neuralworks.store.versions import Versions
from tests.making import ROOT, edit_manifest, seal
from tests.store.making import bomb, following, point, publish, resealed
from tests.store.place import Place, until


def failing(told: list[News]) -> list[tuple[str, str, str]]:
    """Return model, what is served and the code of each failure that was told anew."""
    return [(news.model, news.version, news.error) for news in told if news.message == KEPT and not news.repeated]


def test_the_alias_says_what_is_served(versions: Versions, tmp_path: Path) -> None:
    """A move is followed without anybody asking for it, forth and back; each change is told once."""
    first, second = (publish(versions, tmp_path, threshold) for threshold in (0.5, 0.25))
    point(versions, first)
    with following(versions, tmp_path) as (store, told):
        assert store.get("toy").version == first
        point(versions, second)
        until(lambda: store.get("toy").version == second)
        assert store.get("toy").threshold == 0.25
        point(versions, first)
        until(lambda: store.get("toy").version == first)
    assert [(news.version, news.previous) for news in told] == [(first, ""), (second, first), (first, second)]
    assert {news.message for news in told} == {CHANGED}


def test_without_an_alias_the_baked_one_is_served(versions: Versions, tmp_path: Path) -> None:
    """A store that knows nothing of a model changes nothing; once it does, its word counts."""
    baked = seal(tmp_path / "baked", threshold=0.75).version
    with following(versions, tmp_path) as (store, told):
        assert store.get("toy").version == baked
        assert (store.names(), told) == (("toy",), [])
        version = publish(versions, tmp_path, 0.5)
        point(versions, version)
        until(lambda: store.get("toy").version == version)


def test_a_model_of_the_store_needs_no_baked_one(versions: Versions, tmp_path: Path) -> None:
    """A model that only the store has is listed and served; another name is unknown, and the known are named."""
    point(versions, publish(versions, tmp_path, 0.5))
    with following(versions, tmp_path) as (store, _):
        assert store.names() == ("toy",)
        with pytest.raises(UnknownModel) as refused:
            store.get("nope")
        assert refused.value.known == ("toy",)
        assert store.get("toy").threshold == 0.5


def test_a_new_model_is_found_once_asked_for(versions: Versions, tmp_path: Path) -> None:
    """Who asks in vain has the store listed at the next period."""
    with following(versions, tmp_path) as (store, _):
        with pytest.raises(UnknownModel):
            store.get("toy")
        point(versions, publish(versions, tmp_path, 0.5))

        def served() -> bool:
            try:
                return store.get("toy").threshold == 0.5
            except UnknownModel:
                return False

        until(served)


def test_the_baked_version_is_not_downloaded(s3: Place, s3_objects: Objects, tmp_path: Path) -> None:
    """Where the alias names what came with the code, only the alias is asked."""
    versions = Versions(s3_objects)
    version = seal(tmp_path / "baked").version
    versions.publish(str(tmp_path / "baked" / "toy"))
    point(versions, version)
    s3.asked.clear()
    with following(versions, tmp_path) as (store, told):
        assert store.get("toy").version == version
        state = until(lambda: store.following("toy"))
        assert (state.version, state.error, state.stale) == (version, "", False)
    assert [asked.path for asked in s3.asked if ".pkl" in asked.path or "manifest" in asked.path] == []
    assert [news.message for news in told] == [CHANGED]


def test_an_unchanged_alias_costs_one_small_request(s3: Place, s3_objects: Objects, tmp_path: Path) -> None:
    """A period asks the alias, with its etag, and nothing else."""
    versions = Versions(s3_objects)
    point(versions, publish(versions, tmp_path, 0.5))
    with following(versions, tmp_path) as (store, _):
        store.get("toy")
        until(lambda: store.following("toy"))
        s3.asked.clear()
        until(lambda: len(s3.asked) >= 4)
        asked = [one.path.rpartition("/")[2].partition("?")[0] for one in s3.asked[:4]]
    assert asked == ["production.json"] * 4


def broken(versions: Versions, folder: Path, change: Callable[[Path, str], None]) -> str:
    """Publish a version and then break it, as `change` does to the folder it came from."""
    version = seal(folder, threshold=0.3).version
    change(folder / "toy", version)
    versions.publish(str(folder / "toy"))
    return version


def other_golden(folder: Path, version: str) -> None:
    """Promise a prediction that the model does not give."""
    content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    content["golden"][0]["prediction"] = [0.5, 0.5]
    (folder / "manifest.json").write_text(json.dumps(content), encoding="utf-8")


def a_bomb(folder: Path, version: str) -> None:
    """Put in a pickle that runs a command, which its manifest allows."""
    resealed(folder, bomb(folder / "exploded"), pickle__imports=["posix:system"])


def a_giant(folder: Path, version: str) -> None:
    """Promise more bytes than are ever read."""
    edit_manifest(folder, pickle__bytes=2**40)


def a_huge_array(folder: Path, version: str) -> None:
    """Put in a few bytes that ask the unpickler for an array of 2**62."""
    resealed(folder, b"\x80\x05\x96" + (2**62).to_bytes(8, "little") + b".")


@pytest.mark.parametrize(
    ("change", "code"),
    [(other_golden, "golden-mismatch"), (a_bomb, "forbidden-import"), (a_huge_array, "invalid-pickle")],
)
def test_a_version_that_fails_a_check_is_not_served(
    versions: Versions, tmp_path: Path, change: Callable[[Path, str], None], code: str
) -> None:
    """The last good one goes on, the failure is told with its code, and the next sound version is served."""
    first = publish(versions, tmp_path, 0.5)
    point(versions, first)
    with following(versions, tmp_path) as (store, told):
        assert store.get("toy").version == first
        point(versions, broken(versions, tmp_path / "broken", change))
        until(lambda: failing(told))
        assert store.get("toy").version == first
        assert failing(told) == [("toy", first, code)]
        state = store.following("toy")
        assert state is not None
        assert (state.version, state.error, state.stale) == (first, code, True)
        second = publish(versions, tmp_path, 0.25)
        point(versions, second)
        until(lambda: store.get("toy").version == second)
        until(lambda: [news for news in told if news.message == RECOVERED])
    assert list(tmp_path.rglob("exploded")) == []


def test_a_promise_of_too_much_is_not_downloaded(s3: Place, s3_objects: Objects, tmp_path: Path) -> None:
    """A manifest that says its pickle has a terabyte costs one small read."""
    versions = Versions(s3_objects)
    sealed = seal(tmp_path)
    version = versions.publish(str(tmp_path / "toy"))
    edit_manifest(tmp_path / "toy", pickle__bytes=2**40)
    key = f"toy/{version}/manifest.json"
    found = s3_objects.read(key)
    s3_objects.replace(key, (tmp_path / "toy" / "manifest.json").read_bytes(), found.etag if found else None)
    point(versions, version)
    s3.asked.clear()
    with following(versions, tmp_path) as (store, told):
        with pytest.raises(ModelUnavailable) as refused:
            store.get("toy")
        assert refused.value.cause.code == "object-too-large"
    assert failing(told)[0] == ("toy", "", "object-too-large")
    assert [asked for asked in s3.asked if sealed.pickle.file in asked.path] == []


@pytest.mark.parametrize("trouble", ["down", "error", "cut"])
def test_a_store_in_trouble_changes_nothing(
    s3: Place, s3_objects: Objects, aside: Versions, tmp_path: Path, trouble: str
) -> None:
    """While it is not well the last good one goes on; the failure is told once; then the move that was missed comes."""
    first, second = (publish(aside, tmp_path, threshold) for threshold in (0.5, 0.25))
    point(aside, first)
    with following(Versions(s3_objects), tmp_path) as (store, told):
        store.get("toy")
        s3.trouble = lambda asked: trouble
        point(aside, second)
        until(lambda: [news for news in told if news.failures > 2 and news.model])
        assert store.get("toy").version == first
        assert failing(told)[-1] == ("toy", first, "store-unavailable")
        s3.trouble = lambda asked: ""
        until(lambda: store.get("toy").version == second)
        until(lambda: [news for news in told if news.message == RECOVERED])


def test_a_cold_start_without_a_store_serves_what_is_baked_in(s3: Place, s3_objects: Objects, tmp_path: Path) -> None:
    """The store is down when the first request comes: what came with the code answers, another name says why not."""
    baked = seal(tmp_path / "baked").version
    s3.trouble = lambda asked: "down"
    with following(Versions(s3_objects), tmp_path) as (store, told):
        assert store.get("toy").version == baked
        with pytest.raises(ModelUnavailable) as refused:
            store.get("other")
        assert refused.value.cause.code == "store-unavailable"
        state = until(lambda: store.following("toy"))
        assert (state.version, state.checked, state.error, state.stale) == ("", "", "store-unavailable", True)
        assert ("toy", baked, "store-unavailable") in failing(told) or ("toy", "", "store-unavailable") in failing(told)


def test_a_mistyped_folder_is_no_empty_store(tmp_path: Path) -> None:
    """What came with the code is served, and the log says that there is no such folder; once there is, all is well."""
    baked = seal(tmp_path / "baked").version
    versions = Versions(open_objects(str(tmp_path / "store")))
    with following(versions, tmp_path) as (store, told):
        assert store.get("toy").version == baked
        until(lambda: failing(told))
        assert failing(told) == [("", "", "store-unavailable")]
        point(versions, publish(versions, tmp_path, 0.25))
        until(lambda: store.get("toy").threshold == 0.25)


def test_a_slow_store_is_waited_for_once(
    s3: Place, s3_objects: Objects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First uses of all models together wait as long as one may, and not again; then the late answer is served."""
    versions = Versions(s3_objects)
    late = publish(versions, tmp_path, 0.25)
    point(versions, late)
    names = ("toy", "second", "third")
    baked = [seal(tmp_path / "baked", name).version for name in names]
    held = [True]
    s3.trouble = lambda asked: "slow" if held else ""
    monkeypatch.setattr(following_module, "FIRST_S", 1.0)
    with following(versions, tmp_path) as (store, _):
        began = time.monotonic()
        assert [store.get(name).version for name in names] == baked
        assert 1.0 <= time.monotonic() - began < 3 * 1.0
        held.clear()
        until(lambda: store.get("toy").version == late)


def test_a_request_pays_nothing_for_following() -> None:
    """Where a model is served, `get` is the folder's own, and nothing else."""
    assert FollowingStore.get is FolderStore.get


@pytest.mark.parametrize(
    ("content", "code"), [(b"{}", "invalid-alias"), (None, "unknown-alias"), (b'{"version": "none"}', "invalid-alias")]
)
def test_an_alias_that_breaks_changes_nothing(tmp_path: Path, content: bytes | None, code: str) -> None:
    """A document that cannot be read, or is gone, is a failure, not a new state of things."""
    versions = Versions(open_objects(str(tmp_path / "store")))
    first = publish(versions, tmp_path, 0.5)
    point(versions, first)
    alias = tmp_path / "store" / "toy" / "aliases" / "production.json"
    with following(versions, tmp_path) as (store, told):
        store.get("toy")
        if content is None:
            alias.unlink()
        else:
            alias.write_bytes(content)
        until(lambda: failing(told))
        assert (store.get("toy").version, failing(told)) == (first, [("toy", first, code)])


def test_a_refused_version_is_not_tried_again_at_once(
    s3: Place, s3_objects: Objects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would fail again: it is downloaded once, and once more when some minutes are over."""
    versions = Versions(s3_objects)
    version = broken(versions, tmp_path, other_golden)
    point(versions, version)
    s3.asked.clear()

    def downloads() -> int:
        return sum(".pkl" in asked.path for asked in s3.asked)

    with following(versions, tmp_path) as (store, told):
        with pytest.raises(ModelUnavailable):
            store.get("toy")
        until(lambda: [news for news in told if news.failures > 3])
        assert downloads() <= 1
        assert [news.repeated for news in told][:4] == [False, True, True, True]
        assert {news.error for news in told} == {"golden-mismatch"}


def test_what_nobody_expected_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect in a look is a failure that is told; the next look comes all the same."""
    versions = Versions(open_objects(str(tmp_path / "store")))
    first, second = (publish(versions, tmp_path, threshold) for threshold in (0.5, 0.25))
    point(versions, first)
    with following(versions, tmp_path) as (store, told):
        store.get("toy")
        with monkeypatch.context() as patch:
            patch.setattr(versions, "alias_since", lambda *given: 1 / 0)
            patch.setattr(versions, "aliased", lambda *given: 1 / 0)
            with pytest.raises(UnknownModel):
                store.get("other")
            until(lambda: len(failing(told)) == 2)
            assert set(failing(told)) == {("toy", first, "load-failed"), ("", "", "load-failed")}
        point(versions, second)
        until(lambda: store.get("toy").version == second)


def test_a_candidate_is_followed_beside(versions: Versions, tmp_path: Path) -> None:
    """Who asks for one gets what the other alias names, once it is there; where none is followed, there is none."""
    first, second = (publish(versions, tmp_path, threshold) for threshold in (0.5, 0.25))
    point(versions, first)
    point(versions, second, alias="candidate")
    with following(versions, tmp_path, candidate="candidate") as (store, _):
        store.get("toy")
        candidate = until(lambda: store.candidate("toy"))
        assert (store.get("toy").version, candidate.version) == (first, second)
    with following(versions, tmp_path) as (store, _):
        store.get("toy")
        assert store.candidate("toy") is None


def _serves(store: FollowingStore, version: str) -> bool:
    return store.get("toy").version == version


def test_the_cache_keeps_what_is_served(versions: Versions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many moves the served version and the one before stay on the disk; what others may just read stays a while."""
    monkeypatch.setattr("challenge_neuralworks.store.fetching.GRACE_S", 0.0)
    published = [publish(versions, tmp_path, threshold) for threshold in (0.1, 0.2, 0.3, 0.4)]
    point(versions, published[0])
    with following(versions, tmp_path) as (store, _):
        store.get("toy")
        for version in published[1:]:
            time.sleep(0.02)
            point(versions, version)
            until(partial(_serves, store, version))
        cache = tmp_path / "cache" / "toy"
        until(lambda: {path.name for path in cache.iterdir()} == set(published[2:]))


def test_processes_share_the_cache(tmp_path: Path) -> None:
    """Many that fetch the same version at once all get it whole, and it is there once."""
    url = str(tmp_path / "store")
    version = publish(Versions(open_objects(url)), tmp_path, 0.5)
    code = (
        "import sys; from challenge_neuralworks.artifact import load\n"
        "from challenge_neuralworks.store.objects import open_objects\n"
        "from challenge_neuralworks.store.versions import Versions\n"
        "sys.stdin.read()\n"
        f"versions = Versions(open_objects({url!r}))\n"
        f"for n in range(50): load(versions.fetch('toy', {version!r}, {str(tmp_path)!r} + f'/{{n}}'))"
    )
    command = [sys.executable, "-c", code]
    with ExitStack() as stack:
        running = [stack.enter_context(subprocess.Popen(command, stdin=subprocess.PIPE, cwd=ROOT)) for _ in range(4)]
        # All are let go at once.
        for process in running:
            assert process.stdin
            process.stdin.close()
        assert [process.wait() for process in running] == [0] * 4
    assert {path.name for n in range(50) for path in (tmp_path / str(n) / "toy").iterdir()} == {version}


def test_with_the_store_off_nothing_of_it_is_imported(tmp_path: Path) -> None:
    """Who follows nothing pays nothing for those who do."""
    seal(tmp_path)
    code = (
        "import sys; from challenge_neuralworks.serving import build\n"
        "from challenge_neuralworks.settings import Settings\n"
        f"build(Settings(models_dir={str(tmp_path)!r})).store.get('toy')\n"
        "print(sorted(name for name in sys.modules if 'neuralworks.store' in name or name.startswith('boto')))"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "['challenge_neuralworks.store', 'challenge_neuralworks.store.folder']"
