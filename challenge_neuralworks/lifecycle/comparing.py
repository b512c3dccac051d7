"""Two versions side by side: metrics, signature, size, packages, and the predictions that change most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from challenge_neuralworks.errors import NeuralworksError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from challenge_neuralworks.artifact.manifest import Manifest
    from challenge_neuralworks.model import Model
    from challenge_neuralworks.signature import Signature

    Instance = Mapping[str, Any]


class Changed(NamedTuple):
    """One row's predictions by both versions.

    labels : None of a regression.
    difference : largest within the prediction.
    """

    instance: Instance
    predictions: tuple[tuple[float, ...], tuple[float, ...]]
    labels: tuple[Any, Any] | None
    difference: float

    @property
    def flips(self) -> bool:
        """Whether the label is another."""
        return self.labels is not None and self.labels[0] != self.labels[1]


class Predictions(NamedTuple):
    """What two versions make of the same rows.

    rows : scored by both; ``changed`` of these, the largest difference first.
    refused : rows that each version refuses, or fails at.
    """

    rows: int
    flips: int
    mean: float
    changed: tuple[Changed, ...]
    refused: tuple[int, int]


def predictions(before: Model, after: Model, instances: Sequence[Instance], most: int) -> Predictions | None:
    """Return how two versions' predictions of rows differ, at most ``most`` of them; None where classes differ."""
    if before.classes != after.classes:
        return None
    refused, changed = [0, 0], []
    for instance in instances:
        answers = [_answer(model, instance) for model in (before, after)]
        refused = [count + (answer is None) for count, answer in zip(refused, answers, strict=True)]
        if answers[0] is not None and answers[1] is not None:
            changed.append(_changed(before, after, instance, answers[0], answers[1]))
    ranked = sorted(changed, key=lambda one: (-one.flips, -one.difference))
    shown = tuple(one for one in ranked if one.difference or one.flips)[:most]
    mean = sum(one.difference for one in changed) / len(changed) if changed else 0.0
    return Predictions(len(changed), sum(one.flips for one in changed), mean, shown, (refused[0], refused[1]))


def metric_lines(before: Manifest, after: Manifest) -> Iterator[tuple[str, Any, Any]]:
    """Yield each metric that either version states, with both values; None where one has none."""
    ours, theirs = (dict(_flat(manifest.metrics)) for manifest in (before, after))
    for name in dict.fromkeys((*ours, *theirs)):
        yield name, ours.get(name), theirs.get(name)


def fact_lines(before: Manifest, after: Manifest) -> Iterator[tuple[str, Any, Any]]:
    """Yield what else a manifest states: size, digest, threshold, classes, origin, packages."""
    ours, theirs = (dict(_facts(manifest)) for manifest in (before, after))
    for name in dict.fromkeys((*ours, *theirs)):
        yield name, ours.get(name), theirs.get(name)


def signature_lines(before: Signature, after: Signature) -> Iterator[str]:
    """Yield each difference of two signatures, in words; what callers feel of it: `incompatibilities`."""
    ours, theirs = ({field.name: field for field in signature.fields} for signature in (before, after))
    for name in dict.fromkeys((*ours, *theirs)):
        if name not in theirs or name not in ours:
            yield f"{name}: {'gone' if name in ours else 'new'}"
            continue
        for attribute, value in ours[name]._asdict().items():
            now = getattr(theirs[name], attribute)
            if value != now:
                yield f"{name}.{attribute}: {_change(value, now)}"


def _change(before: Any, after: Any) -> str:
    if not isinstance(before, tuple):
        return f"{before!r} -> {after!r}"
    gone, new = ([one for one in these if one not in those] for these, those in ((before, after), (after, before)))
    return ", ".join([*(f"-{one!r}" for one in gone), *(f"+{one!r}" for one in new)]) or "in another order"


def _flat(metrics: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in metrics.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _facts(manifest: Manifest) -> Iterator[tuple[str, Any]]:
    yield "created", manifest.created
    yield "pickle bytes", manifest.pickle.bytes
    yield "pickle sha256", manifest.pickle.sha256
    yield "holds", manifest.pickle.holds
    yield "threshold", manifest.threshold
    yield "classes", list(manifest.classes)
    trained = dict(manifest.trained)
    packages = trained.pop("packages", {})
    yield from _flat(trained)
    yield from ((f"package {name}", version) for name, version in packages.items())


def _answer(model: Model, instance: Instance) -> tuple[float, ...] | None:
    try:
        (row,) = model.check([instance]).rows
        return model.predict(row)
    except NeuralworksError:
        return None


def _changed(
    before: Model, after: Model, instance: Instance, ours: tuple[float, ...], theirs: tuple[float, ...]
) -> Changed:
    difference = max(abs(one - other) for one, other in zip(ours, theirs, strict=True))
    labels = (before.label(ours), after.label(theirs)) if before.classes else None
    return Changed(instance, (ours, theirs), labels, difference)
