"""`make infra-test` says what it lacks."""

from __future__ import annotations

import os
import subprocess

from tests.infra.declarations import INFRA


def test_a_machine_without_terraform_is_told_where_to_get_it() -> None:
    """Checks that cannot run must not look as if they had passed."""
    told = subprocess.run(
        [INFRA / "check"], env={**os.environ, "TF": "no-such-terraform"}, capture_output=True, text=True, check=False
    )
    assert told.returncode == 1
    assert "no-such-terraform is not there" in told.stderr
    assert "https://developer.hashicorp.com/terraform/install" in told.stderr
