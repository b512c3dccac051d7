"""The figures as two plots, drawn in the benchmark's own environment; told what by JSON on standard input."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any

COLOURS = {
    "ours": "#0b6e4f",
    "scikit-learn": "#f7931e",
    "onnxruntime": "#7a7a7a",
    "treelite": "#3a86ff",
    "tl2cgen": "#8338ec",
}


def main() -> None:
    """Draw each plot that the task names."""
    task = json.load(sys.stdin)
    import_module("matplotlib").use("svg")
    # No date and no random identifiers: equal figures give equal files.
    import_module("matplotlib").rcParams["svg.hashsalt"] = "bench"
    for plot in task["plots"]:
        _draw(import_module("matplotlib.pyplot"), plot)


def _draw(pyplot: Any, plot: dict[str, Any]) -> None:
    figure, axes = pyplot.subplots(figsize=(9, 5))
    families = plot["families"]
    names = [name for name in COLOURS if any(name in family["values"] for family in families)]
    height = 0.8 / len(names)
    for index, name in enumerate(names):
        places = [place for place, family in enumerate(families) if name in family["values"]]
        values = [families[place]["values"][name] for place in places]
        axes.barh([place + index * height for place in places], values, height, label=name, color=COLOURS[name])
    axes.set_yticks([place + 0.4 - height / 2 for place in range(len(families))])
    axes.set_yticklabels([family["family"] for family in families])
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlabel(plot["label"])
    axes.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=len(names), frameon=False, fontsize="small")
    figure.tight_layout()
    figure.savefig(plot["path"], metadata={"Date": None})
    pyplot.close(figure)


if __name__ == "__main__":
    main()
