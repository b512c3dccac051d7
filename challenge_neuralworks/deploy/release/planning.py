"""What a deploy will change, said before anything is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from challenge_neuralworks.deploy.release.function import LATEST, percent
from challenge_neuralworks.deploy.release.refusing import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from challenge_neuralworks.deploy.release.code import Code
    from challenge_neuralworks.deploy.release.function import Alias, Function, Version

KINDS = {"Zip": ("a zip file", "--zip FILE"), "Image": ("an image", "--image REPOSITORY@sha256:...")}
LEFT = "left by a deploy that did not end"


class Plan(NamedTuple):
    """What is, and what shall be.

    live : the alias; serving : the version that it points at; latest : what would be published.
    digest : of the code that shall serve.
    canary : share of calls that the new version gets at first; 0 is all at once.
    """

    function: str
    live: Alias
    serving: Version
    latest: Version
    digest: str
    canary: float

    @property
    def settings(self) -> list[str]:
        """Names of what ``$LATEST`` has set otherwise than the version that serves, as Terraform leaves it."""
        old, new = self.serving.settings, self.latest.settings
        return sorted(name for name in {*old, *new} if old.get(name) != new.get(name))

    @property
    def is_done(self) -> bool:
        """Whether what shall serve does so already."""
        return self.serving.digest == self.digest and not self.settings

    def lines(self) -> Iterator[str]:
        """Say it, for people."""
        yield f"{self.function}: live is {self.live}"
        if self.live.weights:
            yield f"  weights, {LEFT}: all calls go to version {self.live.version} again first"
        if self.is_done:
            yield f"  code      {self.digest}: no change"
            return
        same = self.serving.digest == self.digest
        yield f"  code      {self.serving.digest}" + (": no change" if same else f"\n         -> {self.digest}")
        yield from (f"  setting   {line}" for line in self._settings())
        how = f"{percent(self.canary)} of the calls first, then all" if self.canary else "all calls at once"
        yield f"  live      version {self.live.version} -> a new version, {how}"

    def _settings(self) -> Iterator[str]:
        for name in self.settings:
            old, new = self.serving.settings.get(name), self.latest.settings.get(name)
            # An environment may hold secrets; other settings may not.
            plain = all(value is None or isinstance(value, int | str | list) for value in (old, new))
            yield f"{name}: {old} -> {new}" if plain else f"{name} changes"


def make_plan(function: Function, code: Code, canary: float) -> Plan:
    """Return the plan; changes nothing.

    Raises
    ------
    Refused : the function cannot run such code, or cannot be shifted as asked.
    """
    live = function.live()
    if live.version == LATEST:
        raise Refused(f"live of {function.name} points at {LATEST}, which changes under callers: apply infra/ first")
    latest = function.read()
    if latest.package != code.package:
        made_of, remedy = KINDS[latest.package]
        raise Refused(f"{function.name} is made of {made_of}: give {remedy}")
    if latest.state == "Failed":
        raise Refused(f"{function.name} has failed and takes no deploy: {latest.reason}")
    if canary and function.is_provisioned(live.name):
        raise Refused(
            "live has provisioned concurrency, and an alias that has takes no weights: leave out --canary, or set "
            "provisioned_concurrency to 0 in infra/ for this deploy"
        )
    return Plan(function.name, live, function.read(live.version), latest, code.digest, canary)
