"""How far a new version's answers are from the live one's, on instances made up from the signatures."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.deploy.release.refusing import OutOfBounds, SmokeFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenge_neuralworks.artifact.manifest import Manifest
    from challenge_neuralworks.deploy.release.asking import Answered, Asking
    from challenge_neuralworks.signature import Field

INSTANCES = 300
SEED = 42
MISSING = 0.2


class Difference(NamedTuple):
    """How two versions of a model differ.

    labels : share of instances with another label; None of a regression.
    largest : difference of two predictions.
    """

    model: str
    instances: int
    labels: float | None
    largest: float

    def __str__(self) -> str:
        labels = "" if self.labels is None else f"{self.labels:.2%} of the labels differ, "
        return f"{self.model}: {labels}predictions by at most {self.largest:.3g} ({self.instances} instances)"


def compare(old: Asking, new: Asking, manifests: Sequence[Manifest], most: float | None) -> list[str]:
    """Return a line on each model that both versions serve.

    Parameters
    ----------
    most : share of labels that may differ; None only reports.

    Raises
    ------
    OutOfBounds : more do; or that cannot be known, where it must be.
    """
    try:
        served = old.versions()
    except SmokeFailed as error:
        served, why = {}, str(error)
    else:
        why = ""
    if why:
        return _not_comparable(why, most)
    lines = []
    for manifest in manifests:
        if manifest.name in served:
            lines += _compared(old, new, manifest, most)
    return lines or _not_comparable(f"{old.name} serves none of these models", most)


def sample(manifest: Manifest) -> list[dict[str, Any]]:
    """Return a model's golden instances, and others that its signature takes; the same ones each time."""
    draw = random.Random(SEED)  # noqa: S311 - no secret depends on it
    fields = manifest.signature.fields
    golden = [dict(golden.instance) for golden in manifest.golden]
    return golden + [{field.name: _value(field, draw) for field in fields} for _ in range(INSTANCES)]


def _compared(old: Asking, new: Asking, manifest: Manifest, most: float | None) -> list[str]:
    instances = sample(manifest)
    theirs = new.predict(manifest.name, instances)
    try:
        difference = _difference(manifest.name, old.predict(manifest.name, instances), theirs)
    except SmokeFailed as error:
        # A field more or less: the version that is live need not take what the new one does.
        return _not_comparable(str(error), most)
    if most is not None and difference.labels is not None and difference.labels > most:
        raise OutOfBounds(f"{difference}; at most {most:.2%} may")
    return [str(difference)]


def _difference(model: str, old: Answered, new: Answered) -> Difference:
    pairs = list(zip(old.predictions, new.predictions, strict=True))
    if any(len(a) != len(b) for a, b in pairs):
        raise SmokeFailed(model, "the two versions know other classes")
    largest = max(abs(x - y) for a, b in pairs for x, y in zip(a, b, strict=True))
    if not old.labels:
        return Difference(model, len(pairs), None, largest)
    differ = sum(a != b for a, b in zip(old.labels, new.labels, strict=True))
    return Difference(model, len(pairs), differ / len(pairs), largest)


def _not_comparable(why: str, most: float | None) -> list[str]:
    if most is not None:
        raise OutOfBounds(f"the live version cannot be compared, so no bound can be kept: {why}")
    return [f"not compared: {why[:200]}"]


def _value(field: Field, draw: random.Random) -> Any:
    if field.missing == "accept" and draw.random() < MISSING:
        return None
    if field.kind == "category":
        return draw.choice(field.categories) if field.categories else field.example
    if not field.bounded:
        return field.example
    if field.kind == "integer":
        return draw.randint(int(field.minimum), int(field.maximum))
    return draw.uniform(field.minimum, field.maximum)
