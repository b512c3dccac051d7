"""What is wrong with the names of an inference's inputs."""

from __future__ import annotations

from challenge_neuralworks.matching import folded_categories, nearest
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.serving.protocol.datatypes import accepted
from challenge_neuralworks.serving.protocol.refusals import MAX_LISTED, InvalidTensors
from challenge_neuralworks.wording import show

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from challenge_neuralworks.signature import Signature


def naming_faults(inputs: Sequence[Any], signature: Signature) -> InvalidTensors:
    """Return the error of inputs that are not just the signature's fields, each once."""
    seen: set[str] = set()
    faults: list[str] = []
    for index, entry in enumerate(inputs):
        if type(entry) is not dict:
            faults.append(f"inputs[{index}] is {show(entry)}: expected an object with name, shape, datatype and data")
            continue
        name = entry.get("name")
        if type(name) is not str:
            faults.append(f"inputs[{index}]: the name is {show(name)}: expected a string")
        elif name in seen:
            faults.append(f"input {show(name)} stands twice")
        elif name not in signature.names:
            # Comparing has a cost: a remedy is looked for where it is told.
            faults.append(_stranger(name, signature) if len(faults) < MAX_LISTED else "")
        else:
            seen.add(name)
    absent = [field for field in signature.fields if field.name not in seen]
    faults += [f"input {show(field.name)} is missing: expected {accepted(field)}" for field in absent]
    return InvalidTensors(faults)


def _stranger(name: str, signature: Signature) -> str:
    near = nearest(name, folded_categories(signature.names))
    hint = f"; did you mean {show(near)}?" if near else ""
    return f"{show(name)} is no input of this model{hint}"
