"""A copy of infra/ to spoil, and a terraform that can check it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.infra.declarations import INFRA
from tests.making import ROOT

# Serves the provider's schema without a registry, where somebody has put it.
OFFLINE = ROOT.parent / "shared" / "tools" / "terraform-offline" / "tf"


def terraform() -> str:
    """Return the terraform to use: TF, as for `make infra-test`, else an offline one, else the installed one."""
    named = shutil.which(os.environ.get("TF") or "")
    found = named or (str(OFFLINE) if OFFLINE.exists() else shutil.which("terraform"))
    if not found or not shutil.which("terraform"):
        pytest.skip("terraform 1.9 or newer is missing: https://developer.hashicorp.com/terraform/install")
    return str(Path(found).resolve())


# What a plan knows without AWS. With -verbose, `terraform test` prints it.
PLANNED = """mock_provider "aws" {
  source = "./tests/mocks"
}

run "first_apply" {
  command = plan
}
"""


class Workshop:
    """A copy of infra/ whose files may be changed.

    Parameters
    ----------
    folder : where the copy goes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._terraform = terraform()
        shutil.copytree(INFRA, folder, ignore=shutil.ignore_patterns(".terraform*"))
        (folder / "tests" / "planned.tftest.hcl").write_text(PLANNED, encoding="utf-8")
        # One download of the provider for all modules; the copy has no lock file that this could break.
        plugins = folder / ".plugins"
        plugins.mkdir()
        self._environment = {
            "TF_PLUGIN_CACHE_DIR": str(plugins),
            **os.environ,
            "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "1",
        }

    def start(self, module: str) -> Path:
        """Return a module's folder, initialised; skip where no provider can be had."""
        folder = self.folder / module
        if not (folder / ".terraform").exists():
            # The cloud block would ask for a login.
            told = self.run(module, "init", "-backend=false", "-input=false")
            if told.returncode:
                pytest.skip(f"`terraform init` fails, for want of a network or a registry: {told.stdout[-300:]}")
        return folder

    def test(self, module: str, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one file of a module's tests."""
        return self.run(module, "test", f"-filter=tests/{name}.tftest.hcl", *arguments)

    def plan(self, stage: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Plan a first apply of a stage, by its file of variables."""
        return self.test(".", "planned", "-verbose", f"-var-file=stages/{stage}.tfvars", *arguments)

    def run(self, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run terraform in a module; what it says, on one line, is in ``stdout``."""
        told = subprocess.run(
            [self._terraform, f"-chdir={self.folder / module}", *arguments, "-no-color"],
            capture_output=True,
            text=True,
            check=False,
            env=self._environment,
        )
        # It breaks its messages at the terminal's edge, and draws a frame around them.
        told.stdout = re.sub(r"[\s│╷╵]+", " ", told.stdout + told.stderr)
        return told
