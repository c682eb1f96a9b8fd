"""Every page as it loads, in three languages, on three widths, light and dark: nothing cut, too small, or from elsewhere.

What differs by words alone is looked at in all languages by test_look_languages.py, without loading each page anew.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.browser.courtyard import HEIGHT, LANGUAGES, SCHEMES, UNFOLD, WIDTHS, Courtyard, Viewer
from tests.browser.pages import Page, told
from tests.conftest import ALL

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Screen

pytestmark = pytest.mark.browser
LOOK = (Path(__file__).parent / "look.js").read_text()
IMAGES = "() => Promise.all([...document.images].map((image) => image.decode().then(() => 0, () => image.currentSrc || image.src)))"
# Pages that are there only because somebody said or asked something on that day.
DEEP = {
    "/messages/#", "/questions/#", "/questions/#/answers/new", "/questions/#/sealed", "/questions/#/sealed/erasure",
    "/questions/#/aid", "/answers/#", "/rumours/#", "/help/#",
}  # fmt: skip
VIEWS = list(itertools.product(SCHEMES, WIDTHS))


@pytest.fixture(params=LANGUAGES)
def viewer(request: pytest.FixtureRequest, chromium: Browser, courtyard: Courtyard) -> Iterator[Viewer]:
    made = Viewer(chromium, courtyard, language=request.param)
    yield made
    made.close()


def views_of(number: int, language: str) -> list[tuple[str, int]]:
    """One, another for each page, so that together they see everything; all of them in make test-all."""
    turn = number + 2 * list(LANGUAGES).index(language)
    return VIEWS if ALL else [VIEWS[turn % len(VIEWS)]]


def test_what_is_said_asked_and_wondered_is_among_the_pages(courtyard: Courtyard) -> None:
    assert {page.route for page in courtyard.pages} >= DEEP


def test_every_page_looks_right(viewer: Viewer, courtyard: Courtyard) -> None:
    faults: dict[str, list[str]] = {}
    for number, page in enumerate(courtyard.pages):
        for where, fault in _faults(viewer, page, views_of(number, viewer.language)):
            faults.setdefault(fault, []).append(f"{page}{where}")
    ours = urlsplit(courtyard.server.url).netloc
    assert {url for url in viewer.asked if urlsplit(url).netloc not in ("", ours)} == set()
    if faults:
        pytest.fail(told(faults), pytrace=False)


def _faults(viewer: Viewer, page: Page, views: list[tuple[str, int]]) -> Iterator[tuple[str, str]]:
    """Each with where it is seen, if not everywhere."""
    screen = viewer.look_at(page)
    if " style=" in re.sub(r"<svg.*?</svg>", "", screen.content(), flags=re.DOTALL):
        yield "", "an attribute style="
    screen.evaluate(UNFOLD)
    for scheme, width in views:
        screen.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        screen.set_viewport_size({"width": width, "height": HEIGHT})
        wanted = {"language": viewer.language, "direction": LANGUAGES[viewer.language], "width": width}
        yield from ((f" ({width} {scheme})", fault) for fault in screen.evaluate(LOOK, wanted))
    yield from (("", f"an image does not load: {source}") for source in screen.evaluate(IMAGES) if source)
    yield from (("", complaint) for complaint in viewer.heard())


SPOILT = """() => {
  const main = document.querySelector("main");
  main.insertAdjacentHTML("beforeend", `<button type="button" class="btn"></button><p><a href="/">x</a><a href="/">y</a></p>
    <p class="row" id="cut"></p><div class="tile" id="torn">Unbreakable</div><b id="wide">far</b>`);
  for (const [id, rules] of Object.entries({
    cut: { width: "60px", height: "20px", overflow: "hidden", whiteSpace: "nowrap" },
    torn: { width: "40px", overflowWrap: "anywhere" },
    wide: { position: "absolute", left: "500px" },
  })) Object.assign(document.getElementById(id).style, rules);
  document.getElementById("cut").textContent = "Words that are longer than their box";
}"""


def test_what_is_spoilt_is_seen(chromium: Browser, courtyard: Courtyard) -> None:
    viewer = Viewer(chromium, courtyard, language="en")
    screen = viewer.look_at(next(page for page in courtyard.pages if page.route == "/offline"))
    wanted = {"language": "en", "direction": "ltr", "width": 360}
    assert screen.evaluate(LOOK, wanted) == []
    screen.evaluate(SPOILT)
    faults = "\n".join(screen.evaluate(LOOK, wanted | {"direction": "rtl"}))
    viewer.close()
    for fault in (
        "the page is", "dir is ltr", "a style of its own", "leaves the screen", "cut: ", "is torn", "a target of",
        "from <a>", "no word to be seen", "has no picture",
    ):  # fmt: skip
        assert fault in faults, fault


def test_the_server_had_nothing_to_complain_about(courtyard: Courtyard) -> None:
    assert not re.findall(r"^.*(?:ERROR|Traceback).*$", courtyard.server.log.read_text(), flags=re.MULTILINE)


def test_a_page_that_is_pressed_still_stands(chromium: Browser, courtyard: Courtyard) -> None:
    """The ring of the keyboard is there on every kind of target."""
    viewer = Viewer(chromium, courtyard, language="hi")
    page = next(page for page in courtyard.pages if page.route == "/" and page.part == "teacher")
    screen = viewer.look_at(page)
    assert _rings(screen) > 3
    viewer.close()


def _rings(screen: Screen) -> int:
    """How many of the first targets show a ring of 3 px when the keyboard comes to them."""
    count = 0
    for _step in range(8):
        screen.keyboard.press("Tab")
        count += screen.evaluate("() => getComputedStyle(document.activeElement).outlineWidth") == "3px"
    return count
