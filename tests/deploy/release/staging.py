"""A stage to deploy to, and deploys to it: in this process, or in one of their own."""

from __future__ import annotations

import itertools
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from challenge_neuralworks.artifact import Golden
from challenge_neuralworks.deploy.release.calling import Calls, Pace
from challenge_neuralworks.deploy.release.code import Image
from challenge_neuralworks.deploy.release.deploying import Bench, Wanted, deploy
from challenge_neuralworks.deploy.release.function import Function
from challenge_neuralworks.deploy.release.returning import roll_back
from challenge_neuralworks.deploy.release.smoke import read_manifests
from challenge_neuralworks.deploy.release.stopping import Stop
from challenge_neuralworks.scorers.additive import AdditiveScorer
from tests.cli.live import command, environment
from tests.deploy.release.cloud import CREDENTIALS, REPOSITORY, Cloud
from tests.making import INSTANCE, TOY_SCORER, seal

NUMBERS = itertools.count(1)
QUICK = Pace(lease_s=60.0, poll_s=0.01, timeout_s=5.0)


class Release(NamedTuple):
    """An image, and the folder of models that is in it."""

    digest: str
    models_dir: Path

    def wanted(self, **changes: Any) -> Wanted:
        """Return what deploying it means."""
        wanted = Wanted(Image(REPOSITORY, self.digest), read_manifests(str(self.models_dir)), watch_s=0.0)
        return wanted._replace(**changes)


def release(cloud: Cloud, folder: Path, base: float, name: str = "toy") -> Release:
    """Push an image whose toy model starts from another score."""
    scorer = AdditiveScorer(base, TOY_SCORER.lookups, TOY_SCORER.numbers)
    seal(folder, name, scorer=scorer, golden=(Golden(dict(INSTANCE), scorer.predict(INSTANCE)),))
    return Release(cloud.push(folder), folder)


class Stage:
    """A function of its own, whose version 1 serves `first`."""

    def __init__(self, cloud: Cloud, first: Release) -> None:
        self.cloud = cloud
        self.name = f"project-{next(NUMBERS)}"
        self.said: list[str] = []
        cloud.create(self.name, first.digest)

    @property
    def live(self) -> tuple[str, dict[str, float]]:
        """Version and weights of live."""
        return self.cloud.alias(self.name)[:2]

    @property
    def lock(self) -> str:
        """What the lock says; "" before the first deploy."""
        return self.cloud.alias(self.name, "deploying")[2]

    def bench(self, pace: Pace = QUICK, stop: Stop | None = None) -> Bench:
        """Return what deploys work with."""
        stop = stop or Stop()
        functions, metrics = (Calls(self.cloud.client(name), stop) for name in ("lambda", "cloudwatch"))
        return Bench(Function(self.name, functions), metrics, stop, self.said.append, pace, "tester")

    def deploy(self, wanted: Wanted, *, dry_run: bool = False, pace: Pace = QUICK, stop: Stop | None = None) -> None:
        """Deploy in this process."""
        deploy(self.bench(pace, stop), wanted, dry_run=dry_run)

    def roll_back(self, models_dir: Path, to: str = "", *, dry_run: bool = False) -> None:
        """Roll back in this process."""
        roll_back(self.bench(), read_manifests(str(models_dir)), to, dry_run=dry_run)

    def command(self, name: str, *options: str | Path) -> subprocess.Popen[str]:
        """Start a command in a process of its own."""
        variables = environment(**CREDENTIALS, AWS_ENDPOINT_URL=self.cloud.url)
        return subprocess.Popen(
            command(name, "--stage", "dev", "--function", self.name, *options),
            env=variables,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )


def options(release: Release, *more: str) -> list[str | Path]:
    """Return the options that deploy a release quickly."""
    image = f"{REPOSITORY}@{release.digest}"
    return ["--image", image, "--models-dir", release.models_dir, "--poll", "0.05s", "--watch", "0s", *more]
