"""A pickle that would fill the memory is refused before anything of it is run."""

from __future__ import annotations

import pickle
import pickletools
from pathlib import Path

import pytest

from challenge_neuralworks.errors import PickleInvalid
from challenge_neuralworks.store import frugal
from challenge_neuralworks.store.frugal import check_frugal
from tests.making import ROOT, TOY_SCORER

PICKLES = sorted((ROOT / "models").glob("*/*.pkl"))


@pytest.mark.parametrize("path", PICKLES, ids=lambda path: path.parent.name)
def test_a_served_pickle_is_frugal(path: Path) -> None:
    """What is served passes, by far: it has not a hundredth of the instructions that are allowed."""
    content = path.read_bytes()
    check_frugal(content)
    assert sum(1 for _ in pickletools.genops(content)) < frugal.MOST_STEPS / 100


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_every_protocol_passes(protocol: int) -> None:
    """Older protocols number their objects, one after the other."""
    check_frugal(pickle.dumps([TOY_SCORER, "a", ("b", 1.5), list(range(300))], protocol=protocol))


@pytest.mark.parametrize(
    "content",
    [
        b"\x80\x05Nr" + (2**30).to_bytes(4, "little") + b".",
        b"\x80\x05Nq\xff.",
        b"N" + b"p1000000000\n.",
        b"\x80\x05\x96" + (2**62).to_bytes(8, "little") + b".",
        b"\x80\x05\x8e" + (2**40).to_bytes(8, "little") + b".",
        b"\x80\x05}",
        b"",
        b"no pickle",
    ],
)
def test_what_asks_for_more_than_it_has_is_refused(content: bytes) -> None:
    """A number beyond all objects, a length beyond all bytes, an end that never comes."""
    with pytest.raises(PickleInvalid):
        check_frugal(content)


def test_too_many_instructions_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each may make an object of 200 bytes out of one."""
    monkeypatch.setattr(frugal, "MOST_STEPS", 100)
    check_frugal(b"(" + b"}" * 97 + b"l.")
    with pytest.raises(PickleInvalid, match="more than 100 instructions"):
        check_frugal(b"(" + b"}" * 98 + b"l.")
