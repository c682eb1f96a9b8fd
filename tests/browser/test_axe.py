"""axe-core finds nothing to say about any page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("axe_playwright_python")

from axe_playwright_python.sync_playwright import Axe

from tests.browser.courtyard import LANGUAGES, UNFOLD, Courtyard, Viewer
from tests.browser.pages import told
from tests.conftest import ALL

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Screen

pytestmark = pytest.mark.browser
IN_THE_DARK = {"runOnly": ["color-contrast", "link-in-text-block"]}  # nothing else changes with the light


@pytest.fixture(params=LANGUAGES)
def viewer(request: pytest.FixtureRequest, chromium: Browser, courtyard: Courtyard) -> Iterator[Viewer]:
    made = Viewer(chromium, courtyard, language=request.param)
    yield made
    made.close()


def test_axe_finds_no_violation(viewer: Viewer, courtyard: Courtyard) -> None:
    """In make test-all on all pages in Urdu, from right to left; else on a third of them in each language."""
    turn = list(LANGUAGES).index(viewer.language)
    faults: dict[str, list[str]] = {}
    for page in courtyard.pages if ALL and viewer.language == "ur" else courtyard.pages[turn :: len(LANGUAGES)]:
        screen = viewer.look_at(page)
        screen.evaluate(UNFOLD)
        for fault in _faults(screen):
            faults.setdefault(fault, []).append(str(page))
    if faults:
        pytest.fail(told(faults), pytrace=False)


def _faults(screen: Screen) -> Iterator[str]:
    for scheme, options in (("light", None), ("dark", IN_THE_DARK)):
        screen.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for violation in Axe().run(screen, options=options).response["violations"]:
            yield f"{scheme}: {_said(violation)}"


def _said(violation: dict[str, Any]) -> str:
    node = violation["nodes"][0]
    return f"{violation['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]!r}"
