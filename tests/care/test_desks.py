"""Over random trees and roles: a case is never before whom it is about, and always before somebody."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from community.care import queue
from community.care.desk import is_for
from community.care.models import Case
from community.database import db, now, writing
from community.groups.membership import Membership, Standing, admit
from community.groups.models import Category, Group
from community.groups.offices import Office
from community.people.models import Person
from tests.conftest import ALL

PEOPLE, GROUPS = 5, 5
ROLES = ("member", "responder", "moderator", "admin")
EXAMPLES = settings(
    max_examples=20 if ALL else 5,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
who = st.integers(0, PEOPLE - 1)
held = st.lists(st.tuples(st.integers(0, GROUPS - 1), who, st.sampled_from(ROLES), who), max_size=12)
WORLD = {
    "parents": st.tuples(*(st.integers(0, at) for at in range(GROUPS - 1))),
    "roles": held,
    "changes": held,
    "offices": st.lists(st.tuples(st.integers(0, GROUPS - 1), who, st.sampled_from(ROLES[2:])), max_size=2),
    "place": st.integers(0, GROUPS - 1),
    "accused": who,
    "other": st.none() | who,
    "what": st.sampled_from(("announcement", "person", "group", "appeal")),
    "urgent": st.booleans(),
}


class World:
    """A tree, its people, and what they hold: in a transaction that nobody keeps."""

    def __init__(self, parents: tuple[int, ...]) -> None:
        looks = {"picture": "school", "colour": "haldi", "language": "en"}
        self.groups = [Group.plant(None, name="root", **looks)]
        for parent in parents:
            self.groups.append(Group.plant(self.groups[parent], name="inside", **looks))
        self.people = [Person(picture="tree", colour="neela", language="en") for _ in range(PEOPLE)]
        root = self.groups[0]
        self.category = Category(community_id=root.id, name="Maths", language="en", picture="sums", colour="mor")
        db.session.add_all([*self.people, self.category])
        db.session.flush()
        root.carry(self.category)

    def give(self, place: int, person: int, role: str, by: int) -> None:
        membership = admit(self.groups[place], self.people[person])
        membership.role = role
        membership.has_role_until(None, self.people[by].id)

    def office(self, place: int, person: int, role: str) -> None:
        group, holder = self.groups[place], self.people[person]
        admit(group, holder).has_office = True
        same = (Office.group_id == group.id, Office.person_id == holder.id, Office.ended_at.is_(None))
        if db.session.scalar(sa.select(Office.id).where(*same)) is None:
            given = {"group": group, "category": self.category, "person": holder, "giver": holder, "role": role}
            db.session.add(Office(community_id=self.groups[0].id, **given))
            db.session.flush()


def _holds(world: World, case: Case) -> None:
    """Never before whom it is about; before somebody who stands above; or before who runs the server."""
    seers = [one for one in world.people if is_for(case, one, Standing.of(one))]
    queues = [one for one in world.people if case in queue.waiting_for(one, Standing.of(one))]
    assert not {case.accused_id, case.other_id} & {one.id for one in seers}
    assert set(queues) <= set(seers)
    assert queues or case.desk_id is None, "nobody has it"
    assert (case in queue.before_operator()) == (case.desk_id is None)
    above = [one for one in world.people if _stands_above(case, one)]
    if case.least != "owner":
        assert set(seers) <= set(above)
    assert bool(above) == (case.least != "owner"), "who stands above comes before the owners and the server"
    if case.what == "group":
        leads = {one.person_id for one in db.session.scalars(_leaders(case))}
        assert not leads & {one.id for one in seers}


def _leaders(case: Case) -> sa.Select[Membership]:
    return sa.select(Membership).where(Membership.group_id == case.group_id, Membership.role != "member")


def _stands_above(case: Case, person: Person) -> bool:
    """Said once more, in other words than the desk's: she looks after the place, and outranks whom it is about."""
    stand, group = Standing.of(person), case.group
    if person.id in (case.accused_id, case.other_id):
        return False
    if case.what == "group":
        leads = any(one.role != "member" for one in stand.here(group))
        return not leads and bool(group.parent and stand.is_at_least("moderator", group.parent))
    mine = _heights(stand, group, ("moderator", "admin"))
    theirs = _heights(Standing.of(case.accused), group, ROLES[1:]) if case.accused else []
    return bool(mine) and min(mine) < min(theirs, default=(99, 0))


def _heights(stand: Standing, group: Group, roles: Sequence[str]) -> list[tuple[int, int]]:
    """(depth, weakness) of each of these roles on the line down to the group: the smaller, the higher."""
    return [(group.lineage.index(at), -ROLES.index(role)) for at, role in stand.held_on(group) if role in roles]


@pytest.mark.any_collation
@EXAMPLES
@given(**WORLD)
def test_a_report_is_never_before_whom_it_is_about_and_always_before_somebody(app: Flask, **drawn: object) -> None:
    with app.test_request_context("/"), writing():
        try:
            _live(**drawn)
        finally:
            db.session.rollback()


def _live(parents, roles, changes, offices, place, accused, other, what, urgent) -> None:  # type: ignore[no-untyped-def]
    world = World(parents)
    for one in roles:
        world.give(*one)
    for one in offices:
        world.office(*one)
    apart = world.people[other] if other is not None and other != accused else None
    case = queue.queue(
        what, 1, world.groups[place], reason="hurts", accused=None if what == "group" else world.people[accused],
        other=apart, urgent=urgent,
    )  # fmt: skip
    db.session.flush()
    _holds(world, case)
    for one in changes:
        world.give(*one)
    db.session.flush()
    queue.settle_all(case.community_id)
    _holds(world, case)
    case.created = now() - timedelta(days=4)
    queue.pass_on(case.id)
    db.session.flush()
    _holds(world, case)
