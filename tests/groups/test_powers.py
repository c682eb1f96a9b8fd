"""Who may do what to whom, and that a power that was lost is lost at the next request."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from community.audit.models import AuditEntry
from community.database import db, now, writing
from community.groups.bans import Ban
from community.groups.membership import LastAdmin, Membership
from community.people.models import Person
from tests.conftest import Stage
from tests.groups.town import admins_of, let_in, membership_id, role_of, together


def appoint(stage: Stage, by: str, part: str, group_id: int, role: str) -> int:
    browser = stage.browser(by)
    held = membership_id(stage, part, group_id)
    return int(browser.post(f"/memberships/{held}/role", data={"role": role}).status_code)


def test_an_admin_appoints_and_takes_it_back(stage: Stage) -> None:
    head, held = stage.browser("head"), membership_id(stage, "member", stage.grades[3])
    answer = head.post(f"/memberships/{held}/role", data={"role": "admin"})
    assert role_of(stage, "member", stage.grades[3]) == "admin"
    ticket = answer.location.partition("before=")[2]
    assert 'name="before"' in head.get(answer.location).text
    head.post(f"/memberships/{held}/role", data={"before": ticket})
    assert role_of(stage, "member", stage.grades[3]) == "member"


def test_what_was_done_already_is_done_and_told_once(stage: Stage) -> None:
    """She taps again where no answer came; another admin who says the same stands for it from then on."""
    group = stage.grades[3]
    for by in ("head", "head", "teacher", "teacher"):
        assert appoint(stage, by, "member", group, "responder") == 303
    with stage.app.app_context():
        told = sa.select(AuditEntry.actor_id).where(AuditEntry.action == "appointed", AuditEntry.group_id == group)
        told = told.where(AuditEntry.subject_id == stage.people["member"]).order_by(AuditEntry.id)
        assert db.session.scalars(told).all() == [stage.people["head"], stage.people["teacher"]]


def test_a_mistaken_equal_can_be_taken_back_for_ten_minutes_only(stage: Stage) -> None:
    teacher, held = stage.browser("teacher"), membership_id(stage, "member", stage.grades[3])
    ticket = teacher.post(f"/memberships/{held}/role", data={"role": "admin"}).location.partition("before=")[2]
    assert teacher.post(f"/memberships/{held}/role", data={"role": "member"}).status_code == 403
    with time_machine.travel(now() + timedelta(minutes=11)):
        assert teacher.post(f"/memberships/{held}/role", data={"before": ticket}).status_code == 403
    assert stage.browser("head").post(f"/memberships/{held}/role", data={"before": ticket}).status_code == 403
    assert teacher.post(f"/memberships/{held}/role", data={"before": ticket}).status_code == 303
    assert role_of(stage, "member", stage.grades[3]) == "member"


@pytest.mark.parametrize("by", ["member", "parent", "urdu parent", "english reader"])
def test_who_leads_nothing_decides_nothing(stage: Stage, by: str) -> None:
    held = membership_id(stage, "teacher", stage.grades[3])
    browser = stage.browser(by)
    for what in ("role", "removal", "ban"):
        assert browser.post(f"/memberships/{held}/{what}", data={"role": "member"}).status_code == 404
    assert role_of(stage, "teacher", stage.grades[3]) == "admin"


@pytest.mark.parametrize("role", ["responder", "moderator"])
def test_helpers_see_and_do_not_appoint(stage: Stage, role: str) -> None:
    let_in(stage, "parent", stage.grades[3], role)
    browser, held = stage.browser("parent"), membership_id(stage, "member", stage.grades[3])
    assert browser.get(f"/memberships/{held}").status_code == 404
    assert browser.post(f"/memberships/{held}/role", data={"role": "admin"}).status_code == 404


def test_nobody_acts_upwards_nor_on_an_equal(stage: Stage) -> None:
    grade = stage.grades[3]
    let_in(stage, "head", grade)
    let_in(stage, "member", stage.grades[1], "admin")
    teacher = stage.browser("teacher")
    head = membership_id(stage, "head", grade)
    for what in ("role", "removal", "ban"):
        assert teacher.post(f"/memberships/{head}/{what}", data={"role": "member"}).status_code == 403
    assert "/ban" not in teacher.get(f"/memberships/{head}").text
    assert role_of(stage, "head", stage.school) == "admin"


def test_nobody_lifts_herself_up(stage: Stage) -> None:
    let_in(stage, "parent", stage.grades[3], "moderator")
    assert appoint(stage, "parent", "parent", stage.grades[3], "admin") == 403
    assert appoint(stage, "parent", "parent", stage.grades[3], "responder") == 303
    assert role_of(stage, "parent", stage.grades[3]) == "responder"
    assert appoint(stage, "parent", "parent", stage.grades[3], "moderator") == 403


def test_the_last_admin_stays(stage: Stage) -> None:
    held = membership_id(stage, "head", stage.school)
    assert appoint(stage, "head", "head", stage.school, "member") == 409
    assert stage.browser("head").post(f"/memberships/{held}/end").status_code == 409
    assert admins_of(stage, stage.school) == 1


def test_the_second_admin_may_go(stage: Stage) -> None:
    let_in(stage, "teacher", stage.school, "admin")
    assert appoint(stage, "teacher", "teacher", stage.school, "member") == 303
    assert admins_of(stage, stage.school) == 1


def test_a_second_child_does_not_count_as_a_second_admin(stage: Stage) -> None:
    held = let_in(stage, "head", stage.school, "admin", nickname="Munna")
    assert appoint(stage, "head", "head", stage.school, "member") == 409
    assert stage.browser("head").post(f"/memberships/{held}/end").status_code == 303
    assert admins_of(stage, stage.school) == 1


def test_two_admins_who_step_down_at_once_leave_one(stage: Stage) -> None:
    let_in(stage, "teacher", stage.school, "admin")
    doors = {part: (stage.browser(part), membership_id(stage, part, stage.school)) for part in ("head", "teacher")}

    def step_down(part: str) -> int:
        browser, held = doors[part]
        return int(browser.post(f"/memberships/{held}/role", data={"role": "member"}).status_code)

    assert sorted(together(step_down, doors)) == [303, 409]
    assert admins_of(stage, stage.school) == 1


def test_two_demotions_that_race_leave_one(stage: Stage) -> None:
    let_in(stage, "teacher", stage.school, "admin")
    pairs = [("head", "teacher"), ("teacher", "head")]

    def demote(pair: tuple[str, str]) -> bool:
        held = membership_id(stage, pair[1], stage.school)
        with stage.app.test_request_context(), writing():
            try:
                db.session.get_one(Membership, held).appoint(
                    "member", by=db.session.get_one(Person, stage.people[pair[0]])
                )
                db.session.commit()
            except LastAdmin:
                db.session.rollback()
                return False
            finally:
                db.session.remove()
        return True

    assert sorted(together(demote, pairs)) == [False, True]
    assert admins_of(stage, stage.school) == 1


def test_a_demoted_admin_has_lost_it_at_the_next_request(stage: Stage) -> None:
    teacher = stage.browser("teacher")
    assert teacher.get(f"/groups/{stage.grades[3]}/settings").status_code == 200
    appoint(stage, "head", "teacher", stage.grades[3], "member")
    assert teacher.get(f"/groups/{stage.grades[3]}/settings").status_code == 404
    assert teacher.post(f"/groups/{stage.grades[3]}/archive").status_code == 404
    assert teacher.get(f"/groups/{stage.grades[3]}").status_code == 200


def test_removal_and_its_undo(stage: Stage) -> None:
    grade, teacher = stage.grades[3], stage.browser("teacher")
    let_in(stage, "urdu parent", grade, nickname="Second")
    held = membership_id(stage, "urdu parent", grade)
    answer = teacher.post(f"/memberships/{held}/removal")
    assert membership_id(stage, "urdu parent", grade) == 0
    assert stage.browser("urdu parent").get(f"/groups/{grade}/members").status_code == 404
    ticket = answer.location.partition("removed=")[2]
    assert "/removals/undo" in teacher.get(answer.location).text
    assert stage.browser("head").post("/removals/undo", data={"removed": ticket}).status_code == 409
    assert teacher.post("/removals/undo", data={"removed": ticket}).status_code == 303
    assert teacher.post("/removals/undo", data={"removed": ticket}).status_code == 303
    with stage.app.app_context():
        back = Membership.together(grade, stage.people["urdu parent"])
        assert sorted(one.child.nickname or "" for one in back if one.child) == ["Second", "سنا"]


def test_a_closed_door_stays_closed_until_it_is_opened(stage: Stage) -> None:
    grade, teacher, member = stage.grades[3], stage.browser("teacher"), stage.browser("member")
    teacher.post(f"/memberships/{membership_id(stage, 'member', grade)}/ban")
    assert member.get(f"/groups/{grade}").status_code == 404
    assert member.post(f"/j/{stage.invitation}").status_code == 410
    with stage.app.app_context():
        ban = Ban.of(db.session.get_one(Membership, membership_id(stage, "teacher", grade)).group)[0]
    assert "/bans/" in teacher.get(f"/groups/{grade}/members").text
    assert member.post(f"/bans/{ban.id}/lift").status_code == 404
    assert teacher.post(f"/bans/{ban.id}/lift").status_code == 303
    assert member.post(f"/j/{stage.invitation}").status_code == 303


def test_leaving_and_taking_it_back(stage: Stage) -> None:
    browser, held = stage.browser("member"), membership_id(stage, "member", stage.grades[3])
    answer = browser.post(f"/memberships/{held}/end")
    assert membership_id(stage, "member", stage.grades[3]) == 0
    ticket = answer.location.partition("left=")[2]
    assert browser.post("/memberships/undo", data={"left": ticket}).status_code == 303
    assert role_of(stage, "member", stage.grades[3]) == "member"
