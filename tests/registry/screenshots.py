"""Takes the pictures of MLflow's pages in docs/images: ``python -m tests.registry.screenshots``.

What they show is the committed delay model, tracked twice: by its gates, and by one that it misses.
"""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import chdir
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from challenge_neuralworks.cli import main as neuralworks
from challenge_neuralworks.training.evaluation import write_report
from tests.making import ROOT
from tests.registry.backends import mlflow_server
from tests.registry.pages import Pages
from tests.serving.playground.visiting import MISSING, browsing, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOLDER = ROOT / "docs" / "images"
MOST_BYTES = 150 * 1024
WIDTH, HEIGHT = 1200, 640
SETTLE_MS = 3_000
"""Charts and tables arrive after their headings."""

GATE = "time_ordered_split.auc=0.67"
STRICTER = "time_ordered_split.auc=0.7"


def prepare(folder: Path) -> None:
    """Fill a folder with what a training leaves."""
    for name in ("models", "docs"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "data").mkdir()
    (folder / "data" / "delay.toml").symlink_to(ROOT / "data" / "delay.toml")
    evaluation = json.loads((ROOT / "docs" / "models" / "delay.json").read_text(encoding="utf-8"))
    (folder / "reports" / "delay").mkdir(parents=True)
    write_report(evaluation, folder / "reports" / "delay")


def track_twice(folder: Path) -> None:
    """Track the delay model, held to a gate that it misses and then to its own; make it production."""
    from challenge_neuralworks.registry.models import open_registry

    params = (ROOT / "params.yaml").read_text(encoding="utf-8")
    for text in (params.replace(GATE, STRICTER), params):
        (folder / "params.yaml").write_text(text, encoding="utf-8")
        neuralworks(["track", "delay"], standalone_mode=False)
    open_registry().set_alias("delay", "production", "candidate")


def take(page: Page, name: str) -> None:
    """Write one picture; stop where it is too large for the repository."""
    close = page.get_by_role("button", name="Close")
    if close.count():
        close.first.click()
    page.wait_for_timeout(SETTLE_MS)
    path = FOLDER / f"mlflow-{name}.png"
    taken = Image.open(BytesIO(page.screenshot()))
    taken.convert("RGB").quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.name}: {path.stat().st_size / 1024:.0f} KiB")
    if path.stat().st_size > MOST_BYTES:
        sys.exit(f"{path.name} is over {MOST_BYTES // 1024} KiB")


def main() -> None:
    """Take both pictures."""
    path = chromium()
    if path is None:
        sys.exit(MISSING)
    with tempfile.TemporaryDirectory() as temporary, chdir(temporary):
        folder = Path(temporary)
        prepare(folder)
        track_twice(folder)
        store = ["--backend-store-uri", "sqlite:///mlflow.db", "--default-artifact-root", str(folder / "mlruns")]
        with mlflow_server(folder, store) as uri, browsing(path) as browser:
            pages = Pages(browser, uri, WIDTH, HEIGHT)
            pages.open("/experiments/1/runs?compareRunsMode=CHART", "2 matching runs")
            take(pages.page, "runs")
            pages.open("/models/delay", "@ candidate", "@ production")
            take(pages.page, "model")
            pages.close()


if __name__ == "__main__":
    main()
