"""Eight digits said aloud: an admin helps a member onto another phone; guessing is counted."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
import time_machine

from community.audit.models import AuditEntry
from community.database import db, now, writing
from community.groups.membership import Membership, admit
from community.groups.models import Group
from community.invitations.models import Invitation
from community.people.attempts import Attempts
from community.people.models import Person, Session
from community.people.sign_in import SignInCode
from tests.people.cast import name

pytestmark = pytest.mark.sampled

if TYPE_CHECKING:
    from tests.conftest import Browser, Stage


def membership(stage: Stage, part: str, group_id: int) -> int:
    with stage.app.app_context():
        mine = (Membership.person_id == stage.people[part], Membership.group_id == group_id)
        return db.session.scalars(sa.select(Membership.id).where(*mine)).one()


def become(stage: Stage, part: str, group_id: int, role: str) -> None:
    """Give somebody a role, as an admin could have done before."""
    with stage.app.test_request_context(), writing():
        held = admit(db.session.get_one(Group, group_id), db.session.get_one(Person, stage.people[part]))
        held.role = role
        db.session.commit()


def another_community(stage: Stage, part: str, role: str) -> int:
    with stage.app.test_request_context(), writing():
        other = Group.plant(name="Elsewhere", language="en", picture="hut", colour="mor")
        admit(other, db.session.get_one(Person, stage.people[part]), role=role)
        db.session.commit()
        return other.id


def ask(stage: Stage, issuer: str, part: str, group_id: int):
    number = membership(stage, part, group_id)
    return stage.browser(issuer).post(f"/memberships/{number}/sign-in-code")


def digits(stage: Stage, issuer: str = "teacher", part: str = "english reader") -> str:
    page = ask(stage, issuer, part, stage.grades[3])
    assert page.status_code == 200
    found = re.search(r'class="code"><span>(\d{4})</span> <span>(\d{4})</span>', page.text)
    assert found
    return " ".join(found.groups())


def test_the_digits_open_the_room_once_in_any_script(stage: Stage, browser: Browser) -> None:
    said = digits(stage).translate(str.maketrans("0123456789", "०१२३४५६७८९"))
    assert browser.post("/code", data={"code": f" {said} "}).location == "/"
    assert name(stage, "english reader") in browser.get("/me").text
    assert stage.app.test_client().post("/code", data={"code": said}).status_code == 410


def test_the_page_is_not_stored_and_it_is_written_down_who_helped_whom(stage: Stage) -> None:
    answer = ask(stage, "teacher", "english reader", stage.grades[3])
    assert answer.headers["Cache-Control"] == "no-store"
    with stage.app.app_context():
        entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action.startswith("helped"))).one()
        assert (entry.actor_id, entry.subject_id) == (stage.people["teacher"], stage.people["english reader"])
        assert entry.group_id == stage.grades[3]
        assert not entry.details


def test_the_person_sees_who_gave_a_code(stage: Stage) -> None:
    hers = stage.browser("english reader")
    assert name(stage, "teacher") not in hers.get("/me/phones").text
    digits(stage)
    assert name(stage, "teacher") in hers.get("/me/phones").text
    assert name(stage, "teacher") not in stage.browser("parent").get("/me/phones").text


def test_the_digits_run_out(stage: Stage, browser: Browser) -> None:
    said = digits(stage)
    with time_machine.travel(now() + timedelta(minutes=16)):
        assert browser.post("/code", data={"code": said}).status_code == 410


def test_digits_are_no_link(stage: Stage, browser: Browser) -> None:
    """There nobody counts the tries."""
    said = digits(stage).replace(" ", "")
    assert browser.get(f"/enter/{said}").status_code == 410
    assert browser.post(f"/enter/{said}").status_code == 410


def test_a_link_is_no_digits(stage: Stage, browser: Browser) -> None:
    with stage.app.app_context(), writing():
        person = db.session.get_one(Person, stage.people["member"])
        code = SignInCode.issue(person, issuer=None, lasts=timedelta(minutes=10))
        db.session.commit()
    assert browser.post("/code", data={"code": code}).status_code == 410


@pytest.mark.parametrize("issuer", ["member", "parent", "urdu parent"])
def test_only_an_admin_of_the_group_helps(stage: Stage, issuer: str) -> None:
    assert ask(stage, issuer, "english reader", stage.grades[3]).status_code == 404


@pytest.mark.parametrize("role", ["responder", "moderator"])
def test_a_lesser_role_does_not_help(stage: Stage, role: str) -> None:
    become(stage, "member", stage.grades[3], role)
    assert ask(stage, "member", "english reader", stage.grades[3]).status_code == 404


def test_helping_is_only_down_never_up_or_across(stage: Stage) -> None:
    assert ask(stage, "head", "teacher", stage.grades[3]).status_code == 200
    become(stage, "head", stage.grades[3], "member")
    assert ask(stage, "teacher", "head", stage.grades[3]).status_code == 403
    become(stage, "member", stage.grades[3], "admin")
    assert ask(stage, "teacher", "member", stage.grades[3]).status_code == 403
    assert ask(stage, "teacher", "teacher", stage.grades[3]).status_code == 403


def test_a_weaker_role_in_the_same_group_is_below(stage: Stage) -> None:
    become(stage, "member", stage.grades[3], "moderator")
    assert ask(stage, "teacher", "member", stage.grades[3]).status_code == 200


def test_a_role_in_a_sister_group_is_out_of_reach(stage: Stage) -> None:
    become(stage, "english reader", stage.grades[2], "responder")
    assert ask(stage, "teacher", "english reader", stage.grades[3]).status_code == 403
    assert ask(stage, "head", "english reader", stage.grades[3]).status_code == 200


def test_being_a_responder_above_does_not_make_an_admin_outrank_another(stage: Stage) -> None:
    become(stage, "teacher", stage.school, "responder")
    become(stage, "member", stage.grades[3], "admin")
    assert ask(stage, "teacher", "member", stage.grades[3]).status_code == 403


@pytest.mark.parametrize("role", ["member", "admin"])
def test_nobody_is_helped_into_a_community_that_the_helper_does_not_look_after(stage: Stage, role: str) -> None:
    """Else anybody could found a community, invite somebody, and be her."""
    another_community(stage, "english reader", role)
    assert ask(stage, "head", "english reader", stage.grades[3]).status_code == 403


def test_a_founder_elsewhere_can_not_take_over_who_joins(stage: Stage) -> None:
    trap = another_community(stage, "urdu parent", "admin")
    become(stage, "english reader", trap, "member")
    assert ask(stage, "urdu parent", "english reader", trap).status_code == 403


def test_a_membership_that_is_not_there(stage: Stage) -> None:
    mine = stage.browser("head")
    for number in (0, 999999, 10**30):
        assert mine.post(f"/memberships/{number}/sign-in-code").status_code == 404


def test_the_same_field_takes_an_invitation(stage: Stage, browser: Browser) -> None:
    with stage.app.app_context(), writing():
        teacher, grade = db.session.get_one(Person, stage.people["teacher"]), db.session.get_one(Group, stage.grades[3])
        code = Invitation.make(grade, teacher, spoken=True).code
        db.session.commit()
    assert browser.post("/code", data={"code": f"{code[:4]}-{code[4:]}"}).location == "/#asked"


def test_ten_wrong_tries_then_a_page_that_also_refuses_the_right_ones(stage: Stage, browser: Browser) -> None:
    said = digits(stage)
    for number in range(10):
        answer = browser.post("/code", data={"code": f"0000 000{number}"})
        assert answer.status_code == 410
        assert f"0000 000{number}" in answer.text
    for code in ("1111 1111", said):
        assert browser.post("/code", data={"code": code}).status_code == 429
    with stage.app.app_context():
        counted = sa.select(Attempts.count).order_by(Attempts.count)
        assert db.session.scalars(counted).all() == [10, 12], (
            "what was looked at, of everybody; and what came from here"
        )
    with time_machine.travel(now() + timedelta(hours=1)):
        assert browser.post("/code", data={"code": "1111 1111"}).status_code == 410


def test_right_tries_are_held_against_nobody(stage: Stage, browser: Browser) -> None:
    with stage.app.app_context(), writing():
        teacher, grade = db.session.get_one(Person, stage.people["teacher"]), db.session.get_one(Group, stage.grades[3])
        code = Invitation.make(grade, teacher, spoken=True).code
        db.session.commit()
    for _parent in range(15):  # a parents' evening behind one address
        assert stage.app.test_client().post("/code", data={"code": code}).status_code == 303
    assert browser.post("/code", data={"code": "1111 1111"}).status_code == 410


def test_one_household_on_ipv6_is_one_address(stage: Stage, browser: Browser) -> None:
    for number in range(10):
        where = {"REMOTE_ADDR": f"2001:db8::{number}"}
        assert browser.post("/code", data={"code": "1"}, environ_overrides=where).status_code == 410
    again = {"REMOTE_ADDR": "2001:db8::ffff"}
    assert browser.post("/code", data={"code": "1"}, environ_overrides=again).status_code == 429
    other = {"REMOTE_ADDR": "2001:db8:1::1"}
    assert browser.post("/code", data={"code": "1"}, environ_overrides=other).status_code == 410
    assert browser.post("/code", data={"code": "1"}, environ_overrides={"REMOTE_ADDR": ""}).status_code == 410


@pytest.mark.parametrize("code", ["", " ", "1234567", "123456789", "abcdefgh", "①②③④⑤⑥⑦⑧", "\0", "9" * 5000, "<b>"])
def test_what_is_no_code_is_no_code(stage: Stage, browser: Browser, code: str) -> None:
    answer = browser.post("/code", data={"code": code})
    assert answer.status_code == 410
    assert "<b>" not in answer.text.replace("<b>Aangan", "")


def test_who_is_in_is_told_that_a_code_closes_her_room_here(stage: Stage) -> None:
    shared = stage.browser("parent")
    assert name(stage, "parent") in shared.get("/code").text
    shared.post("/code", data={"code": digits(stage)})
    assert name(stage, "english reader") in shared.get("/me").text
    with stage.app.app_context():
        ended = sa.select(Session.ended_at).where(Session.person_id == stage.people["parent"])
        assert all(db.session.scalars(ended))


def test_two_phones_racing_for_one_code_give_one_session(stage: Stage) -> None:
    said, start, answers = digits(stage), threading.Barrier(2), []

    def race() -> None:
        client = stage.app.test_client()
        start.wait()
        answers.append(client.post("/code", data={"code": said}).status_code)

    threads = [threading.Thread(target=race) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 410]
    with stage.app.app_context():
        opened = sa.select(sa.func.count(Session.id)).where(Session.person_id == stage.people["english reader"])
        assert db.session.scalar(opened) == 1
