"""One officer in all groups of a category across a branch: one row, and it costs who holds none nothing."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from community.database import db, now, writing
from community.groups.gates import outranks
from community.groups.membership import Membership, Standing, admit
from community.groups.models import Category, Group, GroupCategory
from community.groups.offices import Office
from community.people.models import Person
from tests.conftest import ALL, Stage
from tests.delegation.scene import (
    a_day_later,
    audited,
    category_of,
    count,
    handed,
    number_of,
    offered,
    statements,
    take,
)
from tests.groups.town import let_in, membership_id, role_of
from tests.house.ground import hurry
from tests.promises import keep_all

pytestmark = pytest.mark.sampled


@pytest.fixture
def officer(stage: Stage) -> Stage:
    """`member` looks after all that is grade 3 in the school."""
    category = str(category_of(stage, stage.grades[3]))
    assert take(stage.browser("parent"), offered(stage, "head", stage.school, "admin", category=category)) == 303
    return stage


def test_an_officer_leads_the_groups_of_her_category_and_no_others(officer: Stage) -> None:
    parent = officer.browser("parent")
    assert parent.get(f"/groups/{officer.grades[3]}/settings").status_code == 200
    for other in (officer.grades[1], officer.school):
        assert parent.get(f"/groups/{other}/settings").status_code == 404
    assert role_of(officer, "parent", officer.school) == "member"
    assert count(officer, Office) == 1


def test_a_group_that_gets_the_category_is_hers_at_once_and_not_when_it_loses_it(officer: Stage) -> None:
    head, parent, grade = officer.browser("head"), officer.browser("parent"), officer.grades[1]
    before = category_of(officer, grade)
    wanted = category_of(officer, officer.grades[3])
    head.post(f"/groups/{grade}/category", data={"category": str(wanted)})
    assert parent.get(f"/groups/{grade}/settings").status_code == 200
    head.post(f"/groups/{grade}/category", data={"category": str(before)})
    assert parent.get(f"/groups/{grade}/settings").status_code == 404


def test_it_ends_in_one_step_and_comes_back_for_ten_minutes(officer: Stage) -> None:
    with officer.app.app_context():
        office = db.session.scalars(sa.select(Office.id)).one()
    head, parent = officer.browser("head"), officer.browser("parent")
    assert officer.browser("teacher").post(f"/offices/{office}/end").status_code == 404
    assert parent.post(f"/offices/{office}/end").status_code == 404
    answer = head.post(f"/offices/{office}/end")
    assert parent.get(f"/groups/{officer.grades[3]}/settings").status_code == 404
    assert f"/offices/{office}/return" in head.get(answer.location).text
    assert head.post(f"/offices/{office}/return").status_code == 303
    assert parent.get(f"/groups/{officer.grades[3]}/settings").status_code == 200
    head.post(f"/offices/{office}/end")
    with time_machine.travel(now() + timedelta(minutes=11)):
        assert head.post(f"/offices/{office}/return").status_code == 409
    assert audited(officer)[-1] == "office ended"


def test_an_office_given_anew_is_not_given_back_beside_it(officer: Stage) -> None:
    with officer.app.app_context():
        office = db.session.scalars(sa.select(Office.id)).one()
    head, category = officer.browser("head"), str(category_of(officer, officer.grades[3]))
    head.post(f"/offices/{office}/end")
    take(officer.browser("parent"), offered(officer, "head", officer.school, "responder", category=category))
    assert head.post(f"/offices/{office}/return").status_code == 409
    assert count(officer, Office, ended_at=None) == 1


def test_a_branch_is_handed_over_with_the_offices_in_it_and_taken_back_with_them(stage: Stage) -> None:
    category, where = str(category_of(stage, stage.grades[3])), f"/groups/{stage.grades[3]}/settings"
    let_in(stage, "teacher", stage.school, "admin")
    let_in(stage, "parent", stage.school, "moderator")
    take(stage.browser("parent"), offered(stage, "teacher", stage.school, "admin", category=category))
    stage.browser("head").post(
        f"/memberships/{membership_id(stage, 'parent', stage.school)}/role", data={"role": "admin"}
    )
    take(stage.browser("member"), handed(stage, "parent", "member", stage.school, stage.grades[3]))
    a_day_later(stage)
    assert stage.browser("parent").get(where).status_code == 404
    assert stage.browser("parent").post(f"/appointments/{number_of(stage)}/undo").status_code == 303
    assert stage.browser("parent").get(where).status_code == 200
    assert count(stage, Office, ended_at=None) == 1


@pytest.mark.parametrize("what", ["removal", "ban"])
def test_it_ends_with_her_membership_in_the_branch(officer: Stage, what: str) -> None:
    held = membership_id(officer, "parent", officer.school)
    assert officer.browser("head").post(f"/memberships/{held}/{what}").status_code == 303
    assert officer.browser("parent").get(f"/groups/{officer.grades[3]}/settings").status_code == 404
    assert count(officer, Office, ended_at=None) == 0


def test_it_ends_on_its_day(stage: Stage) -> None:
    category, day = str(category_of(stage, stage.grades[3])), (now() + timedelta(days=3)).date().isoformat()
    take(stage.browser("parent"), offered(stage, "head", stage.school, "moderator", category=category, until=day))
    assert stage.browser("parent").get(f"/groups/{stage.grades[3]}/settings").status_code == 200
    with time_machine.travel(now() + timedelta(days=5)):
        assert stage.browser("parent").get(f"/groups/{stage.grades[3]}/settings").status_code == 404
        with stage.app.app_context():
            keep_all()
        assert "/role-ends/" in stage.browser("parent").get("/").text
        assert count(stage, Office, ended_at=None) == 0


def test_no_admin_of_one_group_opens_the_officers_room(officer: Stage) -> None:
    """A code would hand her all the groups of the category."""
    let_in(officer, "parent", officer.grades[3])
    held = membership_id(officer, "parent", officer.grades[3])
    assert officer.browser("teacher").post(f"/memberships/{held}/sign-in-code").status_code == 403
    assert officer.browser("head").post(f"/memberships/{held}/sign-in-code").status_code == 200


def test_an_officer_is_an_equal_and_not_above(officer: Stage) -> None:
    with officer.app.test_request_context():
        head, teacher, parent = (
            db.session.get_one(Person, officer.people[one]) for one in ("head", "teacher", "parent")
        )
        grade = db.session.get_one(Group, officer.grades[3])
        assert not outranks(Standing.of(parent), teacher, grade)
        assert not outranks(Standing.of(teacher), parent, grade)
        assert outranks(Standing.of(head), parent, grade)


def test_who_asks_to_come_in_is_shown_to_the_officer(officer: Stage) -> None:
    with officer.app.app_context(), writing():
        db.session.get_one(Group, officer.grades[3]).joining = "ask"
        db.session.commit()
    stranger = officer.browser("english reader")
    with officer.app.app_context():
        inside = Standing.of(db.session.get_one(Person, officer.people["english reader"])).memberships
        assert inside
    stranger.post(f"/groups/{officer.grades[3]}/membership", data={"child_picture": "fish"})
    assert officer.browser("parent").get("/").text.count("/approval") == officer.browser("teacher").get("/").text.count(
        "/approval"
    )


def test_who_holds_no_office_is_asked_nothing_more_and_an_officer_two_things(officer: Stage) -> None:
    with officer.app.test_request_context():
        grade = db.session.get_one(Group, officer.grades[3])
        teacher, parent = (db.session.get_one(Person, officer.people[one]) for one in ("teacher", "parent"))
        with statements() as plain:
            assert Standing.of(teacher).is_at_least("admin", grade)
        with statements() as said:
            stand = Standing.of(parent)
            assert all(stand.is_at_least("admin", grade) for _ in range(5))
    assert (len(plain), len(said)) == (1, 3)


@settings(max_examples=15 if ALL else 5)
@given(
    parents=st.lists(st.integers(0, 8), min_size=1, max_size=8),
    given_to=st.sets(st.integers(0, 8)), branch=st.integers(0, 8), role=st.sampled_from(["moderator", "admin"]),
)  # fmt: skip
def test_an_office_is_as_if_she_had_the_role_in_each_group(
    tree: Flask, parents: list[int], given_to: set[int], branch: int, role: str
) -> None:
    """Over random trees: what the row says is what one membership for each group of the category would say."""
    with tree.test_request_context(), writing():
        groups = [Group.plant(name="r", language="en", picture="tree", colour="mor")]
        for one in parents:
            groups.append(Group.plant(groups[one % len(groups)], name="g", language="en", picture="tree", colour="mor"))
        category = Category.make(groups[0].id, "Farmers", "en", "tree", "mor")
        for number in given_to:
            groups[number % len(groups)].carry(category)
        by_row, by_many = (Person(picture="parrot", colour="mor", language="en") for _ in range(2))
        db.session.add_all([by_row, by_many])
        db.session.flush()
        top = groups[branch % len(groups)]
        for one in (by_row, by_many):
            admit(top, one).has_office = one is by_row
        db.session.add(
            Office(community_id=top.community_id, group=top, category=category, person=by_row, role=role, giver=by_row)
        )
        carried = set(db.session.scalars(sa.select(GroupCategory.group_id)))
        for group in groups:
            if group.path.startswith(top.path) and group.id in carried:
                admit(group, by_many).role = role
        db.session.flush()
        one, other = Standing.of(by_row), Standing.of(by_many)
        for group in groups:
            assert one.role_in(group) == other.role_in(group), group.path
        db.session.rollback()


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory, ground: object) -> Iterator[Flask]:
    from app import create_app

    folder = tmp_path_factory.mktemp("tree")
    url = ground.prepare(folder, with_school=False)  # type: ignore[attr-defined]
    app = hurry(create_app({"INSTANCE": str(folder), "DATABASE_URL": url}, TESTING=True))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_the_role_in_statements_is_the_role_in_python(stage: Stage) -> None:
    with stage.app.app_context(), writing():
        held = db.session.scalars(sa.select(Membership).order_by(Membership.id)).all()
        for number, one in enumerate(held):
            one.held_role = ("member", "responder", "moderator", "admin")[number % 4]
            one.role_until = (None, now() + timedelta(days=1), now() - timedelta(days=1))[number % 3]
        db.session.flush()
        for role in ("member", "responder", "moderator", "admin"):
            wanted = {one.id for one in held if one.role == role}
            assert set(db.session.scalars(sa.select(Membership.id).where(Membership.role == role))) == wanted
            rest = {one.id for one in held} - wanted
            assert set(db.session.scalars(sa.select(Membership.id).where(Membership.role != role))) == rest
        helps = {one.id for one in held if one.role in ("moderator", "admin")}
        some = Membership.role.in_(("moderator", "admin"))
        assert set(db.session.scalars(sa.select(Membership.id).where(some))) == helps
        said = dict(db.session.execute(sa.select(Membership.id, Membership.role)).all())
        assert said == {one.id: one.role for one in held}
        db.session.rollback()
