"""Every page in each language on three widths: nothing cut, nothing too small. In `make test-all`; three languages otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.courtyard import OFFERED, UNFOLD, WIDTHS, Courtyard, Viewer
from tests.browser.inplace import look_at_all
from tests.browser.pages import told
from tests.conftest import ALL

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
WIDE_WORDS = ("ml", "ta", "ur")  # the longest words, the highest letters
STATES = (Path(__file__).parent / "states.js").read_text()


def test_every_page_fits_in_every_language(chromium: Browser, courtyard: Courtyard) -> None:
    languages = list(OFFERED) if ALL else list(WIDE_WORDS)
    looked = look_at_all(chromium, courtyard, languages)
    assert looked.views == len(courtyard.pages) * len(languages) * len(WIDTHS)
    if looked.faults:
        pytest.fail(told(looked.faults), pytrace=False)


def test_no_state_is_told_by_colour_alone(chromium: Browser, courtyard: Courtyard) -> None:
    """What is chosen differs in its lines, weight, size or picture; what warns or is done has a picture of its own."""
    viewer = Viewer(chromium, courtyard, language="sat")  # its bold is the lightest
    faults: dict[str, list[str]] = {}
    for page in courtyard.pages:
        screen = viewer.look_at(page)
        screen.evaluate(UNFOLD)
        for fault in screen.evaluate(STATES):
            faults.setdefault(fault, []).append(str(page))
    viewer.close()
    if faults:
        pytest.fail(told(faults), pytrace=False)


def test_a_state_told_by_colour_alone_is_seen(chromium: Browser, courtyard: Courtyard) -> None:
    viewer = Viewer(chromium, courtyard, language="en")
    screen = viewer.look_at(next(page for page in courtyard.pages if page.route == "/offline"))
    assert screen.evaluate(STATES) == []
    screen.evaluate("""() => document.querySelector("main").insertAdjacentHTML("beforeend",
      '<button class="x" aria-pressed="true">One</button><p class="note">Two</p>')""")
    assert len(screen.evaluate(STATES)) == 2
    viewer.close()
