"""Which globals a pickle may import: those its manifest names, and of these only what the server trusts."""

from __future__ import annotations

import sys
from typing import Any

from challenge_neuralworks.errors import ForbiddenImport, PickleInvalid

SCORERS = "challenge_neuralworks.scorers."

ESTIMATOR_PACKAGES = ("sklearn", "lightgbm", "xgboost")
"""Packages of which an estimator's pickle may name classes (not functions)."""

ESTIMATOR_GLOBALS = frozenset(
    {
        "builtins:bool",
        "builtins:bytearray",
        "builtins:complex",
        "builtins:dict",
        "builtins:float",
        "builtins:frozenset",
        "builtins:int",
        "builtins:list",
        "builtins:object",
        "builtins:range",
        "builtins:set",
        "builtins:slice",
        "builtins:str",
        "builtins:tuple",
        "_codecs:encode",
        "collections:OrderedDict",
        "collections:defaultdict",
        "copyreg:_reconstructor",
        "numpy:dtype",
        "numpy:ndarray",
        "numpy._core.multiarray:_reconstruct",
        "numpy._core.multiarray:scalar",
        "numpy._core.numeric:_frombuffer",
        "numpy.core.multiarray:_reconstruct",
        "numpy.core.multiarray:scalar",
        "numpy.core.numeric:_frombuffer",
        "numpy.random._pickle:__bit_generator_ctor",
        "numpy.random._pickle:__generator_ctor",
        "numpy.random._pickle:__randomstate_ctor",
        "scipy.sparse._csc:csc_matrix",
        "scipy.sparse._csr:csr_matrix",
        "challenge_neuralworks.training.encoders:CyclicalEncoder",
    }
)
"""What sklearn's own pickles need beyond sklearn's classes: data containers that run nothing."""

NUMPY_SCALARS = ("float64", "float32", "int64", "int32", "int8", "uint8", "bool", "bool_", "str_", "object_")


def scorer_global(module: str, name: str) -> Any:
    """Return the scorer class that a pickle names.

    Raises
    ------
    ForbiddenImport : it is anything but a class that a module of `scorers` defines.
    """
    if not module.startswith(SCORERS) or "." in name:
        raise ForbiddenImport(module, name, "a scorer's pickle may name classes of challenge_neuralworks.scorers only")
    found = _import(module, name)
    if not isinstance(found, type) or found.__module__ != module:
        raise ForbiddenImport(module, name, "it is no class that this module defines")
    return found


def estimator_global(module: str, name: str) -> Any:
    """Return the class or container constructor that an estimator's pickle names.

    Raises
    ------
    ForbiddenImport : it is neither a class of a trusted package nor a known data container.
    """
    if "." in name:
        raise ForbiddenImport(module, name, "dotted names reach into objects")
    if f"{module}:{name}" in ESTIMATOR_GLOBALS or (module == "numpy" and name in NUMPY_SCALARS):
        return _import(module, name)
    if module.partition(".")[0] not in ESTIMATOR_PACKAGES:
        raise ForbiddenImport(module, name, "an estimator's pickle may name sklearn, lightgbm and xgboost classes only")
    found = _import(module, name)
    # Cython classes are rebuilt by a module-level function of this name, which only makes the class.
    if not isinstance(found, type) and not name.startswith("__pyx_unpickle_"):
        raise ForbiddenImport(module, name, "it is a function, not a class")
    return found


def any_global(module: str, name: str) -> Any:
    """Return whatever a pickle names: only for a pickle whose digest the operator trusts to hold code."""
    found: Any = sys.modules.get(module) or __import__(module, fromlist=["_"])
    for part in name.split("."):
        found = getattr(found, part)
    return found


def _import(module: str, name: str) -> Any:
    try:
        return getattr(__import__(module, fromlist=[name]), name)
    except (ImportError, AttributeError) as error:
        raise PickleInvalid(f"{module}.{name} is not to be had here: {error}") from error
