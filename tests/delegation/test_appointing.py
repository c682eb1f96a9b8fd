"""A role is offered and taken on by a person's own tap; who may offer it is asked again when it is taken."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from community.database import db, now
from community.delegation.models import Appointment
from community.groups.membership import Membership
from community.people.models import Person
from tests.conftest import Stage
from tests.delegation.scene import audited, count, number_of, offered, take, today_at
from tests.groups.town import let_in, membership_id, role_of, together
from tests.promises import keep_all

pytestmark = pytest.mark.sampled


@pytest.mark.parametrize("role", ["responder", "moderator", "admin"])
def test_an_offer_becomes_a_role_by_her_own_tap(stage: Stage, role: str) -> None:
    grade, where = stage.grades[3], offered(stage, "teacher", stage.grades[3], role)
    member = stage.browser("member")
    assert "/j/" not in member.get(where).text
    assert role_of(stage, "member", grade) == "member"  # looking changes nothing
    assert take(member, where) == 303
    assert role_of(stage, "member", grade) == role
    assert take(member, where) == 303  # a double tap
    assert take(stage.browser("parent"), where) == 410  # single use
    assert audited(stage)[-3:] == ["role offered", "role accepted", "appointed"]


def test_a_double_tap_offers_once(stage: Stage) -> None:
    grade = stage.grades[3]
    first = offered(stage, "teacher", grade, "moderator")
    assert offered(stage, "teacher", grade, "moderator") == first
    assert offered(stage, "teacher", grade, "responder") != first
    assert offered(stage, "head", grade, "moderator") != first
    assert take(stage.browser("member"), first) == 303
    assert offered(stage, "teacher", grade, "moderator") != first  # that one is taken
    with time_machine.travel(now() + timedelta(seconds=11)):
        assert len({offered(stage, "teacher", grade, "responder") for _tap in range(2)}) == 1
    assert number_of(stage) == 5


def test_a_newcomer_comes_in_and_holds_it(stage: Stage) -> None:
    where = offered(stage, "head", stage.grades[4], "moderator")
    newcomer = stage.app.test_client()
    assert newcomer.get(where).status_code == 200
    assert newcomer.post(where, data={"name": "Savita"}).status_code == 303
    assert newcomer.post(where).status_code == 303
    with stage.app.app_context():
        hers = sa.select(Membership.role).join(Membership.person).where(Person.name == "Savita")
        assert db.session.scalars(hers.where(Membership.group_id == stage.grades[4])).all() == ["moderator"]


@pytest.mark.parametrize("by", ["member", "parent", "english reader"])
def test_who_looks_after_nothing_offers_nothing(stage: Stage, by: str) -> None:
    browser = stage.browser(by)
    assert browser.get(f"/groups/{stage.grades[3]}/appointments/new").status_code == 404
    assert browser.post(f"/groups/{stage.grades[3]}/appointments", data={"role": "admin"}).status_code == 404
    assert count(stage, Appointment) == 0


@pytest.mark.parametrize("role", ["responder", "moderator"])
def test_a_helper_offers_nothing_and_nobody_offers_upwards(stage: Stage, role: str) -> None:
    let_in(stage, "parent", stage.grades[3], role)
    for part, group_id in (("parent", stage.grades[3]), ("teacher", stage.school), ("teacher", stage.grades[1])):
        answer = stage.browser(part).post(f"/groups/{group_id}/appointments", data={"role": "responder"})
        assert answer.status_code == 404, part


def test_nobody_takes_what_she_offers(stage: Stage) -> None:
    where, head = offered(stage, "head", stage.grades[3], "admin"), stage.browser("head")
    assert f'action="{where}"' not in head.get(where).text
    assert take(head, where) == 410
    assert role_of(stage, "head", stage.grades[3]) is None


@pytest.mark.parametrize("lost", ["role", "removal", "ban", "date"])
def test_an_offer_is_worth_nothing_once_its_issuer_has_lost_the_role(stage: Stage, lost: str) -> None:
    grade = stage.grades[3]
    where, head = offered(stage, "teacher", grade, "admin"), stage.browser("head")
    held = membership_id(stage, "teacher", grade)
    if lost == "date":
        head.post(f"/memberships/{held}/term", data={"until": today_at(stage, grade)})
    else:
        head.post(f"/memberships/{held}/{lost}", data={"role": "moderator"})
    with time_machine.travel(now() + timedelta(days=2 if lost == "date" else 0)):
        member = stage.browser("member")
        assert member.get(where).status_code == 410
        assert take(member, where) == 410
    assert role_of(stage, "member", grade) == "member"


def test_an_offer_ends(stage: Stage) -> None:
    where, grade = offered(stage, "teacher", stage.grades[3]), stage.grades[3]
    number = number_of(stage)
    with time_machine.travel(now() + timedelta(days=8)):
        assert take(stage.browser("member"), where) == 410
    assert stage.browser("member").post(f"/appointments/{number}/withdrawal").status_code == 404
    assert stage.browser("teacher").post(f"/appointments/{number}/withdrawal").status_code == 303
    assert stage.browser("teacher").post(f"/appointments/{number}/withdrawal").status_code == 409
    assert take(stage.browser("member"), where) == 410
    stage.browser("teacher").post(f"/groups/{grade}/archive")
    assert stage.browser("teacher").post(f"/groups/{grade}/appointments", data={"role": "admin"}).status_code == 409


def test_a_closed_door_opens_for_no_role(stage: Stage) -> None:
    grade = stage.grades[3]
    stage.browser("teacher").post(f"/memberships/{membership_id(stage, 'member', grade)}/ban")
    where = offered(stage, "teacher", grade, "responder")
    assert take(stage.browser("member"), where) == 410
    assert take(stage.browser("parent"), where) == 303  # it was not spent


def test_an_offer_never_takes_anything_away(stage: Stage) -> None:
    where = offered(stage, "head", stage.grades[3], "moderator")
    assert take(stage.browser("teacher"), where) == 410
    assert role_of(stage, "teacher", stage.grades[3]) == "admin"
    assert take(stage.browser("member"), where) == 303


def test_a_named_offer_is_for_one(stage: Stage) -> None:
    grade, held = stage.grades[3], membership_id(stage, "member", stage.grades[3])
    where = offered(stage, "teacher", grade, "moderator", member=str(held))
    assert where in stage.browser("member").get("/").text
    assert where not in stage.browser("parent").get("/").text
    assert take(stage.browser("parent"), where) == 410
    assert stage.browser("parent").post(f"{where}/refusal").status_code == 410
    assert take(stage.browser("member"), where) == 303
    assert where not in stage.browser("member").get("/").text


def test_a_named_offer_can_be_refused(stage: Stage) -> None:
    held = membership_id(stage, "member", stage.grades[3])
    where = offered(stage, "teacher", stage.grades[3], "moderator", member=str(held))
    assert stage.browser("member").post(f"{where}/refusal").status_code == 303
    assert take(stage.browser("member"), where) == 410
    assert role_of(stage, "member", stage.grades[3]) == "member"


def test_with_digits_nobody_holds_anything_before_she_was_looked_at(stage: Stage) -> None:
    grade, teacher = stage.grades[3], stage.browser("teacher")
    where = offered(stage, "teacher", grade, "admin", kind="spoken")
    with stage.app.test_request_context():
        digits = db.session.get_one(Appointment, number_of(stage)).digits
    member = stage.browser("member")
    assert member.post("/code", data={"code": digits}).location == where
    assert take(member, where) == 303
    assert role_of(stage, "member", grade) == "member"
    assert take(stage.browser("parent"), where) == 410  # one at a time
    assert f"/appointments/{number_of(stage)}" in teacher.get("/").text
    assert member.post(f"/appointments/{number_of(stage)}/confirmation", data={"right": "1"}).status_code == 404
    assert teacher.post(f"/appointments/{number_of(stage)}/confirmation", data={"right": "1"}).status_code == 303
    assert role_of(stage, "member", grade) == "admin"


def test_somebody_else_with_the_digits_gets_nothing(stage: Stage) -> None:
    where = offered(stage, "teacher", stage.grades[3], "admin", kind="spoken")
    take(stage.browser("member"), where)
    assert stage.browser("teacher").post(f"/appointments/{number_of(stage)}/confirmation").status_code == 303
    assert role_of(stage, "member", stage.grades[3]) == "member"
    assert take(stage.browser("member"), where) == 410


def test_of_two_who_tap_at_once_one_gets_it(stage: Stage) -> None:
    where = offered(stage, "teacher", stage.grades[3], "moderator")
    browsers = [stage.browser(part) for part in ("member", "parent", "urdu parent", "english reader")]
    assert sorted(together(lambda one: take(one, where), browsers)) == [303, 410, 410, 410]
    with stage.app.app_context():  # who is here for children, too, holds it for each of them
        held = sa.select(sa.func.count(Membership.person_id.distinct())).where(Membership.held_role == "moderator")
        assert db.session.scalar(held) == 1


@pytest.mark.parametrize("until", ["2020-01-01", "9999-12-31", "tomorrow", "2026-02-30"])
def test_a_day_that_can_not_be_is_refused_and_kept(stage: Stage, until: str) -> None:
    answer = stage.browser("teacher").post(
        f"/groups/{stage.grades[3]}/appointments", data={"role": "moderator", "until": until}
    )
    assert answer.status_code == 422
    assert f'value="{until}"' in answer.text
    held = membership_id(stage, "teacher", stage.grades[3])
    assert stage.browser("head").post(f"/memberships/{held}/term", data={"until": until}).status_code == 422


def test_a_role_ends_by_itself_and_then_on_paper(stage: Stage) -> None:
    grade, day = stage.grades[3], (now() + timedelta(days=3)).date().isoformat()
    take(stage.browser("member"), offered(stage, "teacher", grade, "admin", until=day))
    assert stage.browser("member").get(f"/groups/{grade}/settings").status_code == 200
    with time_machine.travel(now() + timedelta(days=5)):
        member = stage.browser("member")
        assert member.get(f"/groups/{grade}/settings").status_code == 404  # nothing has run yet
        assert role_of(stage, "member", grade) == "member"
        with stage.app.app_context():
            keep_all()
            held = db.session.get_one(Membership, membership_id(stage, "member", grade))
            assert (held.held_role, held.role_until) == ("member", None)
        assert audited(stage)[-1] == "role ended"
        assert "/role-ends/" in member.get("/").text
        ended = member.get("/").text.partition("/role-ends/")[2].partition("/")[0]
        assert stage.browser("parent").post(f"/role-ends/{ended}/seen").status_code == 404
        assert member.post(f"/role-ends/{ended}/seen").status_code == 303
        assert "/role-ends/" not in member.get("/").text


def test_another_day_by_then_and_the_promise_finds_nothing(stage: Stage) -> None:
    grade, head = stage.grades[3], stage.browser("head")
    held = membership_id(stage, "teacher", grade)
    head.post(f"/memberships/{held}/term", data={"until": (now() + timedelta(days=3)).date().isoformat()})
    head.post(f"/memberships/{held}/term", data={"until": ""})
    with time_machine.travel(now() + timedelta(days=5)), stage.app.app_context():
        keep_all()
        assert role_of(stage, "teacher", grade) == "admin"


def test_the_last_admin_stays_without_a_date(stage: Stage) -> None:
    head = membership_id(stage, "head", stage.school)
    let_in(stage, "teacher", stage.school, "admin")
    day = (now() + timedelta(days=3)).date().isoformat()
    other = stage.browser("head")
    assert other.post(f"/memberships/{head}/term", data={"until": day}).status_code == 404  # her own
    with stage.app.app_context():
        db.session.get_one(Membership, membership_id(stage, "teacher", stage.school)).role_until = now() + timedelta(3)
        db.session.commit()
    assert other.post(f"/memberships/{head}/role", data={"role": "member"}).status_code == 409
    assert other.post(f"/memberships/{head}/end").status_code == 409
