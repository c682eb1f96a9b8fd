"""Choosing a language: signed in and out, and only ever back to a page of ours."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import TYPE_CHECKING

import pytest

from community.database import db
from community.people.models import Person

if TYPE_CHECKING:
    from tests.conftest import Browser, Stage


def test_every_offered_language_stands_there_in_its_own_script(browser: Browser) -> None:
    page = browser.get("/language").text
    for code, direction, name in (("hi", "ltr", "हिन्दी"), ("ur", "rtl", "اردو"), ("en", "ltr", "English")):
        assert f'<b lang="{code}" dir="{direction}">{name}</b>' in page


def test_a_tap_is_kept_by_the_browser_and_leads_back(browser: Browser) -> None:
    answer = browser.post("/language", data={"language": "ur", "next": "/code"})
    assert (answer.status_code, answer.location) == (303, "/code")
    cookie = SimpleCookie(answer.headers["Set-Cookie"])["language"]
    assert cookie["samesite"] == "Lax"
    assert int(cookie["max-age"]) == 400 * 24 * 3600
    assert '<html lang="ur" dir="rtl">' in browser.get("/code").text


def test_over_https_the_cookie_is_secure(browser: Browser) -> None:
    answer = browser.post("/language", data={"language": "ur"}, base_url="https://aangan.example")
    assert "Secure" in answer.headers["Set-Cookie"]


def test_who_is_signed_in_has_it_on_every_phone(stage: Stage) -> None:
    stage.browser("member").post("/language", data={"language": "en"})
    with stage.app.app_context():
        assert db.session.get_one(Person, stage.people["member"]).language == "en"
    assert '<html lang="en"' in stage.browser("member").get("/me").text


@pytest.mark.parametrize("elsewhere", ["//evil", "https://evil", "/\\evil", "javascript:alert(1)", "/a\nb", "", None])
def test_next_never_leads_elsewhere(browser: Browser, elsewhere: str | None) -> None:
    fields = {"language": "en"} | ({"next": elsewhere} if elsewhere is not None else {})
    assert browser.post("/language", data=fields).location == "/"
    assert "evil" not in browser.get("/language", query_string={"next": elsewhere or ""}).text


@pytest.mark.parametrize("code", ["", "xx", "bn", "tlh", "hi\0", "<script>"])
def test_what_is_not_offered_is_not_taken(browser: Browser, code: str) -> None:
    answer = browser.post("/language", data={"language": code})
    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers
