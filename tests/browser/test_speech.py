"""The button that reads a page, in Chromium: one thing at a time, marked, stopped by a tap, heard again without a signal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.hand import Hand
from tests.browser.server import Server
from tests.browser.village import Reader

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
# What is played is written down: the part that is marked just then, and whether another one was still playing.
WATCH = """globalThis.said = []; globalThis.playing = new Set();
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  const part = [...document.querySelectorAll("[style*=outline]")].map((one) => one.textContent.trim().replace(/\\s+/g, " "));
  said.push({ part: part.join("|"), others: playing.size });
  playing.add(this);
  for (const over of ["ended", "pause"]) this.addEventListener(over, () => playing.delete(this));
  return play.call(this);
}"""
BUTTON = "header [data-listen]"


@pytest.fixture
def reader(chromium: Browser, server: Server) -> Iterator[Reader]:
    made = Reader(chromium, server, "parent")
    made.hand.context.add_init_script(WATCH)
    made.hand.open("/me")
    yield made
    made.hand.close()


def said(reader: Reader) -> list[dict[str, object]]:
    found: list[dict[str, object]] = reader.hand.screen.evaluate("() => said")
    return found


def tap(reader: Reader, selector: str) -> None:
    reader.hand.screen.locator(selector).locator("visible=true").first.tap()


def test_the_button_reads_the_page_one_thing_after_another(reader: Reader) -> None:
    tap(reader, BUTTON)
    assert reader.hand.soon(lambda: len(said(reader)) > 2)
    parts = [one["part"] for one in said(reader)]
    assert all(parts)
    assert len(set(parts)) == len(parts)
    assert {one["others"] for one in said(reader)} == {0}
    assert reader.hand.sees("[data-machine]") == 1, "whose voice it is, is not said"


def test_a_tap_says_a_control_instead_of_doing_it_and_the_button_leaves(reader: Reader) -> None:
    tap(reader, BUTTON)
    assert reader.hand.soon(lambda: len(said(reader)) > 0)
    before = len(said(reader))
    tap(reader, 'a[href="/groups"]')
    word = reader.hand.screen.locator('a[href="/groups"]').first.text_content()
    assert word
    assert reader.hand.soon(lambda: len(said(reader)) > before and said(reader)[-1]["part"] == word.strip())
    assert reader.hand.path == "/me"
    assert said(reader)[-1]["others"] == 0
    tap(reader, BUTTON)
    assert reader.hand.soon(lambda: reader.hand.sees(f"{BUTTON}[aria-pressed]") == 0)
    reader.hand.tap('a[href="/groups"]')
    assert reader.hand.path == "/groups"


def test_when_all_is_read_a_tap_still_says_and_does_nothing(reader: Reader) -> None:
    """Who is slow to tap would else do what she wanted to hear."""
    reader.hand.open("/nowhere")
    tap(reader, BUTTON)
    assert reader.hand.soon(lambda: len(said(reader)) > 2)
    assert reader.hand.soon(lambda: reader.hand.screen.locator("[style*='4px solid']").count() == 0)
    before = len(said(reader))
    tap(reader, "main a")
    assert reader.hand.soon(lambda: len(said(reader)) > before)
    assert reader.hand.path == "/nowhere"


def test_a_tap_beside_everything_stops(reader: Reader) -> None:
    tap(reader, BUTTON)
    assert reader.hand.soon(lambda: len(said(reader)) > 0)
    reader.hand.screen.evaluate("() => document.querySelector('main').click()")
    assert reader.hand.soon(lambda: reader.hand.screen.evaluate("() => playing.size") == 0)
    before = len(said(reader))
    reader.hand.screen.wait_for_timeout(1500)
    assert len(said(reader)) == before


def test_what_was_heard_once_is_heard_without_a_signal(reader: Reader) -> None:
    tap(reader, BUTTON)
    assert reader.hand.soon(lambda: len(said(reader)) > 1)
    first = said(reader)[0]["part"]
    reader.hand.context.set_offline(True)
    reader.hand.open("/me")
    tap(reader, BUTTON)
    assert reader.hand.soon(lambda: len(said(reader)) > 0)
    assert said(reader)[0]["part"] == first


def test_an_announcement_is_heard_by_its_own_button(reader: Reader) -> None:
    number = reader.said("कल सुबह सात बजे पानी आएगा।")
    reader.hand.open(f"/announcements/{number}")
    tap(reader, "main [data-listen]")
    assert reader.hand.soon(lambda: len(said(reader)) == 1)
    assert said(reader)[0]["part"] == "कल सुबह सात बजे पानी आएगा।"
    assert reader.hand.path == f"/announcements/{number}"


def test_without_javascript_the_button_leads_to_the_words(chromium: Browser, server: Server) -> None:
    hand = Hand(chromium, server, server.signed_in("parent").cookie, scripts=False)
    hand.open("/me")
    hand.tap(BUTTON)
    assert hand.path == "/listen"
    assert hand.sees("audio") > 5
    hand.tap("header a.icon")
    assert hand.path == "/me"
    hand.close()


def test_whoever_is_not_signed_in_hears_too(chromium: Browser, server: Server) -> None:
    hand = Hand(chromium, server)
    hand.context.add_init_script(WATCH)
    hand.open("/")
    hand.screen.locator(BUTTON).tap()
    assert hand.soon(lambda: hand.screen.evaluate("() => said.length") > 0)
    hand.close()
