"""A passkey from end to end, with Chromium's own virtual lock: made, shown on the way in, shown before a role, ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.server import serving

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
LOCK = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def with_lock(page: Page) -> str:
    """The page's phone can lock itself; the lock's id."""
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    return str(line.send("WebAuthn.addVirtualAuthenticator", {"options": LOCK})["authenticatorId"])


def test_a_passkey_is_made_and_opens_the_room_and_is_asked_for_and_ends(chromium: Browser, tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        page = chromium.new_context(base_url=url, viewport={"width": 360, "height": 740}).new_page()
        with_lock(page)
        page.goto(server.doors["teacher"])
        page.locator("form[action^='/enter/'] button").click()
        page.wait_for_url(url + "/")
        page.goto("/me/passkeys")
        page.locator("form[data-passkey=create] button").click()
        page.locator("form[action$='/removal']").wait_for()
        page.goto("/me")
        page.locator("form[action='/me/sign-out'] button").click()
        page.wait_for_url(url + "/")

        page.goto("/code")
        page.locator("a[href='/passkeys']").click()
        page.locator("form[data-passkey=get] button").click()
        page.wait_for_url(url + "/")
        assert page.goto("/me/passkeys").status == 200

        page.goto("/me/proof?next=/me/phones")
        page.locator("form[data-passkey=get] button").click()
        page.wait_for_url(url + "/me/phones")
        page.goto("/me/passkeys")
        page.locator("form[action$='/removal'] button").click()
        page.locator("form[data-passkey=create]").wait_for()
        assert page.locator("form[action$='/removal']").count() == 0
        page.goto("/me/sign-out", wait_until="commit")

        page.context.clear_cookies()
        page.goto("/passkeys")
        page.locator("form[data-passkey=get] button").click()
        page.locator("a[href='/code']").first.wait_for()
        assert page.goto("/me").status == 401
