"""Choosing a language: signed in and out, and only ever back to a page of ours."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from community.database import db
from community.people.models import Person

pytestmark = pytest.mark.sampled

if TYPE_CHECKING:
    from tests.conftest import Browser, Stage


def test_every_offered_language_stands_there_in_its_own_script(browser: Browser) -> None:
    page = browser.get("/language").text
    for code, direction, name in (("hi", "ltr", "हिन्दी"), ("ur", "rtl", "اردو"), ("en", "ltr", "English")):
        assert f'<b class="grow" lang="{code}" dir="{direction}">{name}</b>' in page


def test_a_language_that_nobody_of_hers_has_read_says_so_in_its_own_words(browser: Browser) -> None:
    page = browser.get("/language", query_string={"lang": "ur"}).text
    assert '<small class="full soft" lang="hi" dir="ltr">अभी जाँचा नहीं</small>' in page
    assert page.count('<small class="full soft" lang="en"') == 0, "English is what the others are made from"
    assert "بچپن سے یہ زبان" in page
    assert "grew up" not in browser.get("/language", query_string={"lang": "en"}).text


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


@pytest.mark.parametrize("code", ["", "xx", "fr", "tlh", "hi\0", "<script>"])
def test_what_is_not_offered_is_not_taken(browser: Browser, code: str) -> None:
    answer = browser.post("/language", data={"language": code})
    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers


def test_the_same_icon_stands_on_every_page_at_the_same_place(stage: Stage) -> None:
    member, teacher, nobody = stage.browser("member"), stage.browser("teacher"), stage.app.test_client()
    group = stage.grades[3]
    seen = [(member, path) for path in ("/", "/groups", "/me", "/me/looks", "/children", "/nowhere")]
    seen += [(browser, f"/groups/{group}") for browser in (member, teacher)]
    seen += [(teacher, f"/groups/{group}/{page}") for page in ("settings", "members", "invitations")]
    seen += [(nobody, path) for path in ("/", "/code", "/me", f"/j/{stage.invitation}", f"/j/{'a' * 16}", "/nowhere")]
    for browser, path in seen:
        bar = re.search(r'<div class="bar">.*?</div>', browser.get(path).text, re.S)
        link = rf'<a class="icon" href="/language\?next={path}">.*?</a>\s*<a class="listen"'
        assert bar and re.search(link, bar[0]), path


def test_it_leads_back_to_the_very_page_without_tickets_and_wishes(stage: Stage) -> None:
    member = stage.browser("member")
    for query, kept in (
        ("photo=1&lang=ur", "?photo=1"),
        ("left=x&kept", ""),
        ("page=2&q=x&in=7", "?page=2&in=7"),
        ("page=x", ""),
    ):
        page = member.get(f"/groups?{query}").text
        assert f'href="/language?next={quote(f"/groups{kept}")}"' in page


def test_what_a_form_is_answered_with_leads_back_to_the_form(stage: Stage) -> None:
    group = stage.grades[3]
    form = f"/groups/{group}/announcements/new"
    teacher, referred = stage.browser("teacher"), {"Referer": f"http://localhost{form}"}
    answer = teacher.post(f"/groups/{group}/announcements", data={"text": ""}, headers=referred)
    assert answer.status_code == 422
    assert f'href="/language?next={form}"' in answer.text
    for stranger in ("http://evil.example/groups", "http://localhost//evil", "nonsense", "http://[", ""):
        answer = teacher.post(f"/groups/{group}/announcements", data={"text": ""}, headers={"Referer": stranger})
        assert answer.status_code == 422
        assert 'href="/language?next=/"' in answer.text, stranger


@pytest.mark.parametrize("code", ["tlh", "xx", "%00", "<b>", "hi" * 500, "..%2F..", "ur-PK"])
def test_a_language_from_nowhere_in_an_address_falls_back(stage: Stage, code: str) -> None:
    for path in ("/", "/language", "/nowhere", "/sw.js", "/manifest.webmanifest"):
        answer = stage.app.test_client().get(f"{path}?lang={code}", headers={"Accept-Language": "ur"})
        assert answer.status_code == (404 if path == "/nowhere" else 200)
        assert path.endswith(("js", "webmanifest")) or '<html lang="ur"' in answer.text
