"""A ready sentence, tapped together in Hindi and read in Urdu; with JavaScript and without, and without a signal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.hand import AHEAD, Hand
from tests.browser.server import Server, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
DOOR = "nav.doors a.door[href^='/groups/']"
SEND = "form.compose .dock button"
Hands = Callable[..., Hand]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo that these tests may change."""
    with serving(tmp_path_factory.mktemp("ready"), READABLE="0") as started:
        yield started


@pytest.fixture
def hands(chromium: Browser, server: Server) -> Iterator[Hands]:
    made: list[Hand] = []

    def hand(part: str, *, scripts: bool = True) -> Hand:
        made.append(Hand(chromium, server, server.signed_in(part).cookie, scripts=scripts))
        return made[-1]

    yield hand
    for one in made:
        one.close()


def fill(teacher: Hand, place: str) -> str:
    """From the courtyard to the page where the sentence is looked at; its words."""
    teacher.open()
    teacher.tap(DOOR)
    teacher.tap("a[href$='/announcements/new']")
    teacher.tap("a[href$='/announcements/ready']")
    teacher.screen.locator("details", has=teacher.screen.locator("a[href$='/ready/vaccination']")).locator(
        "summary"
    ).tap()
    teacher.tap("a[href$='/ready/vaccination']")
    for tile in ("input[name=day] >> nth=1", "#time-part-morning", "#time-hour-9", "#time-minute-30"):
        teacher.screen.locator(tile).check(force=True)
    teacher.screen.locator("#place").fill(place)
    teacher.tap(SEND)
    return teacher.screen.locator("article.card .say").inner_text()


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_what_is_tapped_in_hindi_is_read_in_urdu(hands: Hands, scripts: bool) -> None:
    teacher, parent = hands("teacher", scripts=scripts), hands("urdu parent", scripts=scripts)
    place = f"आंगनवाड़ी {'क' if scripts else 'ख'}"
    said = fill(teacher, place)
    assert said.startswith("टीका लगेगा: ")
    assert said.endswith(f", सुबह 9:30 बजे। जगह: {place}।")

    teacher.tap(SEND)
    assert teacher.card(said).locator("form[action$='/withdrawal']").count() == 1

    card = parent.wait_for("/", place)
    words = card.locator("p[lang=ur]")
    assert words.inner_text().startswith("ٹیکہ لگے گا: ")
    assert words.evaluate("(one) => getComputedStyle(one).textAlign") == "start"
    assert words.evaluate("(one) => one.matches(':dir(rtl)')")
    parent.tap(f"article.card:has-text('{place}') a.words")
    original = parent.screen.locator("details p[lang=hi]")
    assert not original.is_visible()
    parent.screen.locator("article.card summary").tap()
    assert original.inner_text() == said


def test_a_refusal_keeps_what_was_tapped(hands: Hands) -> None:
    teacher = hands("teacher")
    fill(teacher, "चौपाल")
    teacher.tap("button[name=again]")
    teacher.screen.locator("#place").fill("\u202e ")

    teacher.tap(SEND)

    assert teacher.sees("#wrong-place") == 1
    assert teacher.screen.locator("#time-hour-9").is_checked()
    assert teacher.screen.locator("input[name=day] >> nth=1").is_checked()


def has_what_shows_it(teacher: Hand) -> bool:
    """Whether the page of what waits and its script are on the phone: they come after the first page with a composer."""
    there = teacher.screen.evaluate(AHEAD)
    return "/offline/waiting" in there and any(one.startswith("/s/queue-") for one in there)


def test_without_a_signal_it_waits_with_its_words_and_goes_out(hands: Hands) -> None:
    teacher = hands("teacher")
    teacher.open()
    teacher.screen.evaluate("navigator.serviceWorker.ready.then(() => true)")
    teacher.open()
    assert teacher.screen.evaluate("Boolean(navigator.serviceWorker.controller)")
    said = fill(teacher, "पीपल के नीचे")
    assert teacher.soon(lambda: has_what_shows_it(teacher))
    teacher.context.set_offline(True)
    teacher.screen.locator(SEND).tap()
    waiting = teacher.screen.locator("[data-list] [data-words]").filter(has_text=said)  # as on the page before
    assert teacher.soon(lambda: waiting.count() > 0)

    teacher.context.set_offline(False)

    assert hands("urdu parent").wait_for("/", "पीपल के नीचे").locator("p[lang=ur]").count() == 1
