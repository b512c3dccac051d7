"""The instances whose predictions a manifest promises, computed by the fitted pipeline and not by the scorer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from challenge_neuralworks.artifact import Golden
from challenge_neuralworks.training.edges import UNSEEN
from challenge_neuralworks.training.frames import feature_rows, frame
from challenge_neuralworks.training.tasks import predictions_of

if TYPE_CHECKING:
    from challenge_neuralworks.model import Model
    from challenge_neuralworks.signature import Field, Signature, Value


def golden_instances(signature: Signature, spanning: int = 6) -> list[dict[str, Value]]:
    """Return distinct instances: the example, it with unseen categories and with what may be missing, and a span.

    Parameters
    ----------
    spanning : instances on the way from the first value of every field to the last, both included; at least 2.
    """
    unseen = {field.name: UNSEEN[0] for field in signature.fields if field.unknown == "accept"}
    missing = {field.name: None for field in signature.fields if field.missing == "accept"}
    chosen = [signature.example(), {**signature.example(), **unseen}, {**signature.example(), **missing}]
    chosen += [_instance(signature, step / (spanning - 1)) for step in range(spanning)]
    return [instance for index, instance in enumerate(chosen) if instance not in chosen[:index]]


def promise(model: type[Model], estimator: Any, instances: list[dict[str, Value]]) -> tuple[Golden, ...]:
    """Return instances with the estimator's predictions."""
    predictions = predictions_of(estimator, frame(feature_rows(model, instances)))
    return tuple(
        Golden(instance, tuple(float(p) for p in prediction))
        for instance, prediction in zip(instances, predictions, strict=True)
    )


def _instance(signature: Signature, share: float) -> dict[str, Value]:
    return {field.name: _value(field, share) for field in signature.fields}


def _value(field: Field, share: float) -> Value:
    if field.kind == "category":
        return field.categories[round(share * (len(field.categories) - 1))]
    if not field.bounded:
        return field.example
    # The sum may round to just beyond the bound that it is meant to reach.
    between = min(field.minimum + share * (field.maximum - field.minimum), field.maximum)
    return round(between) if field.kind == "integer" else between
