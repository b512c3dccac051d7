"""One core for what is measured, as a Lambda function below 1,769 MB has at most."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_core() -> Iterator[None]:
    """Let the processes that are started in this block run on one core only.

    A process that moves between cores finds cold caches: without this, the same cold start takes 44 or 65 ms by chance.
    """
    allowed = os.sched_getaffinity(0)
    # The first core serves most interrupts.
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)
