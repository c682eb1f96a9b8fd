"""A passkey from end to end, with Chromium's own virtual lock: made, shown on the way in, shown before a role, ended."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from werkzeug.serving import WSGIRequestHandler, make_server

from community.database import db, now, writing
from community.people.models import Person, Session
from community.people.sign_in import SignInCode
from tests.groups.town import membership_id, role_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.conftest import Stage

pytestmark = pytest.mark.browser
LOCK = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


class Silent(WSGIRequestHandler):
    """Waitress writes no addresses down either: in some of them is a code."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def served(stage: Stage) -> Iterator[str]:
    """The school in this process, under a name: no browser makes a passkey for a number."""
    server = make_server("localhost", 0, stage.app, threaded=True, request_handler=Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.port}"
    finally:
        server.shutdown()


def door(stage: Stage, part: str) -> str:
    with stage.app.app_context(), writing():
        person = db.session.get_one(Person, stage.people[part])
        code = SignInCode.issue(person, issuer=None, lasts=timedelta(minutes=10))
        db.session.commit()
    return f"/enter/{code}"


def with_lock(page: Page) -> None:
    """The page's phone can lock itself."""
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    line.send("WebAuthn.addVirtualAuthenticator", {"options": LOCK})


def show(page: Page) -> None:
    page.locator("form[data-passkey=get] button").click()


def shown_long_ago(stage: Stage) -> None:
    with stage.app.app_context(), writing():
        db.session.execute(sa.update(Session).values(proved_at=now() - timedelta(minutes=11)))
        db.session.commit()


def test_a_passkey_is_made_and_opens_the_room_and_is_asked_for_and_ends(chromium: Browser, stage: Stage) -> None:
    with served(stage) as url:
        page = chromium.new_context(base_url=url, viewport={"width": 360, "height": 740}).new_page()
        page.set_default_timeout(120_000)
        with_lock(page)
        page.goto(door(stage, "teacher"))
        page.locator("form[action^='/enter/'] button").click()
        page.wait_for_url(url + "/")
        page.goto("/me/passkeys")
        page.locator("form[data-passkey=create] button").click()
        page.locator("form[action$='/removal']").wait_for()

        page.context.clear_cookies()
        page.goto("/code")
        page.locator("a[href='/passkeys']").click()
        show(page)
        page.wait_for_url(url + "/")
        shown_long_ago(stage)
        held = membership_id(stage, "member", stage.grades[3])
        page.goto(f"/memberships/{held}")
        page.locator("button[name=role][value=moderator]").click()
        show(page)
        page.wait_for_url(f"{url}/memberships/{held}?*")
        assert role_of(stage, "member", stage.grades[3]) == "moderator"
        page.goto("/me/passkeys")
        page.locator("form[action$='/removal'] button").click()
        page.locator("form[action$='/removal']").wait_for(state="detached")

        page.context.clear_cookies()
        page.goto("/passkeys")
        with page.expect_navigation():  # what is shown and what is answered have one address
            show(page)
        page.locator("main a[href='/code']").wait_for()
        answer = page.goto("/me")
        assert answer
        assert answer.status == 401
        page.context.close()
