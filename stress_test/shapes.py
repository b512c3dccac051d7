"""How many users there are from moment to moment, and when each of them asks."""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

FIRST = 10
"""Users that a ramp begins with."""

SPIKE = (0.4, 0.6)
"""Between these shares of the time a spike is up; before and after, a tenth of the users are there."""


class Shape(NamedTuple):
    """A course of load.

    users, time_s : where nobody says otherwise.
    rate : requests a second that each user aims at; 0 asks again as soon as it is answered.
    """

    what: str
    users: int
    time_s: int
    rate: float


SHAPES = {
    "steady": Shape("as many users all the time", 50, 20, 0.0),
    "ramp": Shape(f"from {FIRST} users to all of them, evenly", 1_000, 60, 1.0),
    "spike": Shape("a tenth of the users, then all of them, then a tenth again", 300, 60, 1.0),
    "soak": Shape("for long, to see what grows", 50, 600, 10.0),
    "challenge": Shape("45 seconds, as much as can be", 100, 45, 0.0),
}


def users_at(shape: str, elapsed_s: float, users: int, time_s: float) -> int | None:
    """Return how many users there should be; None once the time is over.

    Parameters
    ----------
    users : the most there are.
    time_s : how long the whole takes.
    """
    if elapsed_s >= time_s:
        return None
    share = elapsed_s / time_s
    if shape == "ramp":
        return min(users, FIRST) + round(max(0, users - FIRST) * share)
    if shape == "spike" and not SPIKE[0] <= share < SPIKE[1]:
        return max(1, users // 10)
    return users


class Pace:
    """When a user asks: so many times a second, from a moment of its own on.

    Locust's own pacing counts from the moment a user is made, whenever it then began: users that are made together ask
    together, and each waits for the others' answers. Nor may a user that was late go on from when it was: after one
    pause that kept them all waiting, all would ask together for the rest of the run.

    Parameters
    ----------
    rate : requests a second, over 0.
    now_s : when the user begins.
    phase : how far into its first interval it asks first, 0 to 1.
    """

    def __init__(self, rate: float, now_s: float, phase: float) -> None:
        self._gap_s = 1 / rate
        self._due_s = now_s + phase * self._gap_s

    def wait_s(self, now_s: float) -> float:
        """Return how long it is until the next request; one that is late leaves out the moments that have gone by."""
        missed = max(0, ceil((now_s - self._due_s) / self._gap_s))
        due_s = self._due_s + missed * self._gap_s
        self._due_s = due_s + self._gap_s
        return max(0.0, due_s - now_s)
