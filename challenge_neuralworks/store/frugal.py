"""A downloaded pickle is read through before it is unpickled: one that would fill the memory is refused.

Seven bytes can make an unpickler take gigabytes, and a process without memory is killed, with what it serves.
"""

from __future__ import annotations

from challenge_neuralworks.errors import PickleInvalid
from challenge_neuralworks.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_STEPS = 5_000_000
"""Instructions of a pickle, each of which makes 200 bytes or so: a gigabyte. An exported model has a few thousand."""

NUMBERING = ("PUT", "BINPUT", "LONG_BINPUT")


def check_frugal(content: bytes) -> None:
    """Raise unless a pickle needs memory in proportion to what it holds; nothing of it is run.

    Raises
    ------
    PickleInvalid : it has too many instructions, numbers an object beyond all that there are, or breaks off.
    """
    for steps, (name, argument) in enumerate(_instructions(content), 1):
        # Objects are numbered one after the other; the unpickler's table is as long as the largest number.
        if name in NUMBERING and isinstance(argument, int) and argument >= steps:
            raise PickleInvalid(f"the pickle numbers an object {argument:,}, and has made fewer than {steps:,}")
        if steps > MOST_STEPS:
            raise PickleInvalid(f"the pickle has more than {MOST_STEPS:,} instructions")


def _instructions(content: bytes) -> Iterator[tuple[str, object]]:
    from pickletools import genops  # Who follows nothing has no use for it.

    try:
        for instruction, argument, _ in genops(content):
            yield instruction.name, argument
    # As when unpickling: malformed ones raise nearly anything.
    except Exception as error:
        raise PickleInvalid(f"the pickle cannot be read: {type(error).__name__}: {error}") from error
