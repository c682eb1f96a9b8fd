"""Screenshots of every page, and sheets of them to look at: `python -m tests.browser.shots FOLDER [--whole] [part of a route]`.

A screenshot is one screen of 360 by 740; with --whole it is the page from top to bottom.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw

from tests.browser.courtyard import HEIGHT, LANGUAGES, SCHEMES, Courtyard, Viewer, chromium, open_courtyard
from tests.browser.pages import Page

ACROSS, CELL, LINE = 8, (240, 493), 22  # of a sheet: pages in a row, pixels of each, pixels of its title
STILL = "() => Promise.allSettled([...document.images].map((image) => ((image.loading = 'eager'), image.decode())))"
TALL = 3  # a whole page is shown this many screens high at most


def take(folder: Path, *, whole: bool = False, wanted: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="aangan-shots-") as home, open_courtyard(Path(home)) as courtyard:
        pages = [page for page in courtyard.pages if wanted in page.route]
        with chromium() as browser:
            for language in LANGUAGES:
                viewer = Viewer(browser, courtyard, language=language)
                files = list(_photograph(viewer, courtyard, pages, folder, whole=whole))
                viewer.close()
                for scheme in SCHEMES:
                    _sheets(
                        folder, f"{language}-{scheme}", [file for file in files if file.stem.endswith(scheme)], whole
                    )


def _photograph(
    viewer: Viewer, courtyard: Courtyard, pages: list[Page], folder: Path, *, whole: bool
) -> Iterator[Path]:
    for page in pages:
        screen = viewer.look_at(page)
        if whole:  # what sticks to the foot of the screen then stands at the foot of the page
            screen.set_viewport_size({"width": 360, "height": screen.evaluate("document.body.scrollHeight")})
        screen.evaluate(STILL)
        for scheme in SCHEMES:
            screen.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            file = folder / f"{courtyard.pages.index(page):02}-{_plain(page)}-{viewer.language}-{scheme}.png"
            screen.screenshot(path=file)
            yield file


def _plain(page: Page) -> str:
    """The page's route and reader as a file can be called."""
    route = page.route.replace("!", "answer").replace("?", "-").replace("#", "n").strip("/").replace("/", "-") or "home"
    return f"{route}-{page.part.replace(' ', '-') or 'nobody'}"


def _sheets(folder: Path, name: str, files: list[Path], whole: bool) -> None:
    width, height = CELL[0], CELL[1] * (TALL if whole else 1)
    rows = 1 if whole else 2
    for start in range(0, len(files), ACROSS * rows):
        some = files[start : start + ACROSS * rows]
        sheet = Image.new("RGB", (ACROSS * (width + 8), rows * (height + LINE + 8)), "#888")
        for place, file in enumerate(some):
            left, top = place % ACROSS * (width + 8), place // ACROSS * (height + LINE + 8)
            with Image.open(file) as shot:
                small = shot.convert("RGB").crop((0, 0, 360, min(shot.height, HEIGHT * TALL)))
            small.thumbnail((width, height), Image.Resampling.LANCZOS)
            sheet.paste(small, (left, top + LINE))
            ImageDraw.Draw(sheet).text((left + 2, top + 4), file.stem[:38], fill="#fff")
        sheet.save(folder / f"sheet-{name}-{start // (ACROSS * rows) + 1}.png")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("wanted", nargs="?", default="")
    parser.add_argument("--whole", action="store_true")
    given = parser.parse_args()
    take(given.folder, whole=given.whole, wanted=given.wanted)
