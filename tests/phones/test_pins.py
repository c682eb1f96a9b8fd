"""Six digits on a shared phone: who comes in, how often somebody may guess, and what is left open."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from app import create_app
from community.database import db, now
from community.people.models import Session
from community.phones.digits import digits_in, is_easy
from community.phones.guard import OPEN, OPEN_PAGES, SAME_FOR_ALL
from community.phones.models import FREE, MOST, MOST_OF_PERSON, WAITS, Pin, PinTries
from tests.conftest import ALL, Browser
from tests.people.test_writer import mark

if TYPE_CHECKING:
    from tests.conftest import Stage

HERS, OTHERS = "274915", "835026"
WRONG = "000000"


def chooses(browser: Browser, pin: str, **more: str) -> None:
    answer = browser.post("/me/pin", data={"pin": pin, "again": pin, "picture": "bee", "colour": "neem", **more})
    assert answer.status_code == 303, answer.text


def doors(browser: Browser) -> list[str]:
    return re.findall(r'href="(/phone/\d+)"', browser.get("/phone").text)


def shared(stage: Stage) -> tuple[Browser, str, str]:
    """A phone on which two people have PINs and nobody is in; the doors of both."""
    browser = stage.browser("member")
    chooses(browser, HERS)
    browser.post("/phone/hide")
    come_by_code(stage, browser, "parent")
    chooses(browser, OTHERS)
    browser.post("/phone/hide")
    one, other = doors(browser)
    return browser, one, other


def come_by_code(stage: Stage, browser: Browser, part: str) -> None:
    from tests.people.test_phones import stage_link

    assert browser.post(stage_link(stage, part)).status_code == 303


def pin_of(stage: Stage, door: str) -> Pin:
    with stage.app.app_context():
        return db.session.get_one(Pin, int(door.rpartition("/")[2]))


def tries(browser: Browser, door: str, pins: list[str]) -> list[int]:
    return [browser.post(door, data={"pin": pin}).status_code for pin in pins]


def test_two_people_each_come_into_their_own_room(stage: Stage) -> None:
    browser, one, other = shared(stage)
    marks = []
    for door, pin in ((one, HERS), (other, OTHERS)):
        assert browser.post(door, data={"pin": pin}).headers["Location"] == "/"
        marks.append(mark(browser.get("/").text))
    assert marks == [mark(stage.browser(part).get("/").text) for part in ("member", "parent")]


def test_a_hidden_room_is_locked_on_the_server(stage: Stage) -> None:
    browser = stage.browser("member")
    chooses(browser, HERS)
    before = browser.get_cookie("aangan")
    assert before
    answer = browser.post("/phone/hide", follow_redirects=True)
    assert answer.request.path == "/calendar"
    assert not mark(answer.text)
    assert browser.get("/").headers["Location"] == browser.get("/groups").headers["Location"] == "/phone"
    replayed = stage.app.test_client()
    replayed.set_cookie("aangan", before.value)
    assert replayed.get("/groups").status_code == 303, "what the cookie opened is locked, and not the phone alone"
    assert replayed.get("/phone/key").status_code in (303, 401)
    with stage.app.app_context():
        own = db.session.scalars(sa.select(Session).order_by(Session.id.desc())).first()
        assert own
        assert own.locked_at
        assert own.ended_at is None, "she is still on this phone"


def test_a_pin_opens_nothing_on_another_phone(stage: Stage) -> None:
    _browser, one, _other = shared(stage)
    assert stage.app.test_client().post(one, data={"pin": HERS}).status_code == 401
    another = stage.browser("head")
    chooses(another, "619283")
    another.post("/phone/hide")
    for door in (one, one + "0"):
        assert another.post(door, data={"pin": HERS}).status_code == 404
    assert pin_of(stage, one).tries == 0, "not even counted"


def test_who_came_in_without_a_pin_chooses_one_first(stage: Stage) -> None:
    browser, _one, _other = shared(stage)
    come_by_code(stage, browser, "teacher")
    for path in ("/", "/groups", "/me"):
        assert browser.get(path).headers["Location"] == "/me/pin"
    chooses(browser, "619283")
    assert browser.get("/groups").status_code == 200
    assert len(doors(browser)) == 3


def test_five_tries_then_longer_and_longer_waits_then_help(stage: Stage) -> None:
    browser, one, other = shared(stage)
    with time_machine.travel(now(), tick=False) as clock:
        assert tries(browser, one, [WRONG] * FREE) == [422] * FREE
        for minutes in WAITS:
            assert browser.post(one, data={"pin": HERS}).status_code == 422, "not even the right one"
            clock.shift(timedelta(minutes=minutes, seconds=-1))
            assert browser.post(one, data={"pin": HERS}).status_code == 422
            clock.shift(2)
            tries(browser, one, [WRONG])
        clock.shift(timedelta(days=300))
        page = browser.post(one, data={"pin": HERS})
        assert page.status_code == 422
        assert 'href="/code"' in page.text
        assert browser.post(other, data={"pin": OTHERS}).status_code == 303, "the other one is not locked out"
    assert pin_of(stage, one).tries == MOST


@pytest.mark.patient
def test_a_right_one_forgets_what_was_counted_and_so_does_help(stage: Stage) -> None:
    browser, one, _other = shared(stage)
    assert tries(browser, one, [HERS]) == [303]
    assert pin_of(stage, one).tries == 0
    browser.post("/phone/hide")
    tries(browser, one, [WRONG] * (FREE - 1))
    assert tries(browser, one, [HERS]) == [303]
    assert pin_of(stage, one).tries == 0
    browser.post("/phone/hide")
    tries(browser, one, [WRONG] * FREE)
    come_by_code(stage, browser, "member")
    chooses(browser, "619283")
    browser.post("/phone/hide")
    assert tries(browser, one, ["619283"]) == [303]


@pytest.mark.patient
def test_guesses_from_many_addresses_and_workers_are_one_count(stage: Stage) -> None:
    """Ten workers on one database, each tried from addresses of its own: what one counted another one knows."""
    browser, one, _other = shared(stage)
    cookie = browser.get_cookie("aangan")
    assert cookie
    settings_of = {"INSTANCE": str(stage.app.config["INSTANCE"]), "DATABASE_URL": stage.app.config["DATABASE_URL"]}
    workers = [create_app(settings_of, TESTING=True) for _ in range(3)]
    pins = [f"{number:06}" for number in range(300_000, 300_030)] + [HERS] * 3

    def guess(number: int) -> int:
        client = workers[number % 3].test_client()
        client.set_cookie("aangan", cookie.value)
        client.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
        headers = {"Sec-Fetch-Site": "same-origin"}
        return client.post(one, data={"pin": pins[number]}, headers=headers).status_code

    with ThreadPoolExecutor(6) as crowd:
        answers = list(crowd.map(guess, range(len(pins))))
    assert set(answers) == {422}, "nobody is in, not even with the right one"
    assert pin_of(stage, one).tries == FREE, "of tries at once no more are looked at than there are"
    for worker in workers:
        with worker.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.mark.patient
def test_her_phones_are_counted_together_too(stage: Stage) -> None:
    browsers = [stage.browser("member") for _ in range(3)]
    for browser in browsers:
        chooses(browser, HERS)
        browser.post("/phone/hide")
    with time_machine.travel(now(), tick=False) as clock:
        for browser in browsers:
            [door] = doors(browser)
            for _ in range(MOST):
                tries(browser, door, [WRONG])
                clock.shift(timedelta(days=1))
        with stage.app.app_context():
            assert db.session.scalars(sa.select(PinTries.tries)).one() == MOST_OF_PERSON
        assert tries(browsers[2], doors(browsers[2])[0], [HERS]) == [422]


@pytest.mark.parametrize(
    "pin", ["", "12345", "1234567", "abcdef", "27491 ", "123456", "987654", "111111", "121212", "112233"]
)
def test_what_is_no_pin_is_refused_with_a_word(stage: Stage, pin: str) -> None:
    browser = stage.browser("member")
    answer = browser.post("/me/pin", data={"pin": pin, "again": pin})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert not pin or pin not in answer.text, "it is not shown again"


@settings(max_examples=30 if ALL else 8)
@given(st.text(max_size=12))
def test_digits_of_any_script_are_read_and_nothing_else(typed: str) -> None:
    found = digits_in(typed)
    assert found == "" or (len(found) == 6 and found.isascii() and found.isdecimal())
    assert digits_in("२७४९१५") == digits_in("۲۷۴ ۹۱۵") == HERS
    assert not is_easy(HERS)


def test_a_change_asks_for_the_pin_until_now(stage: Stage) -> None:
    browser = stage.browser("member")
    chooses(browser, HERS)
    again = {"pin": OTHERS, "again": OTHERS}
    assert browser.post("/me/pin", data={**again, "now": WRONG}).status_code == 422
    assert browser.post("/me/pin", data={**again, "now": HERS}).status_code == 303
    browser.post("/phone/hide")
    [door] = doors(browser)
    assert tries(browser, door, [HERS, OTHERS]) == [422, 303]


def test_who_leaves_the_phone_or_is_taken_off_has_no_pin_there(stage: Stage) -> None:
    browser, one, other = shared(stage)
    tries(browser, one, [HERS])
    assert browser.post(f"{other}/removal").status_code == 303
    assert doors(browser) == [one]
    with stage.app.app_context():
        left = sa.select(Session).where(Session.person_id == stage.people["parent"], Session.ended_at.is_(None))
        assert not db.session.scalars(left).all(), "signed out there, so that nothing is pushed for her"
    browser.post("/me/sign-out")
    assert browser.get("/phone").headers["Location"] == "/"
    assert browser.get("/").status_code == 200, "a phone like any other"


def test_closed_from_another_phone_the_picture_is_gone(stage: Stage) -> None:
    browser, _one, other = shared(stage)
    elsewhere = stage.browser("member")
    [there] = re.findall(r"/sessions/\d+/end", elsewhere.get("/me/phones").text)
    elsewhere.post(there)
    assert doors(browser) == [other]


def test_the_key_is_given_once_the_pin_was_typed_and_not_for_long(stage: Stage) -> None:
    browser, one, other = shared(stage)
    with time_machine.travel(now(), tick=False) as clock:
        keys = []
        for door, pin in ((one, HERS), (other, OTHERS), (one, HERS)):
            tries(browser, door, [pin])
            answer = browser.get("/phone/key")
            assert answer.headers["Cache-Control"] == "no-store"
            keys.append(answer.json["keys"])
        assert re.fullmatch(r"[0-9a-f]{128}", keys[0])
        assert keys[0] == keys[2] != keys[1], "hers, the same each time"
        clock.shift(timedelta(minutes=6))
        assert browser.get("/phone/key").status_code == 410
        clock.shift(timedelta(hours=12))
        assert browser.get("/groups").headers["Location"] == "/phone", "half a day, whatever the phone forgot to say"


def test_nothing_is_left_to_the_browser_and_titles_say_nothing(stage: Stage) -> None:
    browser, one, _other = shared(stage)
    tries(browser, one, [HERS])
    titles = set()
    for path in ("/", "/groups", "/me", "/me/phones", f"/groups/{stage.grades[3]}", one, "/calendar", "/nowhere"):
        page = browser.get(path)
        assert page.headers["Cache-Control"] == "no-store", path
        titles.update(re.findall("<title>(.*?)</title>", page.text))
    assert len(titles) == 1
    assert "no-store" not in stage.browser("member").get("/").headers["Cache-Control"]
    assert "css/phones" not in stage.browser("member").get("/").text


def test_another_who_comes_in_locks_the_room_that_was_open(stage: Stage) -> None:
    browser, one, other = shared(stage)
    tries(browser, one, [HERS])
    cookie = browser.get_cookie("aangan")
    assert cookie
    assert tries(browser, other, [OTHERS]) == [303]
    replayed = stage.app.test_client()
    replayed.set_cookie("aangan", cookie.value)
    assert replayed.get("/groups").status_code == 303


def test_what_is_open_before_a_pin_is_there(stage: Stage) -> None:
    """A page that was renamed would be open no more, and a name that is nothing's opens whatever takes it later."""
    assert set(stage.app.blueprints) >= OPEN
    assert set(stage.app.view_functions) >= OPEN_PAGES | SAME_FOR_ALL
