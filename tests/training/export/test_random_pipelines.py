"""Random pipelines of everything the registry holds: each is equal to scikit-learn, or refused by name.

EXPORT_PIPELINES=5000 draws as many, instead of 500; EXPORT_PIPELINES_SEED=7 begins with the pipeline of that seed.
"""

from __future__ import annotations

import os
import warnings
from collections import Counter
from typing import NamedTuple

import pytest

from challenge_neuralworks.errors import Unsupported
from challenge_neuralworks.testing import NotConforming, check_export
from tests.training.export.drawing import GRIDS, Case, Drawing, classes_in, fit, supported
from tests.training.export.grids import FRAMEWORK

PIPELINES = int(os.environ.get("EXPORT_PIPELINES", "500"))
FIRST_SEED = int(os.environ.get("EXPORT_PIPELINES_SEED", "0"))
OFTEN = 8
"""Pipelines with a class after which one of them must have been exported: a grid that only refuses proves nothing."""


class Outcome(NamedTuple):
    """What became of one pipeline.

    kind : ``equal``, ``refused``, ``unfit`` (scikit-learn itself cannot fit it) or ``unequal``.
    """

    seed: int
    kind: str
    classes: frozenset[type]
    detail: str


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_random_pipelines_are_equal_or_refused() -> None:
    """No answer is ever another one, and each class is exported at least now and then."""
    outcomes = [_outcome(seed) for seed in range(FIRST_SEED, FIRST_SEED + PIPELINES)]
    print(_table(outcomes))
    unequal = [f"seed {outcome.seed}: {outcome.detail}" for outcome in outcomes if outcome.kind == "unequal"]
    assert not unequal, "\n\n".join(unequal[:20])
    assert [kind.__name__ for kind in _only_refused(outcomes)] == []


def test_every_supported_class_has_a_grid() -> None:
    """Whoever registers a class adds a line to the grids, or its random pipelines are never drawn."""
    libraries = ("sklearn.", "lightgbm.", "xgboost.", "challenge_neuralworks.")
    own = {kind for kind in supported() if kind.__module__.startswith(libraries)}
    assert sorted(kind.__name__ for kind in own - set(GRIDS) - FRAMEWORK) == []


def _outcome(seed: int) -> Outcome:
    with warnings.catch_warnings():
        # Not converged, constant columns, unknown categories: none matters to equality.
        warnings.simplefilter("ignore")
        case = Drawing(seed).case()
        kind, detail = _tried(case)
    text = f"{detail}\n{case.pipeline}\n{case.signature}" if kind == "unequal" else detail
    return Outcome(seed, kind, frozenset(classes_in(case.pipeline)), text)


def _tried(case: Case) -> tuple[str, str]:
    try:
        fitted = fit(case)
    except (ArithmeticError, IndexError, NotImplementedError, TypeError, ValueError) as error:
        return "unfit", str(error)
    try:
        report = check_export(fitted, case.rows, case.signature, tolerance=case.tolerance, sealed=False)
    except Unsupported as refusal:
        return "refused", str(refusal)
    except NotConforming as failure:
        return "unequal", str(failure)
    # Whatever else is raised is a fault of the exporter, and the seed is what finds it again.
    except Exception as error:  # noqa: BLE001
        return "unequal", f"{type(error).__name__}: {error}"
    return "equal", str(report)


def _only_refused(outcomes: list[Outcome]) -> list[type]:
    tried = Counter(kind for outcome in outcomes if outcome.kind != "unfit" for kind in outcome.classes)
    equal = {kind for outcome in outcomes if outcome.kind == "equal" for kind in outcome.classes}
    return sorted((kind for kind in supported() & set(tried) - equal if tried[kind] >= OFTEN), key=str)


def _table(outcomes: list[Outcome]) -> str:
    kinds = ("equal", "refused", "unfit", "unequal")
    counts = Counter((kind.__name__, outcome.kind) for outcome in outcomes for kind in outcome.classes)
    total = Counter(outcome.kind for outcome in outcomes)
    names = sorted({name for name, _ in counts})
    lines = [f"{name:<32}" + "".join(f"{counts[name, kind]:>9}" for kind in kinds) for name in names]
    return "\n".join(
        [
            f"{'':<32}" + "".join(f"{kind:>9}" for kind in kinds),
            f"{'all pipelines':<32}" + "".join(f"{total[kind]:>9}" for kind in kinds),
            *lines,
        ]
    )
