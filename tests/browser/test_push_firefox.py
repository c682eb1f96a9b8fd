"""A real Firefox hears an announcement: from the tap that subscribes to the page that a tap on the notification opens.

Its push service is tests/browser/autopush.py. Everything between is the app's own: outbox, fan-out, encryption, sender.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("websockets")

from tests.browser.firefox import executable
from tests.browser.ringing import SEEN, Place, opened, subscribe

pytestmark = pytest.mark.firefox


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    if executable() is None:
        pytest.skip("needs Firefox ESR")
    with opened(tmp_path) as there:
        yield there


def test_an_announcement_rings_and_its_tap_opens_it(place: Place) -> None:
    with place.browser() as browser:
        subscribe(browser, place)
        place.announce("कल सुबह टीका लगेगा।")
        [shown] = browser.wait_until(browser.notifications)

        assert shown["body"] == "कल सुबह टीका लगेगा।"
        assert (shown["lang"], shown["dir"], shown["tag"]) == ("hi", "ltr", f"a{number_of(shown)}")
        assert place.push.acknowledged == 1
        assert {"ttl", "urgency", "topic", "authorization"} <= set(place.push.posts[0])

        browser.tap_notification()
        target = place.server.url + shown["data"]["path"]
        browser.wait_until(lambda: target in browser.paths())
        browser.wait_until(lambda: all(place.row("SELECT accepted_at, shown_at, opened_at FROM delivery")))
        assert browser.notifications() == []


def number_of(shown: dict[str, Any]) -> str:
    path: str = shown["data"]["path"]
    return path.removeprefix("/announcements/")


def test_what_was_said_while_the_browser_was_closed_rings_after_its_restart(place: Place) -> None:
    with place.browser() as browser:
        subscribe(browser, place)
    place.announce("बंद था, फिर भी आया।")
    assert place.push.wait_until(lambda: place.push.posts, 60)
    assert place.push.acknowledged == 0
    with place.browser() as browser:
        assert place.push.wait_until(lambda: place.push.acknowledged == 1, 60)
        browser.open(place.server.url + "/me")
        browser.wait_until(lambda: [one["body"] for one in browser.notifications()] == ["बंद था, फिर भी आया।"])


def test_an_address_that_is_gone_is_forgotten_and_the_next_tap_makes_another(place: Place) -> None:
    with place.browser() as browser:
        subscribe(browser, place)
        first, _ = place.endpoint()
        place.push.drop()
        place.announce("यह नहीं पहुँचेगा।")
        browser.wait_until(lambda: place.endpoint()[1])
        assert len(place.push.posts) == 1, "an address that is gone is not tried again"
        browser.open(place.server.url + "/subscriptions")
        browser.wait_until(lambda: browser.page(SEEN) == ["ask"])
        browser.tap("[data-ask]")
        browser.wait_until(lambda: browser.page(SEEN) == ["on"])
        second, ended = place.endpoint()
        assert second != first
        assert ended is None


def test_a_subscription_that_changes_is_told_by_the_worker(place: Place) -> None:
    with place.browser() as browser:
        subscribe(browser, place)
        first, _ = place.endpoint()
        browser.open("about:blank")  # no page of ours is open: the worker does it alone
        place.push.rotate()
        browser.wait_until(lambda: place.endpoint()[0] != first)
        place.announce("नए पते पर।")
        assert place.push.wait_until(lambda: place.push.acknowledged == 1, 60)


def test_signing_out_ends_it(place: Place) -> None:
    with place.browser() as browser:
        subscribe(browser, place)
        browser.open(place.server.url + "/me")
        browser.tap("form[action='/me/sign-out'] button")
        browser.wait_until(lambda: place.endpoint() == ())
        time.sleep(0.2)
        assert place.push.posts == []
