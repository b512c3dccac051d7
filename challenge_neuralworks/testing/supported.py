"""The table of classes that the exporter takes, out of its registry; `docs/export.md` holds it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from challenge_neuralworks.training.export.registry import REGISTRY

BEGIN = "<!-- supported: written by python -m challenge_neuralworks.testing.supported docs/export.md -->"
END = "<!-- end of supported -->"


def supported_table() -> str:
    """Return the classes that have an assembler, by module, as a Markdown table; nothing optional need be here."""
    lines = ["| module | transformers | estimators |", "|---|---|---|"]
    transforms = _by_module(REGISTRY.transforms)
    heads = _by_module({**REGISTRY.heads, **REGISTRY.folding})
    for library, name in REGISTRY.optional:
        heads.setdefault(library, []).append(name)
    for module in sorted({*transforms, *heads}):
        cells = (", ".join(sorted(found.get(module, ()))) for found in (transforms, heads))
        lines.append(f"| {module} | {' | '.join(cells)} |")
    return "\n".join(lines)


def written(page: str) -> str:
    """Return a page whose table is the registry's.

    Raises
    ------
    ValueError : the page does not say where the table goes.
    """
    if BEGIN not in page or END not in page:
        raise ValueError(f"the page must hold {BEGIN} and {END}")
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{supported_table()}\n\n{END}{rest.partition(END)[2]}"


def main(argv: Sequence[str]) -> int:
    """Print the table, or write it into the page that is named."""
    if not argv:
        print(supported_table())
        return 0
    page = Path(argv[0])
    page.write_text(written(page.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


def _by_module(kinds: Iterable[type]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kind in kinds:
        # sklearn.linear_model._logistic is sklearn.linear_model to people. What users registered is theirs to document.
        public = kind.__module__.partition("._")[0]
        if public.startswith(("sklearn.", "challenge_neuralworks.")):
            found.setdefault(public, []).append(kind.__name__)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
