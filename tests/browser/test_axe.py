"""axe-core finds nothing to say about any page."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("axe_playwright_python")

from axe_playwright_python.sync_playwright import Axe

from tests.browser.courtyard import LANGUAGES, SCHEMES, Courtyard, Viewer
from tests.browser.pages import told
from tests.conftest import ALL

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
VIEWS = list(itertools.product(LANGUAGES, SCHEMES))


@pytest.fixture(params=VIEWS, ids="-".join)
def viewer(request: pytest.FixtureRequest, chromium: Browser, courtyard: Courtyard) -> Iterator[Viewer]:
    language, scheme = request.param
    made = Viewer(chromium, courtyard, language=language, scheme=scheme)
    yield made
    made.close()


def test_axe_finds_no_violation(viewer: Viewer, courtyard: Courtyard) -> None:
    axe, turn = Axe(), VIEWS.index((viewer.language, viewer.scheme))
    pages = courtyard.pages if ALL else courtyard.pages[turn :: len(VIEWS)]
    faults: dict[str, list[str]] = {}
    for page in pages:
        screen = viewer.look_at(page)
        screen.evaluate("() => document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
        for violation in axe.run(screen).response["violations"]:
            faults.setdefault(_said(violation), []).append(str(page))
    if faults:
        pytest.fail(told(faults), pytrace=False)


def _said(violation: dict[str, Any]) -> str:
    node = violation["nodes"][0]
    return f"{violation['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]!r}"
