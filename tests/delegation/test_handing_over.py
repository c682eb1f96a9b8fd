"""A whole branch is handed over: offered, taken on, in one commit; and taken back within a day by either of the two."""

from datetime import timedelta

import pytest
import time_machine

from community.database import now
from community.delegation.models import Appointment
from tests.conftest import Stage
from tests.delegation.scene import a_day_later, audited, count, handed, number_of, offered, take
from tests.groups.town import admins_of, let_in, membership_id, role_of, together

pytestmark = pytest.mark.sampled


def test_the_roles_change_hands_in_one_commit(stage: Stage) -> None:
    grade = stage.grades[3]
    where = handed(stage, "teacher", "member", grade)
    assert role_of(stage, "teacher", grade) == "admin"  # waiting changes nothing
    answer = stage.browser("member").post(where)
    assert (role_of(stage, "teacher", grade), role_of(stage, "member", grade)) == ("member", "admin")
    assert "/undo" in stage.browser("member").get(answer.location).text
    for part, there in (("teacher", True), ("member", True), ("parent", False)):
        assert (answer.location in stage.browser(part).get("/").text) is there
    with time_machine.travel(now() + timedelta(hours=25)):
        assert answer.location not in stage.browser("teacher").get("/").text
    assert "role accepted" in audited(stage)


def test_all_that_she_holds_inside_goes_along(stage: Stage) -> None:
    let_in(stage, "teacher", stage.school, "admin")
    take(stage.browser("member"), handed(stage, "teacher", "member", stage.school, stage.grades[3]))
    a_day_later(stage)
    assert role_of(stage, "teacher", stage.grades[3]) == "member"
    assert stage.browser("teacher").get(f"/groups/{stage.grades[3]}/settings").status_code == 404
    assert stage.browser("member").get(f"/groups/{stage.grades[3]}/settings").status_code == 200
    undo = stage.browser("teacher").post(f"/appointments/{number_of(stage)}/undo")
    assert undo.status_code == 303
    assert role_of(stage, "teacher", stage.grades[3]) == role_of(stage, "teacher", stage.school) == "admin"
    assert role_of(stage, "member", stage.school) == "member"


def test_the_last_admin_may_hand_the_whole_courtyard_over(stage: Stage) -> None:
    take(stage.browser("teacher"), handed(stage, "head", "teacher", stage.school, stage.grades[3]))
    a_day_later(stage)
    assert (admins_of(stage, stage.school), role_of(stage, "teacher", stage.school)) == (1, "admin")
    assert stage.browser("teacher").post(f"/appointments/{number_of(stage)}/undo").status_code == 303
    assert (admins_of(stage, stage.school), role_of(stage, "head", stage.school)) == (1, "admin")


@pytest.mark.parametrize("by", ["teacher", "member"])
def test_either_takes_it_back_for_a_day(stage: Stage, by: str) -> None:
    grade = stage.grades[3]
    take(stage.browser("member"), handed(stage, "teacher", "member", grade))
    undo = f"/appointments/{number_of(stage)}/undo"
    assert stage.browser("parent").post(undo).status_code == 404
    with time_machine.travel(now() + timedelta(hours=25)):
        assert stage.browser(by).post(undo).status_code in (404, 409)
    assert stage.browser(by).post(undo).status_code == 303
    assert (role_of(stage, "teacher", grade), role_of(stage, "member", grade)) == ("admin", "member")
    assert stage.browser("teacher").post(undo).status_code == 409


@pytest.mark.parametrize("what", ["role", "ban", "removal"])
def test_what_somebody_above_decided_since_is_not_undone(stage: Stage, what: str) -> None:
    grade = stage.grades[3]
    take(stage.browser("member"), handed(stage, "teacher", "member", grade))
    held = membership_id(stage, "teacher", grade)
    assert stage.browser("head").post(f"/memberships/{held}/{what}", data={"role": "member"}).status_code == 303
    assert stage.browser("member").post(f"/appointments/{number_of(stage)}/undo").status_code == 409
    assert role_of(stage, "teacher", grade) in (None, "member")


def test_it_is_withdrawn_while_it_waits_by_who_still_holds_the_role(stage: Stage) -> None:
    grade = stage.grades[3]
    where = handed(stage, "teacher", "member", grade)
    assert stage.browser("teacher").post(f"/appointments/{number_of(stage)}/withdrawal").status_code == 303
    assert take(stage.browser("member"), where) == 410
    where = handed(stage, "teacher", "member", grade)
    stage.browser("head").post(f"/memberships/{membership_id(stage, 'teacher', grade)}/role", data={"role": "member"})
    assert stage.browser("teacher").post(f"/appointments/{number_of(stage)}/withdrawal").status_code == 404
    assert take(stage.browser("member"), where) == 410


def test_nobody_hands_over_what_she_holds_from_above_only(stage: Stage) -> None:
    head = stage.browser("head")
    assert 'value="all"' not in head.get(f"/groups/{stage.grades[3]}/appointments/new").text
    assert head.post(f"/groups/{stage.grades[3]}/appointments", data={"role": "all"}).status_code == 404


def test_nobody_hands_over_to_who_is_not_here(stage: Stage) -> None:
    outside = let_in(stage, "parent", stage.grades[1])
    teacher, where = stage.browser("teacher"), f"/groups/{stage.grades[3]}/appointments"
    assert teacher.post(where, data={"role": "all", "member": str(outside)}).status_code == 404
    assert teacher.post(where, data={"role": "all", "member": "123456789"}).status_code == 404
    mine = membership_id(stage, "teacher", stage.grades[3])
    assert teacher.post(where, data={"role": "all", "member": str(mine)}).status_code == 409
    assert count(stage, Appointment) == 0


def test_the_banned_get_no_branch(stage: Stage) -> None:
    grade, head = stage.grades[3], stage.browser("head")
    where = handed(stage, "teacher", "member", grade)
    head.post(f"/memberships/{membership_id(stage, 'member', grade)}/ban")
    assert take(stage.browser("member"), where) == 410
    assert role_of(stage, "teacher", grade) == "admin"


def test_two_who_open_one_hand_over_at_once(stage: Stage) -> None:
    where = offered(stage, "teacher", stage.grades[3], "all")
    browsers = [stage.browser(part) for part in ("member", "parent", "urdu parent")]
    assert sorted(together(lambda one: take(one, where), browsers)) == [303, 410, 410]
    assert admins_of(stage, stage.grades[3]) == 1


def test_two_who_hand_to_each_other_at_once(stage: Stage) -> None:
    let_in(stage, "member", stage.grades[4], "admin")
    let_in(stage, "teacher", stage.grades[4])
    doors = [
        (stage.browser("member"), handed(stage, "teacher", "member", stage.grades[3])),
        (stage.browser("teacher"), handed(stage, "member", "teacher", stage.grades[4])),
    ]
    assert together(lambda door: take(*door), doors) == [303, 303]
    assert (role_of(stage, "member", stage.grades[3]), role_of(stage, "teacher", stage.grades[4])) == ("admin",) * 2


def test_a_role_with_an_end_is_handed_over_with_its_end(stage: Stage) -> None:
    grade = stage.grades[3]
    day = (now() + timedelta(days=3)).date().isoformat()
    stage.browser("head").post(f"/memberships/{membership_id(stage, 'teacher', grade)}/term", data={"until": day})
    take(stage.browser("member"), handed(stage, "teacher", "member", grade))
    assert role_of(stage, "member", grade) == "admin"
    with time_machine.travel(now() + timedelta(days=5)):
        assert role_of(stage, "member", grade) == "member"
