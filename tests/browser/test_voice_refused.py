"""A phone that gives no microphone says so, and the words can still be written; one that has none takes a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright")

from tests.browser import courtyard as place
from tests.browser.hand import Hand
from tests.browser.pressing import first_group
from tests.browser.server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
DEVICE = ["--use-fake-device-for-media-stream"]  # there is a microphone, and nobody allows it


@pytest.fixture(scope="module", params=[[], DEVICE], ids=["none", "refused"])
def chromium(request: pytest.FixtureRequest) -> Iterator[Browser]:
    if place.executable() is None:
        pytest.skip("needs Chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=place.executable(), args=[*place.FLAGS, *request.param])
        yield browser
        browser.close()


def test_a_phone_without_a_voice_has_an_answer(
    chromium: Browser, server: Server, request: pytest.FixtureRequest
) -> None:
    phone = server.signed_in("head")
    hand = Hand(chromium, server, phone.cookie)
    hand.open(f"/groups/{first_group(phone)}/announcements/new")
    if "refused" in request.node.name:
        hand.screen.locator("label.rec[for=voice]").tap()
        hand.screen.locator("[data-when=blocked]").wait_for(state="visible")
    else:
        with hand.screen.expect_file_chooser():
            hand.screen.locator("label.rec[for=voice]").tap()
    assert hand.sees("textarea[name=text]") == 1
    hand.close()
