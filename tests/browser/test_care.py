"""Somebody is hurt by an announcement: two taps report it, it comes before who stands above its author, and he hears why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.day import OPERATOR
from tests.browser.hand import Hand
from tests.browser.pressing import done, first_group, press
from tests.browser.server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
SAID, WHY, PLEA = "आशा की माँ झूठी है", "किसी का नाम लेकर ऐसा मत कहिए", "वह मेरी बहन है, हम हँस रहे थे"
Hands = Callable[[str], Hand]


@pytest.fixture
def hands(chromium: Browser, server: Server) -> Iterator[Hands]:
    made: list[Hand] = []

    def hand(part: str) -> Hand:
        made.append(Hand(chromium, server, server.signed_in(part).cookie))
        return made[-1]

    yield hand
    for one in made:
        one.close()


def test_two_taps_report_it_and_its_author_hears_why_and_asks_further_up(hands: Hands, server: Server) -> None:
    author, reader, head = hands("teacher"), hands("member"), hands("head")
    author.open(f"/groups/{first_group(server.signed_in('teacher'))}/announcements/new")
    author.write(SAID)
    author.tap("form.compose .dock button")
    heard = report(reader)

    author.open()
    assert author.sees("a[href^='/cases/']") == 0, "it never lies before the one it is about"
    decide(head)

    author.open()
    author.tap("main a[href^='/measures/']")
    measure = author.path
    assert WHY in author.screen.locator("main").inner_text()
    assert author.sees("article.card p svg"), "the reason as a picture"
    assert author.sees("a[data-listen]"), "and it can be heard"
    appeal(author)
    assert reader.open(heard).status == 200
    assert SAID not in reader.screen.content()

    operator = server.phone()  # nobody in this school stands above its head
    done(operator.post("/operator", {"key": OPERATOR}))
    assert PLEA in operator.get("/operator/cases").text
    press(operator, "/operator/cases", r"/operator/cases/\d+", deed="lift")
    author.open(measure)
    assert author.sees("form[action$='/appeal']") == 0
    reader.wait_for("/", SAID)  # it is back


def report(hand: Hand) -> str:
    """Two taps from the announcement; its address."""
    hand.wait_for("/", SAID)
    hand.tap(f"article.card:has-text('{SAID}') a.words")
    address, hand.taps = hand.path, 0
    hand.tap("main a[href^='/report/announcement/']")
    whys = hand.screen.locator("button[name=reason]")
    assert whys.count() > 1
    assert whys.count() == whys.filter(has=hand.screen.locator("svg")).count(), "each has a picture"
    hand.tap("button[name=reason][value=hurts]")
    assert hand.taps == 2
    assert hand.path.startswith("/reports/")
    return address


def decide(hand: Hand) -> None:
    """It is the first thing on the page of who decides; she removes it for a reason, and says why in her words."""
    hand.open()
    first = hand.screen.locator("main :is(a, button, summary)").locator("visible=true").first
    assert (first.get_attribute("href") or "").startswith("/cases/")
    with hand.screen.expect_navigation(wait_until="load"):
        first.tap()
    hand.screen.locator("label:has(input[name=deed][value=remove])").tap()
    for drawer in hand.screen.locator("form details.fold summary").all():
        drawer.tap()
    hand.screen.locator("label:has(input[name=reason][value=private])").tap()
    hand.screen.locator("#words").fill(WHY)
    hand.tap("form[action$='/decision'] .btn.big")
    assert hand.sees("form[action$='/decision']") == 0, "it is decided"


def appeal(hand: Hand) -> None:
    hand.screen.locator("form[action$='/appeal'] summary").tap()
    hand.screen.locator("#words").fill(PLEA)
    hand.tap("form[action$='/appeal'] button.full")
    assert hand.sees("form[action$='/appeal']") == 0
