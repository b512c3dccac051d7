"""What a run is to do and what it must hold: read once, passed on to every process that takes part."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from stress_test.shapes import SHAPES
from stress_test.traffic import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = "STRESS_PLAN"
"""Environment variable in which Locust's processes find the plan."""

KEY_VARIABLE = "STRESS_KEY"
"""The key is passed in the environment: arguments are seen by everybody on a machine, and reports hold them."""

WEIGHTS = {"single": 70, "batch": 10, "explain": 8, "protocol": 8, "abusive": 4}
LONGEST_S = 4 * 3600
MOST_USERS = 20_000


class Thresholds(NamedTuple):
    """What makes a run fail; wrong answers always do.

    p50_ms, p99_ms : most milliseconds that half, and 99 of 100, of all answers may take.
    error_rate : most share of requests without a right answer, 0 to 1.
    right_per_s : fewest right answers a second.
    """

    p50_ms: float = 100.0
    p99_ms: float = 1_000.0
    error_rate: float = 0.0
    right_per_s: float = 0.0


class Plan(NamedTuple):
    """A run.

    shape : name of one of `shapes.SHAPES`.
    users, time_s, rate : as `shapes.Shape`.
    weights : kind of user -> how many of them among the others.
    rows : different rows a model.
    requests : the run ends once so many were answered.
    models_dir : folder of the artifacts that know the right answers.
    rows_file : JSON of the rows, where somebody drew them already; "" has each process draw them.
    reports : folder that is written to.
    """

    shape: str
    users: int
    time_s: int
    rate: float
    weights: dict[str, int]
    thresholds: Thresholds
    rows: int
    requests: int
    models_dir: str
    reports: str
    seed: int = 1
    rows_file: str = ""

    def to_json(self) -> str:
        """Return the plan as text for `VARIABLE`."""
        return json.dumps(self._asdict() | {"thresholds": self.thresholds._asdict()})


def read_plan(environ: Mapping[str, str]) -> Plan:
    """Return the plan of an environment.

    Raises
    ------
    SystemExit : there is none, because Locust was not started by `python -m stress_test`.
    """
    if VARIABLE not in environ:
        raise SystemExit(f"{VARIABLE} is not set: start Locust with `python -m stress_test`, which passes options on")
    content = json.loads(environ[VARIABLE])
    return Plan(**content | {"thresholds": Thresholds(**content["thresholds"])})


def read_weights(text: str) -> dict[str, int]:
    """Return the weights that ``single=70,batch=0`` states; kinds it leaves out keep theirs.

    Raises
    ------
    ValueError : a kind is unknown, or a weight is no whole number.
    """
    stated = dict(part.split("=", 1) for part in text.split(",") if part.strip())
    weights = WEIGHTS | {kind.strip(): int(weight) for kind, weight in stated.items()}
    if set(weights) != set(KINDS) or min(weights.values()) < 0 or not any(weights.values()):
        raise ValueError(f"weights {text!r} must be of {', '.join(KINDS)}, each 0 or more, not all 0")
    return weights


def check_plan(plan: Plan) -> None:
    """Raise unless a plan is bounded and can be followed.

    Raises
    ------
    ValueError : names what is not.
    """
    bounds = {
        "users": (plan.users, 1, MOST_USERS),
        "time": (plan.time_s, 1, LONGEST_S),
        "requests": (plan.requests, 1, 10**9),
        "rows": (plan.rows, 1, 10**6),
    }
    for name, (value, least, most) in bounds.items():
        if not least <= value <= most:
            raise ValueError(f"{name} is {value:,}, which must be from {least:,} to {most:,}")
    if plan.shape not in SHAPES:
        raise ValueError(f"shape {plan.shape!r} is none of {', '.join(SHAPES)}")
