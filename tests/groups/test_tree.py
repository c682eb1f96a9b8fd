"""Whatever was planted, moved, archived and labelled: what is stored twice says the same thing."""

from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community.announcements.models import Announcement, Audience
from community.database import db
from community.groups.membership import Membership, admit
from community.groups.models import Category, Group, GroupCategory, TreeError
from community.people.models import Person
from tests.conftest import ALL

DEEPEST = 8
LOOKS = {"language": "en", "picture": "tree", "colour": "neem"}


@dataclass
class Wood:
    """What is to be done: each group below an earlier one, then these things in this order."""

    parents: list[int]
    labels: list[set[int]]
    deeds: list[tuple[str, int, int]] = field(default_factory=list)


@st.composite
def woods(draw: st.DrawFn) -> Wood:
    depth, parents = [0], [0]
    for _number in range(draw(st.integers(1, 14))):
        above = draw(st.sampled_from([at for at, deep in enumerate(depth) if deep < DEEPEST]))
        parents.append(above)
        depth.append(depth[above] + 1)
    one = st.integers(0, len(parents) - 1)
    labels = draw(st.lists(st.sets(st.integers(0, 2)), min_size=len(parents), max_size=len(parents)))
    deed = st.tuples(st.sampled_from(("move", "move", "archive", "wake", "label", "unlabel")), one, one)
    return Wood(parents, labels, draw(st.lists(deed, max_size=12)))


def walked(group: Group) -> list[Group]:
    """From the root to the group, by nothing but `parent_id`."""
    line = [group]
    while line[0].parent_id:
        line.insert(0, db.session.get_one(Group, line[0].parent_id))
    return line


class Grown:
    """The wood in the database, with a member and an announcement in every group."""

    def __init__(self, wood: Wood) -> None:
        self.person = Person(picture="leaf", colour="neem", language="en")
        db.session.add(self.person)
        db.session.flush()
        self.groups: list[Group] = []
        for at, parent in enumerate(wood.parents):
            self.groups.append(Group.plant(self.groups[parent] if at else None, name=f"group {at}", **LOOKS))
        root = self.groups[0].community_id
        self.labels = [Category.make(root, name, "en", "tree", "neem") for name in ("red", "green", "blue")]
        for group, labels in zip(self.groups, wood.labels, strict=True):
            group.carry(*(self.labels[label] for label in labels))
            admit(group, self.person, role="admin" if group.is_root else "responder")
            Announcement.publish(Audience.of(group), self.person, key=f"in-{group.id}", text="hello", language="en")

    def do(self, deed: str, at: int, other: int) -> None:
        group, there = self.groups[at], self.groups[other]
        match deed:
            case "move":
                cycle = group.is_root or group.id in [one.id for one in walked(there)]
                if cycle:
                    with pytest.raises(TreeError):
                        group.move_below(there)
                else:
                    group.move_below(there)
            case "archive":
                group.archive(self.person)
            case "wake":
                group.bring_back(self.person)
            case "label":
                group.carry(*self.labels[other % 3 :], self.labels[at % 3])
            case _:
                group.carry()

    def kept(self) -> tuple[list[tuple[int, int, str]], list[tuple[int, int]]]:
        """The memberships with their roles, and the announcements with their audiences."""
        held = sa.select(Membership.person_id, Membership.group_id, Membership.role).order_by(Membership.id)
        said = sa.select(Announcement.id, Audience.group_id).join(Audience).order_by(Announcement.id)
        return [tuple(row) for row in db.session.execute(held)], [tuple(row) for row in db.session.execute(said)]

    def holds(self) -> None:
        db.session.expire_all()
        rows = db.session.execute(sa.select(GroupCategory.group_id, GroupCategory.category_id, GroupCategory.own)).all()
        own = {group.id: {one.id for one in group.own_categories} for group in self.groups}
        assert {(group, one) for group, given in own.items() for one in given} == {row[:2] for row in rows if row[2]}
        for group in self.groups:
            line = walked(group)
            assert group.path == "/" + "".join(f"{one.id}/" for one in line)
            assert group.ancestors == [one.id for one in line[:-1]]
            assert group.rests == any(one.archived_at for one in line)
            carried = {category_id for group_id, category_id, _own in rows if group_id == group.id}
            assert carried == set().union(*(own[one.id] for one in line))
            assert len(carried) == len([row for row in rows if row[0] == group.id])
            assert {one.id for one in group.branch()} == {one.id for one in self.groups if group in walked(one)}


@pytest.mark.patient
@given(wood=woods())
@settings(max_examples=40 if ALL else 4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_path_ancestors_rest_and_categories_follow_the_parents(app: Flask, wood: Wood) -> None:
    with app.test_request_context():
        grown = Grown(wood)
        before = grown.kept()
        grown.holds()
        for deed in wood.deeds:
            grown.do(*deed)
            grown.holds()
        assert grown.kept() == before
        db.session.rollback()


def test_eight_levels_move_at_once(app: Flask) -> None:
    with app.test_request_context():
        grown = Grown(Wood([0, 0, 1, 2, 3, 4, 5, 6, 7, 0], [set()] * 10))
        grown.do("move", 1, 9)
        grown.holds()
        assert len(grown.groups[8].ancestors) == 9


def test_a_tree_does_not_grow_into_the_sky(app: Flask) -> None:
    with app.test_request_context():
        group = Group.plant(name="root", **LOOKS)
        with pytest.raises(TreeError):
            for deep in range(60):
                group = Group.plant(group, name=str(deep), **LOOKS)
