"""Urgent help in Chromium: the numbers without a signal from the start, and out of sight with one tap."""

import pytest

from tests.browser.village import Reader

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
