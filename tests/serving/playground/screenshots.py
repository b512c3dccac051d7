"""Takes the pictures in docs/images: ``python -m tests.serving.playground.screenshots``.

A system font that is pleasant to look at should be there, Inter for instance: the page brings none.
"""

from __future__ import annotations

import sys
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

from tests.making import ROOT
from tests.serving.playground.visiting import MISSING, Visit, browsing, chromium, gateway

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.gateway.echo import Running

FOLDER = ROOT / "docs" / "images"
MOST_BYTES = 150 * 1024


class Picture(NamedTuple):
    """What is taken: a model, what is varied, on which screen."""

    name: str
    model: str
    vary: str
    width: int
    height: int
    scheme: str = "light"


PICTURES = (
    Picture("delay", "delay", "HORA-I", 1200, 1500),
    Picture("income", "income", "occupation", 1200, 1720),
    Picture("dark", "delay", "SIGLADES", 1200, 1500, "dark"),
    Picture("phone", "delay", "HORA-I", 360, 780),
)


def take(browser: Browser, server: Running, picture: Picture) -> int:
    """Write one picture and return its size, bytes."""
    name, model, vary, width, height, scheme = picture
    options = {"viewport": {"width": width, "height": height}, "color_scheme": scheme, "reduced_motion": "reduce"}
    context = browser.new_context(**options)  # type: ignore[arg-type]
    visit = Visit(context.new_page(), server).model(model)
    visit.page.get_by_label("Vary").select_option(vary)
    visit.page.get_by_text(f"over {vary}, all else").wait_for()
    taken = Image.open(BytesIO(visit.page.screenshot()))
    context.close()
    path = FOLDER / f"playground-{name}.png"
    # A page of few colours needs no more than a palette, which is a third of the size.
    taken.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    return path.stat().st_size


def main() -> None:
    """Take every picture; stop where one is too large for the repository."""
    path = chromium()
    if path is None:
        sys.exit(MISSING)
    FOLDER.mkdir(exist_ok=True)
    with gateway() as server, browsing(path) as browser:
        for picture in PICTURES:
            size = take(browser, server, picture)
            print(f"{picture.name}: {size / 1024:.0f} KiB")
            if size > MOST_BYTES:
                sys.exit(f"{picture.name} is over {MOST_BYTES // 1024} KiB")


if __name__ == "__main__":
    main()
