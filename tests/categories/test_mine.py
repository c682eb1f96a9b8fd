"""A person sees every category that she is in, through which groups, and can leave any."""

import sqlalchemy as sa

from community.database import db, writing
from community.groups.bans import Ban
from community.groups.category import Category
from community.groups.membership import Membership
from community.groups.models import Group
from community.people.models import Person
from tests.conftest import Stage
from tests.groups.town import let_in


def carried(stage: Stage, group_id: int, *keys: str) -> dict[str, int]:
    """This group carries these of the ready list; their numbers by key."""
    with stage.app.test_request_context(), writing():
        group = db.session.get_one(Group, group_id)
        for key in keys:
            if not Category.called(group.community_id, key):
                Category.take(group.community_id, key)
        found = {one.key: one for one in Category.of(group.community_id) if one.key in keys}
        group.carry(*found.values())
        db.session.commit()
        return {str(key): one.id for key, one in found.items()}


def groups_of(stage: Stage, part: str) -> set[int]:
    with stage.app.app_context():
        mine = sa.select(Membership.group_id).where(Membership.person_id == stage.people[part])
        return set(db.session.scalars(mine))


def test_all_of_them_stand_there_with_the_groups_they_come_through(stage: Stage) -> None:
    numbers = carried(stage, stage.grades[4], "women", "farmers")
    let_in(stage, "member", stage.grades[4])
    page = stage.browser("member").get("/me/categories").text
    for number in numbers.values():
        assert f"/me/categories/{number}/end" in page
    assert f'href="/groups/{stage.grades[4]}"' in page


def test_also_what_comes_from_above_and_what_is_used_no_more(stage: Stage) -> None:
    numbers = carried(stage, stage.school, "women")
    let_in(stage, "member", stage.grades[4])
    stage.browser("head").post(f"/categories/{numbers['women']}/retirement")
    assert f"/me/categories/{numbers['women']}/end" in stage.browser("member").get("/me/categories").text


def test_leaving_one_leaves_the_groups_that_carry_it_and_no_others(stage: Stage) -> None:
    numbers = carried(stage, stage.grades[4], "women")
    carried(stage, stage.grades[5], "women")
    for grade in (4, 5):
        let_in(stage, "member", stage.grades[grade])
    let_in(stage, "member", stage.grades[4], nickname="Munni")
    before, member = groups_of(stage, "member"), stage.browser("member")
    gone = member.post(f"/me/categories/{numbers['women']}/end")
    assert groups_of(stage, "member") == before - {stage.grades[4], stage.grades[5]}
    page = member.get(gone.location)
    assert f"/me/categories/{numbers['women']}/end" not in page.text
    ticket = gone.location.partition("left=")[2]
    assert member.post("/me/categories/undo", data={"left": ticket}).status_code == 303
    assert groups_of(stage, "member") == before
    with stage.app.app_context():
        mine = (Membership.group_id == stage.grades[4], Membership.person_id == stage.people["member"])
        assert db.session.scalar(sa.select(sa.func.count(Membership.id)).where(*mine)) == 2


def test_the_way_back_is_hers_and_stays_shut_where_a_door_is(stage: Stage) -> None:
    numbers = carried(stage, stage.grades[4], "women")
    let_in(stage, "member", stage.grades[4], role="admin")
    ticket = stage.browser("member").post(f"/me/categories/{numbers['women']}/end").location.partition("left=")[2]
    assert stage.browser("parent").post("/me/categories/undo", data={"left": ticket}).status_code == 409
    with stage.app.test_request_context(), writing():
        member, head = (db.session.get_one(Person, stage.people[part]) for part in ("member", "head"))
        Ban.put(db.session.get_one(Group, stage.grades[4]), member, head)
        db.session.commit()
    stage.browser("member").post("/me/categories/undo", data={"left": ticket})
    assert stage.grades[4] not in groups_of(stage, "member")


def test_a_role_is_not_brought_back(stage: Stage) -> None:
    numbers = carried(stage, stage.grades[4], "women")
    let_in(stage, "member", stage.grades[4], role="admin")
    member = stage.browser("member")
    ticket = member.post(f"/me/categories/{numbers['women']}/end").location.partition("left=")[2]
    member.post("/me/categories/undo", data={"left": ticket})
    with stage.app.app_context():
        mine = (Membership.group_id == stage.grades[4], Membership.person_id == stage.people["member"])
        assert db.session.scalar(sa.select(Membership.role).where(*mine)) == "member"


def test_the_last_admin_can_not_leave_the_top_group_so_either(stage: Stage) -> None:
    numbers = carried(stage, stage.school, "women")
    before = groups_of(stage, "head")
    assert stage.browser("head").post(f"/me/categories/{numbers['women']}/end").status_code == 409
    assert groups_of(stage, "head") == before


def test_what_i_am_not_in_i_can_not_leave(stage: Stage) -> None:
    numbers = carried(stage, stage.grades[5], "women")
    assert stage.browser("member").post(f"/me/categories/{numbers['women']}/end").status_code == 404
