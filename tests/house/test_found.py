"""Search shows each role what its gates let it open, and nothing else."""

import pytest
import sqlalchemy as sa

from community.database import db
from community.groups.gates import open_to
from community.groups.membership import Standing, forget_standing
from community.groups.models import Group
from community.http import Missing
from community.people.models import Person
from community.search.finding import groups, people
from tests.house.village import ROLES, Village


def _may_open(person: Person, group: Group) -> bool:
    forget_standing()
    try:
        return open_to(person, group.id) is group
    except Missing:
        return False


@pytest.mark.parametrize("role", ROLES[1:])
def test_each_role_finds_the_groups_whose_door_it_may_open(village: Village, role: str) -> None:
    """The rule of the gate, said once more for many groups: the two may not drift apart."""
    with village.app.test_request_context():
        person = db.session.get_one(Person, village.people[role])
        every = db.session.scalars(sa.select(Group)).all()
        assert all(group.name.startswith("Group ") for group in every)
        seen = groups(Standing.of(person), "group")
        assert {one.id for one in seen} == {one.id for one in every if _may_open(person, one)}


@pytest.mark.parametrize("role", ROLES[1:])
def test_nobody_finds_a_person_whom_she_does_not_lead(village: Village, role: str) -> None:
    with village.app.test_request_context():
        stand = Standing.of(db.session.get_one(Person, village.people[role]))
        for name, number in village.people.items():
            theirs = Standing.of(db.session.get_one(Person, number)).memberships
            led = any(stand.is_at_least("moderator", held.group) for held in theirs)
            assert (number in {person.id for person, _held in people(stand, name)}) == led, name
