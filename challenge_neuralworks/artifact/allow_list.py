"""Which globals a pickle may import: those its manifest names, and of these only what the server trusts."""

from __future__ import annotations

import sys

from challenge_neuralworks.errors import ForbiddenImport, PickleInvalid
from challenge_neuralworks.records import TYPE_CHECKING
from challenge_neuralworks.scorers.parts import Part

if TYPE_CHECKING:
    from typing import Any

SCORERS = "challenge_neuralworks.scorers."

ESTIMATOR_PACKAGES = ("sklearn", "lightgbm", "xgboost")
"""Packages of which an estimator's pickle may name classes (not functions)."""

ESTIMATOR_GLOBALS = frozenset(
    {
        "_codecs:encode",
        "collections:OrderedDict",
        "collections:defaultdict",
        "copyreg:_reconstructor",
        "dill._dill:_create_array",
        "numpy:dtype",
        "numpy:ndarray",
        "numpy._core.multiarray:_reconstruct",
        "numpy._core.multiarray:scalar",
        "numpy._core.numeric:_frombuffer",
        "numpy.core.multiarray:_reconstruct",
        "numpy.core.multiarray:scalar",
        "numpy.core.numeric:_frombuffer",
        "numpy.random._mt19937:MT19937",
        "numpy.random._pcg64:PCG64",
        "numpy.random.bit_generator:SeedSequence",
        "numpy.random.bit_generator:__pyx_unpickle_SeedSequence",
        "numpy.random._pickle:__bit_generator_ctor",
        "numpy.random._pickle:__generator_ctor",
        "numpy.random._pickle:__randomstate_ctor",
        "scipy.sparse._csc:csc_matrix",
        "scipy.sparse._csr:csr_matrix",
        "challenge_neuralworks.training.encoders:CyclicalEncoder",
        "challenge_neuralworks.training.encoders:RateEncoder",
    }
)
"""What sklearn's own pickles need beyond sklearn's classes: data containers that run nothing of their own."""

DATA_TYPES = {
    kind.__name__: kind
    for kind in (
        bool,
        bytearray,
        bytes,
        complex,
        dict,
        float,
        frozenset,
        int,
        list,
        object,
        range,
        set,
        slice,
        str,
        tuple,
    )
}
"""Built-in types that hold data. dill names them, and CodeType and FunctionType too, by a function of its own."""

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
    if not (isinstance(found, type) and issubclass(found, Part) and found.__module__ == module):
        raise ForbiddenImport(module, name, "it is no part of a scorer that this module defines")
    return found


def estimator_global(module: str, name: str) -> Any:
    """Return the class or container constructor that an estimator's pickle names.

    Raises
    ------
    ForbiddenImport : it is neither a class of a trusted package nor a known data container.
    """
    if "." in name:
        raise ForbiddenImport(module, name, "dotted names reach into objects")
    if module == "builtins" and name in DATA_TYPES:
        return DATA_TYPES[name]
    if (module, name) == ("dill._dill", "_load_type"):
        return data_type
    if f"{module}:{name}" in ESTIMATOR_GLOBALS or (module == "numpy" and name in NUMPY_SCALARS):
        return _import(module, name)
    if module.partition(".")[0] not in ESTIMATOR_PACKAGES:
        raise ForbiddenImport(module, name, "an estimator's pickle may name sklearn, lightgbm and xgboost classes only")
    found = _import(module, name)
    # Cython classes are rebuilt by a module-level function of such a name, which only makes the object.
    if not isinstance(found, type) and not name.startswith("__pyx_unpickle_") and name != "newObj":
        raise ForbiddenImport(module, name, "it is a function, not a class")
    return found


def data_type(name: str) -> type:
    """Return a built-in data type by name: what dill's `_load_type` may be asked for.

    Raises
    ------
    ForbiddenImport : the name is of any other type, such as those that functions are made of.
    """
    if name not in DATA_TYPES:
        raise ForbiddenImport("builtins", name, "it is no type of plain data")
    return DATA_TYPES[name]


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
