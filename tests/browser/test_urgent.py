"""Urgent help in Chromium: the numbers without a signal from the start, and out of sight with one tap."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright")

from tests.browser.hand import Hand
from tests.browser.pressing import first_group, press
from tests.browser.village import Reader
from tests.browser.writing import READY, SHELF

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.server import Server

pytestmark = pytest.mark.browser


def test_without_a_signal_the_number_that_every_network_takes_stands_there(reader: Reader) -> None:
    reader.hand.context.set_offline(True)
    answer = reader.hand.open("/help")

    assert answer.from_service_worker
    assert reader.hand.sees("a[href='tel:112']") == 1
    reader.hand.context.set_offline(False)
    reader.hand.open("/help")
    assert reader.hand.sees("a[href='tel:181']") == 1
    assert not [address for address in reader.kept() if address.startswith("/help")], "nothing of hers is kept"


def test_hiding_leaves_no_way_back_to_it(reader: Reader) -> None:
    screen = reader.hand.screen
    reader.hand.open("/")
    screen.click("a[href^='/help']")
    screen.wait_for_url("**/help*")
    before = screen.evaluate("history.length")
    screen.click("a[data-away][href='/calendar']")
    screen.wait_for_url("**/calendar")
    assert screen.evaluate("history.length") == before
    screen.go_back()

    assert screen.evaluate("location.pathname") == "/"
    assert not [address for address in reader.kept() if address.startswith("/help")]


def where_one_is_trained(server: Server) -> str:
    """The address of the teacher's group: she can be woken there."""
    teacher = server.signed_in("teacher")
    place = f"/groups/{first_group(teacher)}"
    press(teacher, "/me/attention", "/me/attention", on_call="yes")
    press(teacher, f"{place}/duty", r"/groups/\d+/duty", urgent="1", day="1")
    return place


def test_what_was_sent_leaves_no_form_behind(chromium: Browser, server: Server) -> None:
    """Sent, taken back, asked again: then hidden, and Back leads to where she was before."""
    place = where_one_is_trained(server)
    hand = Reader(chromium, server, "urdu parent").hand
    hand.open("/")
    before = hand.screen.evaluate("history.length")
    hand.tap("a[href^='/help']")
    hand.tap(f"a[href='{place}/help/1']")
    assert hand.sees("form.compose") == 1
    for button in ("form.compose .btn.big", "form[action$='/withdrawal'] button", "form[action$='/return'] button"):
        hand.tap(button)
        assert re.fullmatch(r"/help/\d+", hand.path)
    hand.tap("a[data-away][href='/calendar']")
    assert hand.screen.evaluate("history.length") == before + 1
    hand.screen.go_back()
    assert hand.path == "/"
    hand.screen.go_forward()
    assert hand.path == "/calendar"
    hand.close()


def test_what_is_refused_keeps_her_words(chromium: Browser, server: Server) -> None:
    teacher = server.signed_in("teacher")
    hand = Reader(chromium, server, "urdu parent").hand
    hand.open(f"/groups/{first_group(teacher)}/help/3")
    hand.screen.locator("#text").fill("No rice since Monday")
    hand.screen.locator("input[name=voice]").set_input_files(
        {"name": "voice.ogg", "mimeType": "audio/ogg", "buffer": b"not a voice"}
    )
    hand.tap("form.compose .btn.big")
    assert hand.screen.locator("#text").input_value() == "No rice since Monday"
    assert hand.sees(".wrong") == 1
    hand.close()


def test_an_answer_to_urgent_help_never_waits_on_the_phone(chromium: Browser, server: Server) -> None:
    teacher, mother = server.signed_in("teacher"), server.signed_in("urdu parent")
    place = f"/groups/{first_group(teacher)}"
    asked = press(mother, f"{place}/help/2", r"/groups/\d+/help/2").path.removeprefix("/help")
    press(teacher, f"/questions{asked}", r"/questions/\d+/taker")
    hand = Hand(chromium, server, teacher.cookie)
    hand.open("/")
    hand.screen.evaluate(READY)
    hand.open(f"/questions{asked}/answers/new")
    hand.screen.locator("#text").fill("I come at eight")
    hand.context.set_offline(True)
    hand.screen.locator(".dock .btn.big").tap(no_wait_after=True)
    hand.screen.locator("[data-lost]").wait_for()
    assert hand.screen.evaluate(SHELF) == []
    hand.context.set_offline(False)
    hand.tap(".dock .btn.big")
    assert hand.path == f"/questions{asked}"
    assert "I come at eight" in hand.screen.locator("main").inner_text()
    hand.close()


def test_without_a_signal_she_keeps_her_words_and_has_the_numbers(chromium: Browser, server: Server) -> None:
    place = where_one_is_trained(server)
    hand = Reader(chromium, server, "urdu parent").hand
    hand.open(f"{place}/help/1")
    hand.screen.locator("#text").fill("He is at the door")
    hand.context.set_offline(True)
    hand.screen.locator("form.compose .btn.big").tap(no_wait_after=True)
    hand.screen.locator("[data-lost]").wait_for()
    assert hand.path == f"{place}/help/1"
    assert hand.screen.locator("#text").input_value() == "He is at the door"
    assert hand.sees("main a[href^='tel:']") > 0
    hand.context.set_offline(False)
    hand.tap("form.compose .btn.big")
    assert "He is at the door" in hand.screen.content()
    hand.close()
