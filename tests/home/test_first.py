"""The first steps: a newcomer hears and tries them, once; nobody else pays a byte or sees what she did."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
import time_machine

from community.announcements.acknowledgement import Acknowledgement
from community.database import db, now
from community.home.first import OFFERED_FOR, STEPS
from community.people.models import Person
from tests.speech.test_clips import looked_at

pytestmark = pytest.mark.sampled

if TYPE_CHECKING:
    from tests.conftest import Browser, Stage

STEP = re.compile(r'<div class="stack" data-step data-clip="([^"]*)"( hidden)?>.*?<p class="say mid">([^<]+)</p>', re.S)
PAST = {"tried": "1", "next": "/"}
LONGEST = 10  # seconds of a spoken step
WORDS = 8


@pytest.fixture
def newcomer(stage: Stage) -> Browser:
    return came(stage)


def came(stage: Stage, language: str = "hi") -> Browser:
    """Somebody who has just tapped Join."""
    client: Browser = stage.app.test_client()  # type: ignore[assignment]
    client.set_cookie("language", language)
    assert client.post(f"/j/{stage.invitation}").status_code == 303
    return client


def steps(browser: Browser, path: str = "/") -> list[tuple[str, str, str]]:
    """Each one's clip, whether it is hidden, and its words."""
    return [(clip, hidden, unescape(words)) for clip, hidden, words in STEP.findall(browser.get(path).text)]


def test_where_she_lands_four_steps_wait_the_first_in_sight(newcomer: Browser) -> None:
    found = steps(newcomer)
    assert len(found) == STEPS + 1 == 5
    assert [not hidden for _clip, hidden, _words in found] == [True, False, False, False, False]


@pytest.mark.parametrize("code", ["hi", "ur"])
def test_each_is_short_and_can_be_heard(stage: Stage, code: str) -> None:
    browser = came(stage, code)
    for clip, _hidden, words in steps(browser):
        assert len(words.split()) <= WORDS, words
        sound = browser.get(clip)
        assert 0.3 < looked_at(sound.data)[2] <= LONGEST, words


def test_who_is_past_them_pays_nothing(stage: Stage) -> None:
    for part in stage.people:
        assert "data-first" not in stage.browser(part).get("/").text
    assert "/first" not in stage.browser("parent").get(f"/groups/{stage.school}").text


@pytest.mark.parametrize("path", ["/", "/first/1", "/first/3"])
def test_skipped_at_any_step_they_never_come_back(newcomer: Browser, path: str) -> None:
    page = newcomer.get(path).text
    assert '<form method="post" action="/reading"><input type="hidden" name="tried" value="1">' in page
    assert newcomer.post("/reading", data=PAST).status_code == 303
    assert "data-first" not in newcomer.get("/").text
    assert newcomer.post("/reading", data=PAST).status_code == 303, "a second tap"


def test_they_are_found_again_on_the_page_of_hers(stage: Stage, newcomer: Browser) -> None:
    newcomer.post("/reading", data=PAST)
    for browser in (newcomer, stage.browser("parent")):
        assert 'href="/first/1"' in browser.get("/me").text
        assert len(steps(browser, "/first/1")) == STEPS + 1


def test_without_javascript_each_step_is_a_page_that_sounds(newcomer: Browser) -> None:
    for step in range(1, STEPS + 1):
        page = newcomer.get(f"/first/{step}").text
        shown = next(one for one in page.split("data-step")[1:] if "hidden>" not in one.partition("\n")[0])
        assert f'href="/first/{step + 1}"' in shown
        assert step == 1 or re.search(r"<noscript><audio [^>]*controls", shown)
    assert 'action="/reading"' in newcomer.get(f"/first/{STEPS + 1}").text


@pytest.mark.parametrize("step", ["0", "6", "99999999999", "x"])
def test_there_are_no_other_steps(newcomer: Browser, step: str) -> None:
    assert newcomer.get(f"/first/{step}").status_code == 404


def test_what_she_tries_changes_nothing_for_others(stage: Stage, newcomer: Browser) -> None:
    before = stage.browser("head").get("/").text
    for step in range(1, STEPS + 2):
        newcomer.get(f"/first/{step}")
    newcomer.post("/reading", data=PAST)
    assert stage.browser("head").get("/").text == before
    with stage.app.app_context():
        newest = db.session.scalars(sa.select(Person).order_by(Person.id.desc())).first()
        assert newest is not None
        given = sa.select(Acknowledgement.id).where(Acknowledgement.person_id == newest.id)
        assert db.session.scalars(given).all() == []


def test_a_phone_may_keep_the_page(newcomer: Browser) -> None:
    assert " data-kept" in newcomer.get("/first/1").text.partition("<head>")[0]


def test_after_a_week_they_stand_in_nobodys_way(newcomer: Browser) -> None:
    with time_machine.travel(now() + OFFERED_FOR + timedelta(minutes=1)):
        assert "data-first" not in newcomer.get("/").text


def test_a_page_says_by_itself_that_she_is_past_them(newcomer: Browser) -> None:
    """As the script does, and the phone later, where there was no signal."""
    answer = newcomer.post("/reading", data={"tried": "1"}, headers={"Sec-Fetch-Dest": "empty"})
    assert answer.status_code == 303, "where the worker sends it for her, the page goes on"
    assert "data-first" not in newcomer.get("/").text
