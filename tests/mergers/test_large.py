"""A state of 3,300 groups with 160,000 people and 20,000 announcements comes below a country, in one transaction."""

import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from community.announcements.models import Announcement, Audience, Translation
from community.database import db
from community.groups.counter import Counter
from community.groups.membership import Membership
from community.groups.models import Group
from community.people.models import Person
from tests.mergers.two import Two

pytestmark = pytest.mark.large
GROUPS, PEOPLE, SAID = 3300, 160_000, 20_000
SOON = 60.0  # seconds, on a machine that does other things, too


def rows(guest: Group, leads: Person) -> Iterator[tuple[object, list[dict[str, object]]]]:
    """Districts, blocks and villages, and what is in them."""
    first = 1 << 41
    groups, looks = [], {"language": "en", "picture": "tree", "colour": "neem", "community_id": guest.id, "name": "G"}
    lines = {guest.id: [guest.id]}
    ids = [guest.id]
    for number in range(GROUPS - 1):
        group_id, parent = first + number, ids[max(0, (number - 1) // 12)]
        lines[group_id] = [*lines[parent], group_id]
        ids.append(group_id)
        path = "/" + "".join(f"{one}/" for one in lines[group_id])
        groups.append({"id": group_id, "parent_id": parent, "path": path, "ancestors": lines[parent], **looks})
    yield Group, groups
    yield Person, [{"id": 10_000 + n, "picture": "leaf", "colour": "neem", "language": "en"} for n in range(PEOPLE)]
    place = {"community_id": guest.id}
    yield Membership, [{"person_id": 10_000 + n, "group_id": ids[n % GROUPS], **place} for n in range(PEOPLE)]
    yield Audience, [{"id": 1000 + n, "group_id": ids[n], **place} for n in range(1, GROUPS)]
    said = {"author_id": leads.id, "body_digest": "", "language": "en", "release_at": guest.created, **place}
    yield (
        Announcement,
        [
            {"id": 1000 + n, "key": str(n), "seq": n + 1, "audience_id": 1001 + n % (GROUPS - 1), **said}
            for n in range(SAID)
        ],
    )
    yield (
        Translation,
        [{"announcement_id": 1000 + n, "language": "en", "text": "x", "author_id": leads.id} for n in range(SAID)],
    )
    yield Counter, [{"community_id": guest.id, "seq": SAID}]


def test_a_state_comes_in_and_goes(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    with app.test_request_context():
        two = Two.made((), (0, 1))
        for kind, made in rows(two.guest[0], two.goer):
            db.session.execute(sa.insert(kind), made)  # type: ignore[arg-type]
        db.session.flush()
        if db.engine.dialect.name == "postgresql":
            db.session.execute(sa.text("ANALYZE"))
        merger = two.offered()
        began = time.perf_counter()
        merger.agree(two.goer)
        joined = time.perf_counter()
        merger.part(two.goer)
        parted = time.perf_counter()
        with capsys.disabled():
            print(f"\n{GROUPS} groups come in: {joined - began:.2f} s, and go: {parted - joined:.2f} s")
        assert joined - began < SOON
        assert parted - joined < SOON
        inside = sa.select(sa.func.count()).where(Group.community_id == two.guest[0].id)
        assert db.session.scalar(inside) == GROUPS
        db.session.rollback()
