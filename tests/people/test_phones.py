"""The phones that open my room: listed, ended, and a way onto another one."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
import time_machine

from community.database import db, now, writing
from community.people.models import Person, Session
from community.people.sign_in import SignInCode
from tests.people.cast import name

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.conftest import Browser, Stage


def sessions(stage: Stage, part: str) -> list[Session]:
    with stage.app.app_context():
        wanted = sa.select(Session).where(Session.person_id == stage.people[part], Session.ended_at.is_(None))
        return list(db.session.scalars(wanted.order_by(Session.id)))


def way_in(stage: Stage, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> str:
    """The path that the QR holds: what the page asks to be drawn."""
    drawn: list[str] = []
    monkeypatch.setattr("community.people.phones.qr", lambda link: drawn.append(link) or "")
    assert browser.post("/me/phones/new").status_code == 200
    [link] = drawn
    assert link.startswith("http://localhost/enter/")
    with stage.app.app_context():
        made = db.session.scalars(sa.select(SignInCode).order_by(SignInCode.id.desc())).first()
        assert made
        assert made.uses_left == 1
        assert timedelta(minutes=9) < made.expires - now() <= timedelta(minutes=10)
    return link.removeprefix("http://localhost")


def stage_link(stage: Stage, part: str) -> str:
    with stage.app.app_context(), writing():
        person = db.session.get_one(Person, stage.people[part])
        code = SignInCode.issue(person, issuer=None, lasts=timedelta(minutes=10))
        db.session.commit()
    return f"/enter/{code}"


def test_my_phones_are_listed_and_this_one_is_marked(stage: Stage) -> None:
    stage.browser("member")
    mine = stage.browser("member")
    page = mine.get("/me/phones").text
    assert len(re.findall(r"/sessions/\d+/end", page)) == 1, "this one is left by its own door"
    assert page.count('class="tag leaf"') == 1


def test_ending_a_phone_ends_it_and_twice_is_harmless(stage: Stage) -> None:
    lost, mine = stage.browser("member"), stage.browser("member")
    first, _ = sessions(stage, "member")
    for _again in range(2):
        assert mine.post(f"/sessions/{first.id}/end").location == "/me/phones"
    assert lost.get("/me").status_code == 401
    assert mine.get("/me").status_code == 200


def test_ending_this_phone_is_signing_out(stage: Stage) -> None:
    mine = stage.browser("member")
    [own] = sessions(stage, "member")
    assert mine.post(f"/sessions/{own.id}/end").location == "/"
    assert mine.get("/me").status_code == 401


def test_nobody_ends_a_phone_of_somebody_else(stage: Stage) -> None:
    hers = stage.browser("parent")
    [own] = sessions(stage, "parent")
    mine = stage.browser("head")
    for number in (own.id, 0, 10**9, 10**30):
        assert mine.post(f"/sessions/{number}/end").status_code == 404
    assert hers.get("/me").status_code == 200


def test_asking_for_the_way_writes_nothing(stage: Stage) -> None:
    mine = stage.browser("member")
    with stage.app.app_context():
        before = db.session.scalar(sa.select(sa.func.count(SignInCode.id)))
    assert mine.get("/me/phones/new").status_code == 200
    with stage.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(SignInCode.id))) == before


def test_the_page_with_the_code_is_stored_nowhere_and_has_no_style(stage: Stage) -> None:
    answer = stage.browser("member").post("/me/phones/new")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<svg viewBox" in answer.text
    assert "style=" not in answer.text
    assert "/enter/" not in answer.text


def test_the_link_shows_whose_room_it_is_and_opens_it_once(
    stage: Stage, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = way_in(stage, stage.browser("member"), monkeypatch)
    for _again in range(3):
        page = browser.get(way)
        assert page.headers["Cache-Control"] == "no-store"
        assert name(stage, "member") in page.text
    assert browser.get("/me").status_code == 401
    assert browser.post(way).location == "/"
    assert name(stage, "member") in browser.get("/me").text
    assert stage.app.test_client().get(way).status_code == 410


def both(browser: Browser, link: str) -> list[TestResponse]:
    """The link looked at, and its button tapped."""
    return [browser.get(link), browser.post(link, headers={"Referer": f"http://localhost{link}"})]


def test_unknown_used_and_expired_links_say_the_same(stage: Stage, browser: Browser) -> None:
    used, expired = stage_link(stage, "member"), stage_link(stage, "parent")
    browser.post(used)
    browser.post("/me/sign-out")
    answers = [*both(browser, used), *both(browser, "/enter/nothing")]
    with time_machine.travel(now() + timedelta(minutes=11)):
        answers += both(browser, expired)
    assert {answer.status_code for answer in answers} == {410}
    said = {answer.text.replace(answer.request.path, "") for answer in answers}
    assert len(said) == 1


def test_a_newer_link_ends_the_older(stage: Stage, browser: Browser) -> None:
    older, newer = stage_link(stage, "member"), stage_link(stage, "member")
    assert browser.post(older).status_code == 410
    assert browser.post(newer).status_code == 303


def test_the_demo_s_link_of_many_uses_stays(stage: Stage, browser: Browser) -> None:
    with stage.app.app_context(), writing():
        person = db.session.get_one(Person, stage.people["member"])
        code = SignInCode.issue(person, issuer=None, lasts=timedelta(days=1), uses=50)
        db.session.commit()
    stage_link(stage, "member")
    assert browser.post(f"/enter/{code}").status_code == 303


def test_who_is_signed_in_on_this_phone_is_told_before_and_out_afterwards(stage: Stage) -> None:
    shared = stage.browser("parent")
    old = shared.get_cookie("aangan")
    assert old
    way = stage_link(stage, "member")
    assert name(stage, "parent") in shared.get(way).text
    shared.post(way)
    assert name(stage, "member") in shared.get("/me").text
    assert sessions(stage, "parent") == []
    shared.set_cookie("aangan", old.value)
    assert shared.get("/me").status_code == 401


def test_my_own_link_on_my_own_phone_spends_nothing(stage: Stage) -> None:
    mine = stage.browser("member")
    way = stage_link(stage, "member")
    page = mine.get(way).text
    assert f'action="{way}"' not in page
    assert 'href="/"' in page


def test_two_phones_racing_for_one_link_give_one_session(stage: Stage) -> None:
    way, start, answers = stage_link(stage, "member"), threading.Barrier(4), []

    def race() -> None:
        client = stage.app.test_client()
        start.wait()
        answers.append(client.post(way).status_code)

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 410, 410, 410]
    assert len(sessions(stage, "member")) == 1


def test_who_comes_back_within_a_year_is_still_in_the_year_after(stage: Stage) -> None:
    mine = stage.browser("member")
    first = mine.get_cookie("aangan")
    assert first
    assert "Set-Cookie" not in mine.get("/").headers
    with time_machine.travel(now() + timedelta(days=390)):
        mine.get("/")
        given = mine.get_cookie("aangan")
        assert given
        assert given.expires
        assert given.expires > now() + timedelta(days=399)
        assert "Set-Cookie" not in mine.get("/").headers
    with time_machine.travel(now() + timedelta(days=780)):
        assert mine.get("/me").status_code == 200


def test_a_clock_that_was_ahead_signs_nobody_out(stage: Stage) -> None:
    with time_machine.travel(now() + timedelta(days=3)):
        mine = stage.browser("member")
    page = mine.get("/me")
    assert page.status_code == 200
    mine.post("/me/sign-out")
    assert mine.get("/me").status_code == 401


def test_a_cookie_that_nobody_used_for_longer_opens_nothing(stage: Stage) -> None:
    mine = stage.browser("member")
    kept = mine.get_cookie("aangan")
    assert kept
    with time_machine.travel(now() + timedelta(days=401)):
        mine.set_cookie("aangan", kept.value)
        assert mine.get("/me").status_code == 401
