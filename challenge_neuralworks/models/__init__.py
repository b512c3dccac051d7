"""One module a model that needs more than its manifest says; found by name, never registered."""

from __future__ import annotations

import importlib

from challenge_neuralworks.model import Model


def model_class(name: str) -> type[Model]:
    """Return the `Model` subclass in ``models/<name>.py``, or `Model` itself where there is no such module.

    Raises
    ------
    ImportError : the module exists and defines no single subclass of `Model`, or cannot be imported.
    """
    module_name = f"{__name__}.{name}"
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name != module_name:
            raise
        return Model
    own = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Model) and value.__module__ == module_name
    ]
    if len(own) != 1:
        raise ImportError(f"{module_name} must define one subclass of Model, not {len(own)}", name=module_name)
    return own[0]
