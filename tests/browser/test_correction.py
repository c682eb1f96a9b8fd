"""A correction follows onto the phone: every copy says what it says now, and first of all that it was put right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.pushed import SHEET, Pushed, payload
from tests.browser.server import Server
from tests.browser.village import Reader

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

pytestmark = pytest.mark.browser
BROUGHT = "async () => Boolean((await bookOf((await here()).person)).at) && !bringing"
BEFORE, NOW = "Come at nine to the well", "Come at ten to the school"


def says_so_first(card: Locator) -> None:
    """The note is the first thing in the card, and its words are the new ones."""
    text = card.inner_text()
    assert BEFORE not in text
    assert NOW in text
    first = card.locator(":scope > *").first
    assert "now" in (first.get_attribute("class") or "").split()
    assert first.inner_text().strip()


def test_what_lay_on_the_phone_is_replaced_at_the_next_contact(chromium: Browser, server: Server) -> None:
    reader = Reader(chromium, server, "parent")
    number = reader.said(BEFORE)
    address = f"/announcements/{number}"
    for path in ("/", address):
        reader.hand.open(path)
    reader.until(lambda: {"/", address} <= set(reader.kept()))
    reader.brought()
    reader.hand.context.set_offline(True)
    reader.head.post(f"{address}/correction", {"text": NOW})
    reader.hand.open(address)
    assert reader.hand.card(BEFORE).count() == 1, "without a signal nobody can know"

    reader.hand.context.set_offline(False)
    reader.forget_freshness()
    reader.hand.open(address)
    card = reader.hand.screen.locator(f"#a{number}")
    card.locator(".now").wait_for()
    says_so_first(card)

    reader.until(lambda: reader.worker.evaluate("() => !bringing"))
    reader.hand.context.set_offline(True)  # the one contact was enough for all copies
    for path in ("/", address):
        reader.hand.open(path)
        says_so_first(reader.hand.screen.locator(f"#a{number}"))
    reader.hand.close()


def test_a_push_puts_every_copy_right_and_a_removal_takes_it_off(chromium: Browser, server: Server) -> None:
    reader = Reader(chromium, server, "parent")
    number = reader.said(BEFORE)
    reader.hand.close()
    pushed = Pushed(chromium, server)
    pushed.subscribe()
    address = f"/announcements/{number}"
    for path in ("/", address):
        pushed.hand.open(path)
    assert pushed.hand.soon(lambda: pushed.taken(address))
    # What it asks for now would come with the old words after the push: this server is never told of the new ones.
    assert pushed.hand.soon(lambda: pushed.worker.evaluate(BROUGHT))
    data = {"delivery": "t", "announcement": number, "sheet": SHEET | {"words": BEFORE}}
    pushed.push(payload(number, data=data))
    pushed.kept(address, 1)
    data["sheet"] = SHEET | {"words": NOW, "corrected": "corrected"}
    pushed.hand.context.set_offline(True)  # the push alone puts it right: the server is not asked
    pushed.push(payload(number, silent=True, data=data))
    (shown,) = pushed.shown()
    assert shown["tag"] == f"a{number}"
    everywhere = """async (words) => { const found = [];
      for (const name of await caches.keys()) for (const { url } of await (await caches.open(name)).keys()) {
        const text = await (await (await caches.open(name)).match(url)).text();
        if (text.includes(words)) found.push(url); } return found; }"""
    assert pushed.hand.soon(lambda: not pushed.worker.evaluate(everywhere, BEFORE)), pushed.worker.evaluate(
        everywhere, BEFORE
    )
    for path in ("/", address):
        pushed.hand.open(path)
        says_so_first(pushed.hand.screen.locator(f"#a{number}"))

    pushed.push(payload(number, silent=True, data={"delivery": "t", "announcement": number}))
    card = f'id="a{number}"'
    assert pushed.hand.soon(lambda: not pushed.worker.evaluate(everywhere, card)), pushed.worker.evaluate(
        everywhere, card
    )
    pushed.hand.close()
