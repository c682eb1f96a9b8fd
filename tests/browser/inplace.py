"""Every page in many languages, on each width, in place: the server draws each page once a language, and one screen shows them in turn.

Loading each of them anew, as the tests of three languages do, would take an hour for twenty-four.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.browser.courtyard import HEIGHT, OFFERED, UNFOLD, WIDTHS, Courtyard
from tests.browser.pages import Page

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Screen

LOOK = (Path(__file__).parent / "look.js").read_text()
IN_PLACE = (Path(__file__).parent / "inplace.js").read_text()
STYLESHEET = re.compile(r'<link rel="stylesheet"[^>]*>')
EMPTY = "<!doctype html><html><head>{head}</head><body></body></html>"
PLACE = "/in-place"


@dataclass
class Looked:
    """How many pages in one language on one width were looked at, and what was wrong: each fault, and where it was seen."""

    views: int = 0
    faults: dict[str, list[str]] = field(default_factory=dict)


def look_at_all(browser: Browser, courtyard: Courtyard, languages: Sequence[str]) -> Looked:
    looked = Looked()
    with ThreadPoolExecutor(1) as drawing:  # the server draws the next page while this one is looked at
        screen = browser.new_page(
            viewport={"width": WIDTHS[0], "height": HEIGHT}, has_touch=True, reduced_motion="reduce"
        )
        head = ""
        for page, texts in zip(courtyard.pages, drawing.map(lambda page: _drawn(courtyard, page, languages), courtyard.pages), strict=True):  # fmt: skip
            if (wanted := "".join(STYLESHEET.findall(texts[0]))) != head:
                head = _lay(screen, courtyard, wanted)
            for where, fault in _faults(screen, dict(zip(languages, texts, strict=True)), looked):
                looked.faults.setdefault(fault, []).append(f"{page} ({where})")
        screen.close()
    return looked


def _drawn(courtyard: Courtyard, page: Page, languages: Sequence[str]) -> list[str]:
    return [page.open(courtyard.day.phones, language).text for language in languages]


def _lay(screen: Screen, courtyard: Courtyard, head: str) -> str:
    """An empty page of ours in that dress."""
    screen.unroute_all()
    screen.route(f"**{PLACE}", lambda route: route.fulfill(content_type="text/html", body=EMPTY.format(head=head)))
    screen.goto(courtyard.server.url + PLACE, wait_until="load")
    return head


def _faults(screen: Screen, texts: dict[str, str], looked: Looked) -> Iterator[tuple[str, str]]:
    pages: list[dict[str, Any]] = [
        {"language": language, "direction": OFFERED[language], "text": text} for language, text in texts.items()
    ]
    for width in WIDTHS:
        screen.set_viewport_size({"width": width, "height": HEIGHT})
        found = screen.evaluate(IN_PLACE, {"pages": pages, "width": width, "look": LOOK, "unfold": UNFOLD})
        looked.views += len(found)
        for language, faults in zip(texts, found, strict=True):
            yield from ((f"{language} {width}", fault) for fault in faults)
