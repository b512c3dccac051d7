from __future__ import annotations

import os
import subprocess
import sys

from bench.cores import one_core


def test_what_starts_in_the_block_has_one_core_for_good() -> None:
    """The child keeps its core; this process gets its own back."""
    allowed = os.sched_getaffinity(0)
    with one_core():
        command = [sys.executable, "-c", "import os; print(*os.sched_getaffinity(0))"]
        child = subprocess.run(command, capture_output=True, text=True, check=True)
    assert child.stdout.split() == [str(max(allowed))]
    assert os.sched_getaffinity(0) == allowed
