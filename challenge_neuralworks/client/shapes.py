"""Whether answers have the shape that this API gives them: what has another one must not be written as good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from challenge_neuralworks.signature import LARGEST

if TYPE_CHECKING:
    from challenge_neuralworks.client.answers import Answers


def check_shape(answers: Answers, classes: int | None) -> None:
    """Check answers of a server.

    Parameters
    ----------
    classes : of the model, 0 of a regression; None where nobody has asked.

    Raises
    ------
    TypeError : they are no answers of this API.
    """
    _check(isinstance(answers.version, str), "the version is no string")
    _check(isinstance(answers.predictions, list | tuple), "the predictions are no array")
    widths = {_width(prediction) for prediction in answers.predictions}
    _check(len(widths) <= 1, "the predictions differ in their length")
    _check(classes is None or widths <= {classes}, "the predictions are not one number a class")
    _check(isinstance(answers.labels, list | tuple), "the labels are no array")
    _check(all(type(label) in (int, str) for label in answers.labels), "a label is neither an integer nor a string")
    _check(bool(answers.labels) or widths <= {0}, "there are no labels")
    _check(all(_explains(explanation) for explanation in answers.explanations), "an explanation is none")


def _width(prediction: Any) -> int:
    if _is_number(prediction):
        return 0
    _check(isinstance(prediction, list) and len(prediction) > 1, "a prediction is neither a number nor an array")
    _check(all(map(_is_number, prediction)), "a probability is no number")
    return len(prediction)


def _explains(explanation: Any) -> bool:
    return (
        isinstance(explanation, dict)
        and all(_is_number(explanation.get(name)) for name in ("base", "score"))
        and isinstance(explanation.get("contributions"), dict)
        and all(map(_is_number, explanation["contributions"].values()))
    )


def _is_number(value: Any) -> bool:
    # False of NaN and the infinities too, which JSON has not, but Python's reader of it.
    return type(value) in (int, float) and -LARGEST <= value <= LARGEST


def _check(right: bool, wrong: str) -> None:  # noqa: FBT001 - an assertion that -O leaves in
    if not right:
        raise TypeError(wrong)
