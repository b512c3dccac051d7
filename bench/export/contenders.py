"""What serves a fitted pipeline: this project's scorer, scikit-learn itself, onnxruntime, treelite, tl2cgen."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from challenge_neuralworks.artifact.allow_list import scorer_global
from challenge_neuralworks.artifact.loading import unpickle
from challenge_neuralworks.artifact.writing import imports_of
from challenge_neuralworks.training.export import export

if TYPE_CHECKING:
    from challenge_neuralworks.signature import Signature


class Case(NamedTuple):
    """A fitted pipeline, the rows that it is asked, as a frame, and their signature."""

    pipeline: Any
    frame: Any
    signature: Signature


class Contender(NamedTuple):
    """One way to serve one pipeline.

    load : returns a function from a batch to probabilities, out of what a file would hold.
    singles, batch : rows as this contender takes them, made beforehand: what a request would cost to turn into
        them is not counted against it.
    """

    name: str
    bytes: int
    load: Callable[[], Callable[[Any], Any]]
    singles: list[Any]
    batch: Any


def ours(case: Case) -> Contender:
    """Return the exported scorer, loaded as an artifact's is."""
    data = pickle.dumps(export(case.pipeline, case.signature), protocol=5)
    imports = imports_of(data, scorer_global)
    rows = case.frame.to_dict("records")

    def load() -> Callable[[Any], Any]:
        predict_many: Callable[[Any], Any] = unpickle(data, imports, scorer_global).predict_many
        return predict_many

    return Contender("ours", len(data), load, [[row] for row in rows], rows)


def sklearn(case: Case) -> Contender:
    """Return the pipeline itself."""
    data = pickle.dumps(case.pipeline, protocol=5)

    def load() -> Callable[[Any], Any]:
        predict_proba: Callable[[Any], Any] = pickle.loads(data).predict_proba  # noqa: S301 - made above
        return predict_proba

    return Contender(
        "scikit-learn", len(data), load, [case.frame.iloc[[i]] for i in range(len(case.frame))], case.frame
    )


def onnxruntime(case: Case) -> Contender:
    """Return the whole pipeline as an ONNX graph, of strings and integers, on one thread."""
    runtime: Any = import_module("onnxruntime")
    kinds: Any = import_module("skl2onnx.common.data_types")
    convert: Any = import_module("skl2onnx").to_onnx
    frame = case.frame
    text = {name: frame[name].dtype.kind not in "if" for name in frame}
    types = [(name, (kinds.StringTensorType if text[name] else kinds.FloatTensorType)([None, 1])) for name in frame]
    data = convert(case.pipeline, initial_types=types, options={"zipmap": False}).SerializeToString()
    arrays = {name: frame[name].to_numpy(object if text[name] else np.float32)[:, None] for name in frame}

    def load() -> Callable[[Any], Any]:
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = runtime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        return lambda batch: session.run(["probabilities"], batch)[0]

    singles = [{name: array[i : i + 1] for name, array in arrays.items()} for i in range(len(frame))]
    return Contender("onnxruntime", len(data), load, singles, arrays)


def treelite(case: Case) -> Contender:
    """Return the trees alone in treelite's own interpreter, on encoded numbers."""
    library: Any = import_module("treelite")
    data = _as_treelite(case).serialize_bytes()

    def load() -> Callable[[Any], Any]:
        model = library.Model.deserialize_bytes(data)
        return lambda batch: _two(library.gtil.predict(model, batch, nthread=1))

    return _encoded("treelite", len(data), load, case)


def tl2cgen(case: Case) -> Contender:
    """Return the trees alone as C, compiled, on encoded numbers."""
    library: Any = import_module("tl2cgen")
    folder = Path(tempfile.mkdtemp(prefix="bench-export-"))
    path = folder / "trees.so"
    library.export_lib(_as_treelite(case), toolchain="gcc", libpath=path, params={"parallel_comp": 8})

    def load() -> Callable[[Any], Any]:
        predictor = library.Predictor(path, nthread=1)
        return lambda batch: _two(predictor.predict(batch))

    made = _encoded("tl2cgen", path.stat().st_size, load, case)
    return made._replace(
        singles=[library.DMatrix(row) for row in made.singles[:1_000]], batch=library.DMatrix(made.batch)
    )


def _as_treelite(case: Case) -> Any:
    return import_module("treelite.sklearn").import_model(case.pipeline[-1])


def _encoded(name: str, size: int, load: Callable[[], Callable[[Any], Any]], case: Case) -> Contender:
    numbers = np.ascontiguousarray(case.pipeline[:-1].transform(case.frame), dtype=np.float64)
    return Contender(name, size, load, [numbers[i : i + 1] for i in range(len(numbers))], numbers)


def _two(made: Any) -> Any:
    """Return two probabilities where there is one, shape (n_rows, n_classes)."""
    flat = np.asarray(made).reshape(len(made), -1)
    return np.hstack([1.0 - flat, flat]) if flat.shape[1] == 1 else flat


def probabilities(answer: Any) -> Any:
    """Return an answer as an array, shape (n_rows, n_classes)."""
    return np.asarray(answer, dtype=np.float64)


ALL = {"ours": ours, "scikit-learn": sklearn, "onnxruntime": onnxruntime, "treelite": treelite, "tl2cgen": tl2cgen}
"""Name -> maker; one that cannot take a pipeline raises."""

TREES = ("treelite", "tl2cgen")
"""Those that take an ensemble of trees and nothing before it."""
