"""A passkey opens one's own room, for whoever has it and nobody else; and is asked for before roles change hands."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
import time_machine

from community.database import db, now, writing
from community.people.models import Person, Session
from community.recovery.models import Passkey
from tests.groups.town import membership_id, role_of
from tests.people.cast import name
from tests.recovery.lock import PRESENT, Lock

if TYPE_CHECKING:
    from tests.conftest import Browser, Stage


def made(browser: Browser, lock: Lock) -> int:
    question = browser.post("/me/passkeys/question").json
    assert question
    return int(browser.post("/me/passkeys", data={"answer": lock.make(question)}).status_code)


def entered(browser: Browser, lock: Lock) -> int:
    return int(
        browser.post("/passkeys", data={"answer": lock.show(browser.post("/passkeys/question").json)}).status_code
    )


def proved(stage: Stage, browser: Browser, lock: Lock) -> int:
    """Where it is asked for: the teacher makes a member of her group a helper."""
    where = f"/memberships/{membership_id(stage, 'member', stage.grades[3])}/role"
    asked = browser.post(where, data={"role": "responder"})
    assert asked.status_code == 403
    answer = lock.show(browser.post("/me/proof/question").json)
    return int(browser.post(where, data={**hidden(asked.text), "proof": answer}).status_code)


def hidden(page: str) -> dict[str, str]:
    """What a page sends along, by name."""
    return {name: unescape(value) for name, value in re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page)}


def keys(stage: Stage) -> list[Passkey]:
    with stage.app.app_context():
        return list(db.session.scalars(sa.select(Passkey).order_by(Passkey.id)))


def test_it_opens_her_room_on_another_phone(stage: Stage, browser: Browser) -> None:
    lock = Lock()
    assert made(stage.browser("member"), lock) == 303
    assert entered(browser, lock) == 303
    assert name(stage, "member") in browser.get("/me").text
    [kept] = keys(stage)
    assert (kept.sign_count, kept.person_id) == (1, stage.people["member"])
    assert stage.browser("teacher").get(f"/groups/{stage.grades[3]}/settings").status_code == 200


@pytest.mark.large
@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "http://localhost.evil.example"},
        {"host": "evil.example"},
        {"flags": PRESENT},
        {"name": b"another name of a key"},
        {"key": Lock().key},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_is_not_quite_it_opens_nothing(stage: Stage, browser: Browser, wrong: dict) -> None:
    lock = Lock()
    made(stage.browser("member"), lock)
    other = Lock(**{"key": lock.key, **wrong})
    assert entered(browser, other) == 401
    assert browser.get("/me").status_code == 401


@pytest.mark.parametrize("count", [0, -1], ids=["it counts", "it says 0 each time"])
def test_an_answer_is_good_once_also_with_the_cookie_of_before(stage: Stage, count: int) -> None:
    """Keys that are on several phones do not count how often they were shown: that alone would stop nobody."""
    lock = Lock()
    made(stage.browser("member"), lock)
    lock.count = count
    browser = stage.app.test_client()
    answer = lock.show(browser.post("/passkeys/question").json)
    kept = browser.get_cookie("aangan")
    assert kept
    assert browser.post("/passkeys", data={"answer": answer}).status_code == 303
    again = stage.app.test_client()
    again.set_cookie("aangan", kept.value)
    assert again.post("/passkeys", data={"answer": answer}).status_code == 401
    assert stage.app.test_client().post("/passkeys", data={"answer": answer}).status_code == 401


@pytest.mark.large
def test_a_question_is_good_for_five_minutes(stage: Stage, browser: Browser) -> None:
    lock = Lock()
    made(stage.browser("member"), lock)
    answer = lock.show(browser.post("/passkeys/question").json)
    with time_machine.travel(now() + timedelta(minutes=6)):
        assert browser.post("/passkeys", data={"answer": answer}).status_code == 401


@pytest.mark.large
@pytest.mark.parametrize("answer", ["", "null", "[]", "{}", '{"id":1}', "x" * 30_000, '{"rawId":"é","response":{}}'])
def test_nonsense_is_refused_in_words(stage: Stage, browser: Browser, answer: str) -> None:
    mine = stage.browser("member")
    browser.post("/passkeys/question")
    mine.post("/me/passkeys/question")
    assert browser.post("/passkeys", data={"answer": answer}).status_code == 401
    assert mine.post("/me/passkeys", data={"answer": answer}).status_code == 410
    assert keys(stage) == []


def test_it_is_offered_after_a_week_and_never_required(stage: Stage) -> None:
    mine = stage.browser("member")
    for days, offered in ((6, False), (8, True)):
        with stage.app.app_context(), writing():
            db.session.get_one(Person, stage.people["member"]).created = now() - timedelta(days=days)
            db.session.commit()
        assert ('href="/me/passkeys"' in mine.get("/me").text) is offered
    assert mine.get("/").status_code == 200


def test_roles_change_hands_only_after_it_was_shown(stage: Stage) -> None:
    held, lock, teacher = membership_id(stage, "member", stage.grades[3]), Lock(), stage.browser("teacher")
    assert made(teacher, lock) == 303
    where = f"/memberships/{held}/role"
    refused = teacher.post(
        where, data={"role": "moderator"}, headers={"Referer": f"http://localhost/memberships/{held}"}
    )
    assert refused.status_code == 403
    assert f'href="/memberships/{held}"' in refused.text
    assert role_of(stage, "member", stage.grades[3]) == "member"
    assert teacher.post(where, data={**hidden(refused.text), "proof": "{}"}).status_code == 422
    assert role_of(stage, "member", stage.grades[3]) == "member"
    answer = lock.show(teacher.post("/me/proof/question").json)
    assert teacher.post(where, data={**hidden(refused.text), "proof": answer}).status_code == 303
    assert role_of(stage, "member", stage.grades[3]) == "moderator"
    assert teacher.post(where, data={"role": "responder"}).status_code == 303  # within ten minutes nothing is asked
    with time_machine.travel(now() + timedelta(minutes=11)):
        assert teacher.post(where, data={"role": "member"}).status_code == 403
    assert role_of(stage, "member", stage.grades[3]) == "responder"


@pytest.mark.large
def test_nobody_proves_with_somebody_else_s(stage: Stage) -> None:
    hers, mine = Lock(), stage.browser("teacher")
    made(stage.browser("member"), hers)
    made(mine, Lock(name=b"the teacher's own"))
    assert proved(stage, mine, hers) == 422


def test_a_thief_of_an_open_phone_neither_adds_nor_takes_one_away(stage: Stage) -> None:
    lock, teacher = Lock(), stage.browser("teacher")
    made(teacher, lock)
    [kept] = keys(stage)
    held = membership_id(stage, "member", stage.grades[3])
    assert made(teacher, Lock(name=b"the thief's own key")) == 403
    assert teacher.post(f"/passkeys/{kept.id}/removal").status_code == 303
    assert teacher.post(f"/memberships/{held}/role", data={"role": "admin"}).status_code == 403
    assert entered(stage.app.test_client(), lock) == 401
    with time_machine.travel(now() + timedelta(hours=25)):
        assert teacher.post(f"/memberships/{held}/role", data={"role": "responder"}).status_code == 303


@pytest.mark.large
def test_she_who_shows_it_takes_it_away_at_once(stage: Stage) -> None:
    lock, teacher = Lock(), stage.browser("teacher")
    made(teacher, lock)
    assert proved(stage, teacher, lock) == 303
    teacher.post(f"/passkeys/{keys(stage)[0].id}/removal")
    with time_machine.travel(now() + timedelta(minutes=11)):
        held = membership_id(stage, "member", stage.grades[3])
        assert teacher.post(f"/memberships/{held}/role", data={"role": "moderator"}).status_code == 303


@pytest.mark.large
def test_nobody_takes_away_somebody_else_s(stage: Stage) -> None:
    made(stage.browser("member"), Lock())
    assert stage.browser("teacher").post(f"/passkeys/{keys(stage)[0].id}/removal").status_code == 404
    assert keys(stage)[0].asks_until is None


@pytest.mark.large
def test_an_address_by_number_has_none(stage: Stage, browser: Browser) -> None:
    """No browser makes one there."""
    page = browser.get("/code", base_url="http://192.168.1.5:8000").text
    assert "/passkeys" not in page
    assert "/passkeys" in browser.get("/code").text


@pytest.mark.large
def test_signing_in_with_it_ends_who_was_here_before(stage: Stage) -> None:
    lock = Lock()
    made(stage.browser("member"), lock)
    shared = stage.browser("parent")
    entered(shared, lock)
    assert name(stage, "member") in shared.get("/me").text
    with stage.app.app_context():
        ended = sa.select(Session.ended_at).where(Session.person_id == stage.people["parent"])
        assert all(db.session.scalars(ended))
