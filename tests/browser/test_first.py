"""The first steps in Chromium: each tap says the next one, also without a signal; and one thing sounds at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.hand import Hand
from tests.browser.server import Server
from tests.browser.speaking import spoken

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
# How many other things still sound as one begins: an event would say it too late.
WATCH = """globalThis.said = []; globalThis.played = new Set();
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  said.push([...played].filter((one) => one !== this && !one.paused).length);
  played.add(this);
  return play.call(this);
}"""
PLAYING = "() => [...played].filter((one) => !one.paused && !one.ended).length"
STEP = "[data-step]:not([hidden])"
NEXT = f'{STEP} a[href^="/first/"]'


@pytest.fixture
def newcomer(chromium: Browser, server: Server) -> Iterator[Hand]:
    """She has just tapped Join."""
    hand = Hand(chromium, server)
    hand.context.add_init_script(WATCH)
    hand.open(server.invitation)
    hand.tap("main .btn.big")
    yield hand
    hand.close()


def sounded(hand: Hand) -> list[int]:
    """How many other things were playing as each one began."""
    found: list[int] = hand.screen.evaluate("() => said")
    return found


def try_all(hand: Hand) -> None:
    """Taps what each step shows, and waits for the voice that it brings."""
    for step in range(1, 5):
        hand.screen.locator(NEXT).tap()
        assert hand.soon(lambda step=step: len(sounded(hand)) == step)


def test_four_taps_each_with_a_voice_and_never_again(newcomer: Hand) -> None:
    landed = newcomer.path
    assert newcomer.sees(STEP) == 1
    assert sounded(newcomer) == [], "nothing sounds before a tap"
    with newcomer.screen.expect_response("**/reading") as told:
        try_all(newcomer)
    assert told.value.status < 400
    assert newcomer.path == landed, "all of it happens on the card"
    assert set(sounded(newcomer)) == {0}
    newcomer.tap(f"{STEP} form button")
    assert newcomer.path == "/"
    assert newcomer.sees("[data-first]") == 0


def test_skipped_it_is_gone_and_found_again_by_her(newcomer: Hand) -> None:
    newcomer.tap(f"{STEP} form button")
    assert newcomer.sees("[data-first]") == 0
    newcomer.open("/me")
    newcomer.tap('a[href="/first/1"]')
    assert newcomer.sees(NEXT) == 1


def test_without_a_signal_she_tries_again_what_she_has_heard(newcomer: Hand) -> None:
    try_all(newcomer)
    newcomer.open("/first/1")
    newcomer.screen.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    kept = "() => caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name).then((one) => one.match('/first/1'))))).then((found) => found.some(Boolean))"
    assert newcomer.soon(lambda: bool(newcomer.open("/first/1") and newcomer.screen.evaluate(kept)))
    newcomer.context.set_offline(True)
    newcomer.open("/first/1")
    try_all(newcomer)
    assert newcomer.path == "/first/1"


def test_without_javascript_each_step_is_a_page(chromium: Browser, server: Server) -> None:
    hand = Hand(chromium, server, scripts=False)
    hand.open(server.invitation)
    hand.tap("main .btn.big")
    for step in range(2, 6):
        hand.tap(NEXT)
        assert hand.path == f"/first/{step}"
        assert hand.sees(STEP) == 1
        assert step == 5 or hand.sees("audio") == 1
    hand.tap(f"{STEP} form button")
    assert hand.path == "/"
    assert hand.sees("[data-first]") == 0
    hand.close()


def test_a_voice_falls_silent_for_the_page_that_is_read(chromium: Browser, server: Server) -> None:
    spoken(server, 20)
    hand = Hand(chromium, server, server.signed_in("parent").cookie)
    hand.context.add_init_script(WATCH)
    hand.open("/")
    hand.screen.locator(".voice").first.tap()
    assert hand.soon(lambda: hand.screen.evaluate(PLAYING) == 1)
    hand.screen.locator("header [data-listen]").tap()
    assert hand.soon(lambda: len(sounded(hand)) > 2)
    assert set(sounded(hand)) == {0}
    hand.close()


def test_each_language_says_its_name_without_being_chosen(chromium: Browser, server: Server) -> None:
    hand = Hand(chromium, server)
    hand.context.add_init_script(WATCH)
    hand.open("/language")
    for count, place in enumerate((1, 4, 2), 1):
        hand.screen.locator('a.icon[href^="/speech/"]').nth(place).tap()
        assert hand.soon(lambda count=count: len(sounded(hand)) == count)
    assert set(sounded(hand)) == {0}
    assert hand.path == "/language"
    hand.close()
