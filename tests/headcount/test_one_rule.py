"""One rule: whom the preview counts are those whom the push rings, whose courtyard shows it, and who are told why."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from community.announcements.audience import Aim
from community.announcements.feed import cards, matching
from community.announcements.line import newest
from community.announcements.models import UNDO, Announcement, Audience
from community.announcements.releasing import release
from community.announcements.why import reasons
from community.database import Base, db
from community.groups.membership import ROLES, Membership, Standing, admit
from community.groups.models import Category, Group
from community.headcount.counting import count
from community.notifications import reach
from community.outbox.models import Outbox
from community.people.models import Person
from tests.conftest import ALL
from tests.notifications.post_office import Postman, committed, listen, listeners, person, run_all

LOOKS = {"name": "g", "language": "hi", "picture": "school", "colour": "mor"}
PEOPLE, LABELS = 8, 3


@pytest.fixture(autouse=True)
def by_day() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 23, 6, 0, tzinfo=UTC), tick=True):
        yield


WORLDS = st.fixed_dictionaries(
    {
        "parents": st.lists(st.integers(0, 20), min_size=1, max_size=9),
        "labels": st.lists(st.tuples(st.integers(0, 9), st.integers(0, LABELS - 1)), max_size=6),
        "held": st.lists(
            st.tuples(st.integers(0, 9), st.integers(0, PEOPLE - 1), st.sampled_from(ROLES)), max_size=24
        ),
        "at": st.integers(0, 9),
        "rests": st.none() | st.integers(1, 9),
        "among": st.sets(st.integers(0, LABELS - 1)),
        "role": st.sampled_from(ROLES),
        "moves": st.none() | st.tuples(st.integers(1, 9), st.integers(0, 9)),
    }
)  # fmt: skip
# Who holds a role above is in a group below as a member: she is one of its admins.
ABOVE: dict[str, Any] = {
    "parents": [0, 1], "labels": [(2, 0)], "held": [(1, 0, "admin"), (2, 0, "member"), (2, 1, "member")], "at": 1,
    "rests": None, "among": {0}, "role": "admin", "moves": None,
}  # fmt: skip


@settings(max_examples=60 if ALL else 3, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=WORLDS)
@example(world=ABOVE)
@example(world=ABOVE | {"moves": (2, 0)})
def test_counted_rung_shown_and_explained_are_the_same_people(app: Flask, world: dict[str, Any]) -> None:
    with app.app_context(), pytest.MonkeyPatch.context() as patched:
        postman = Postman()
        patched.setattr("community.notifications.fanout.sender", lambda: postman)
        _empty()
        groups, people, author = _built(world)
        said = _said(groups[world["at"] % len(groups)], author, world)
        _happens(world, groups)
        run_all()

        found = db.session.get_one(Announcement, said)
        meant = _meant(found.audience, world)
        counted = count(Aim(found.audience.group, found.audience.narrowed, found.audience.role))
        assert counted
        assert counted.people == len(meant)
        assert counted.groups == len(_places(found.audience))
        assert sorted(postman.phones) == sorted(set(postman.phones)), "one copy each"
        assert _rung(postman) == meant & set(people)
        assert {one for one in people if said in _shown(one)} == meant & set(people)
        assert {one for one in people if reasons(Standing.of(db.session.get_one(Person, one)), found)} == meant
        assert reach.counted(found).whole == len(meant)


def _empty() -> None:
    with committed():
        for table in reversed([one for one in Base.metadata.sorted_tables if one.name != "audit_entry"]):
            if table.name == "group":
                db.session.execute(sa.update(table).values(parent_id=None))
            db.session.execute(sa.delete(table))


def _built(world: dict[str, Any]) -> tuple[list[int], list[int], int]:
    """The tree, its people, each with a phone, and an author who is in no group that hears anything."""
    people, author = [person(f"p{number}") for number in range(PEOPLE)], person("author")
    with committed():
        groups = [Group.plant(**LOOKS)]
        for parent in world["parents"]:
            groups.append(Group.plant(groups[parent % len(groups)], **LOOKS))
        labels = [Category.make(groups[0].id, f"c{number}", "hi", "school", "mor") for number in range(LABELS)]
        for group, label in world["labels"]:
            groups[group % len(groups)].carry(labels[label])
        for group, who, role in world["held"]:
            admit(groups[group % len(groups)], db.session.get_one(Person, people[who]), role=role).heard_seq = 0
        numbers = [group.id for group in groups]
    for one in people:
        listen(one)
    return numbers, people, author


def _said(group_id: int, author: int, world: dict[str, Any]) -> int:
    with committed():
        group = db.session.get_one(Group, group_id)
        among = [
            one for one in Category.of(group.community_id) if one.name in {f"c{number}" for number in world["among"]}
        ]
        audience, speaker = Audience.of(group, among, world["role"]), db.session.get_one(Person, author)
        assert Audience.of(group, among[::-1], world["role"]) is audience, "one row for one set"
        made = Announcement.publish(
            audience, speaker, key="a-key-of-mine", text="कल छुट्टी है", language="hi", role="member"
        )
        made.release_at -= UNDO
        db.session.execute(sa.delete(Outbox).where(Outbox.kind == "release"))
        admit(db.session.get_one(Group, group.community_id), speaker)
        number = made.id
    with committed():
        release(number)
        db.session.execute(sa.delete(Membership).where(Membership.person_id == author))
    return number


def _happens(world: dict[str, Any], groups: list[int]) -> None:
    """After it was said and before it rings: a branch is moved, a branch begins to rest."""
    with committed():
        if world["moves"]:
            group, place = (db.session.get_one(Group, groups[one % len(groups)]) for one in world["moves"])
            if not group.is_root and not place.path.startswith(group.path):
                group.move_below(place)
        if world["rests"] and world["rests"] < len(groups):
            db.session.get_one(Group, groups[world["rests"]]).archive(db.session.scalars(sa.select(Person)).first())
    db.session.expire_all()


def _places(audience: Audience) -> set[int]:
    """The groups of the audience, by walking up from each."""
    found = set()
    for group in db.session.scalars(sa.select(Group)):
        line, node = [], group
        while node:
            line.append(node)
            node = node.parent
        carries = {own.id for one in line for own in one.own_categories}
        labelled = not audience.categories or carries & {one.id for one in audience.categories}
        if audience.group in line and labelled and (not group.rests or group == audience.group):
            found.add(group.id)
    return found


def _meant(audience: Audience, world: dict[str, Any]) -> set[int]:
    """Whoever is in one of them and holds the role there or anywhere above."""
    every, places = list(db.session.scalars(sa.select(Membership))), _places(audience)
    meant = set()
    for held in (one for one in every if one.group_id in places):
        above = [one.role for one in every if one.person_id == held.person_id and one.group_id in held.group.lineage]
        if max(map(ROLES.index, above)) >= ROLES.index(world["role"]):
            meant.add(held.person_id)
    return meant


def _rung(postman: Postman) -> set[int]:
    every = listeners()
    return {who for phone in postman.phones for who in every[phone]}


def _shown(number: int) -> set[int]:
    """What stands in her courtyard, or is from a group of hers that rests, on its page; each once, and new to her."""
    stand = Standing.of(db.session.get_one(Person, number))
    awake = [held for held in stand.memberships if not held.group.rests]
    shown = _new(stand, awake, matching(stand, [held.group for held in awake]))
    for held in stand.memberships:
        if held.group.rests:
            shown += _new(
                stand, [held], [one for one in matching(stand, [held.group]) if one.group_id == held.group_id]
            )
    assert len(shown) == len(set(shown))
    return set(shown)


def _new(stand: Standing, held: list[Membership], audiences: list[Any]) -> list[int]:
    return [card.announcement.id for card in cards(stand, held, newest(audiences), audiences) if card.unread]
