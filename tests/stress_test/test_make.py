"""Make passes on what its command line states, and nothing else."""

from __future__ import annotations

import shutil
import subprocess

from tests.making import ROOT
from tests.stress_test.running import environment


def shown(*arguments: str, **variables: str) -> str:
    """Return the last command that make would run."""
    make = shutil.which("make")
    assert make, "make is needed"
    done = subprocess.run(
        [make, "--dry-run", *arguments],
        cwd=ROOT,
        # Tests may run below a make of their own, which would make this one a part of it, say so, and pass on its ARGS.
        env={
            name: value
            for name, value in environment(**variables).items()
            if not name.startswith(("MAKE", "MFLAGS")) and name != "ARGS"
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip().splitlines()[-1]


def test_variables_are_passed_on() -> None:
    """Each as its option; the key is not among the arguments, which everybody on a machine sees."""
    line = shown(
        "stress-test", "HOST=http://127.0.0.1:1", "KEY=secret", "USERS=5", "TIME=3", "SHAPE=ramp", "ARGS=--seed 2"
    )
    assert line.split()[1:] == [
        *("-m", "stress_test", "--host", '"http://127.0.0.1:1"', "--users", '"5"', "--time", '"3"'),
        *("--shape", '"ramp"', "--seed", "2"),
    ]
    assert shown("stress-ui", "USERS=5").split()[1:] == ["-m", "stress_test", "--ui", "--users", '"5"']
    line = shown("stress-50k", "HOST=http://127.0.0.1:1", "KEY=secret", "TIME=45")
    assert line.split()[1:] == ["-m", "stress_test.wrk", "--host", '"http://127.0.0.1:1"', "--seconds", '"45"']


def test_other_programs_variables_are_not_taken() -> None:
    """HOST is the machine's name in csh, and time(1) reads TIME."""
    assert shown("stress-test", HOST="my-machine", TIME="%E").split()[1:] == ["-m", "stress_test"]
