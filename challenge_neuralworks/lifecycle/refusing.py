"""Why a version is not published, promoted or taken back; each message is one line and names the remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from challenge_neuralworks.errors import NeuralworksError

if TYPE_CHECKING:
    from collections.abc import Iterable


class LifecycleError(NeuralworksError):
    """Base of everything that keeps a version from moving on."""

    code = "lifecycle-refused"


class Refused(LifecycleError):
    """What was asked for is not done; nothing was changed."""


class GatesClosed(LifecycleError):
    """A version is not promoted; ``gates`` names what it did not pass."""

    code = "gates-closed"

    def __init__(self, name: str, version: str, gates: Iterable[str]) -> None:
        self.gates = tuple(gates)
        super().__init__(
            f"{name} {version} is not promoted, nothing was moved: {', '.join(self.gates)} closed; mend the candidate,"
            " or override one gate with --force GATE --reason TEXT"
        )


class BoundsBroken(LifecycleError):
    """A version that was promoted breaks a bound; ``broken`` says which."""

    code = "bounds-broken"

    def __init__(self, name: str, version: str, broken: Iterable[str], outcome: str) -> None:
        self.broken = tuple(broken)
        super().__init__(f"{name} {version}: {'; '.join(self.broken)}; {outcome}")
