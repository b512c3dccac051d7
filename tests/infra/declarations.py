"""What Terraform files declare, read from text that `terraform fmt` has laid out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from tests.making import ROOT

INFRA = ROOT / "infra"
MODULES = sorted(path for path in (INFRA / "modules").iterdir() if path.is_dir())
ROOTS = [INFRA, *MODULES]


class Block(NamedTuple):
    """A block of the outermost level.

    labels : kind and names, e.g. ``("variable", "stage")``.
    body : the lines between its braces.
    """

    labels: tuple[str, ...]
    body: str

    @property
    def name(self) -> str:
        """Return the last label."""
        return self.labels[-1]

    def argument(self, name: str) -> str:
        """Return an argument as written, over as many lines as it takes; "" where there is none."""
        found = re.search(rf"^  {name} += (.*?)(?=\n  \w|\n\n|\Z)", self.body, flags=re.MULTILINE | re.DOTALL)
        # Terraform separates an object's attributes by commas or by lines.
        one_line = re.sub(r"(?<![{(\[,])\n *(?=[^ })\]])", ", ", found[1]) if found else ""
        return " ".join(one_line.split())


def blocks(folder: Path, kind: str) -> list[Block]:
    """Return the blocks of one kind in the files of a module, in the order of files and lines."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.tf")))
    found = re.finditer(r'^(\w+)((?: "[^"]+")*) \{\n(.*?)^\}$', text, flags=re.MULTILINE | re.DOTALL)
    every = [Block((block[1], *re.findall(r'"([^"]+)"', block[2])), block[3]) for block in found]
    return [block for block in every if block.labels[0] == kind]


def tables(folder: Path) -> str:
    """Return the tables of a module's README: its resources, inputs and outputs."""
    resources = "".join(f"| `{'.'.join(block.labels[1:])}` |\n" for block in blocks(folder, "resource"))
    inputs = "".join(_input(block) for block in blocks(folder, "variable"))
    outputs = "".join(f"| `{block.name}` | {_described(block)} |\n" for block in blocks(folder, "output"))
    return (
        "## Inputs\n\n| name | description | type | default |\n|---|---|---|---|\n"
        f"{inputs}\n## Outputs\n\n| name | description |\n|---|---|\n{outputs}"
        + (f"\n## Resources\n\n| address |\n|---|\n{resources}" if resources else "")
    )


def _input(block: Block) -> str:
    default = block.argument("default")
    cell = f"`{default}`" if default else "required"
    return f"| `{block.name}` | {_described(block)} | `{block.argument('type')}` | {cell} |\n"


def _described(block: Block) -> str:
    return block.argument("description").strip('"').replace('\\"', '"').replace("|", "\\|")


def rewrite() -> None:
    """Write the tables into every README, below what people wrote."""
    for folder in ROOTS:
        readme = folder / "README.md"
        written = readme.read_text(encoding="utf-8").partition("## Inputs\n")[0]
        readme.write_text(written + tables(folder), encoding="utf-8")


if __name__ == "__main__":
    rewrite()
