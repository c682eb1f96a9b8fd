"""Who gets a push: everybody once, nobody who wants none, and nobody less when things go wrong in between."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from community.database import Base, db, now
from community.groups.bans import Ban
from community.groups.membership import Membership, admit
from community.groups.models import Category, Group
from community.notifications import ranges
from community.notifications.models import Delivery
from community.notifications.sender import Outcome
from community.outbox.models import Outbox
from community.people.models import Person
from community.phones.models import Pin
from community.subscriptions.models import Subscription
from tests.conftest import ALL
from tests.notifications.post_office import Postman, committed, listen, listeners, person, run_all, said, states

pytestmark = pytest.mark.sampled

LOOKS = {"name": "g", "language": "hi", "picture": "school", "colour": "mor"}
DAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)  # half past eleven in Kolkata


@pytest.fixture(autouse=True)
def by_day() -> None:
    with time_machine.travel(DAY, tick=True):
        yield


def plant(parent: int | None = None) -> int:
    with committed():
        return Group.plant(db.session.get(Group, parent) if parent else None, **LOOKS).id


def join(group: int, *people: int, **more: object) -> None:
    with committed():
        for number in people:
            held = admit(db.session.get_one(Group, group), db.session.get_one(Person, number))
            held.heard_seq = 0
            for field, value in more.items():
                setattr(held, field, value)


@pytest.fixture
def head(app: Flask, inside: None) -> int:
    return person("head")


@pytest.fixture
def root(head: int) -> int:
    made = plant()
    join(made, head)
    return made


WORLDS = st.fixed_dictionaries(
    {
        "parents": st.lists(st.integers(0, 20), max_size=12),
        "memberships": st.lists(st.tuples(st.integers(0, 12), st.integers(0, 9), st.sampled_from(["everything", "nothing"])), max_size=40),
        "phones": st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=3, unique=True), max_size=12),
        "at": st.integers(0, 12),
        "most": st.integers(1, 5),
        "rests": st.integers(0, 30),
        "categories": st.lists(st.integers(0, 12), max_size=4),
        "narrowed": st.booleans(),
    }
)  # fmt: skip


RESTING: dict[str, object] = {
    "parents": [0], "memberships": [(1, 0, "everything")], "phones": [[0]], "at": 1, "most": 1, "rests": 1, "categories": [],
    "narrowed": False,
}  # fmt: skip


@settings(max_examples=60 if ALL else 4, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=WORLDS)
@example(world=RESTING)
def test_each_phone_of_a_random_tree_gets_one_copy(
    app: Flask, head: int, world: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context(), pytest.MonkeyPatch.context() as patched:
        _empty()
        postman = Postman()
        patched.setattr("community.notifications.fanout.sender", lambda: postman)
        patched.setattr(ranges, "MOST", world["most"])
        patched.setattr(ranges, "GROUPS", 4)
        groups = [plant()]
        for parent in world["parents"]:
            groups.append(plant(groups[parent % len(groups)]))
        author, people = person("author"), [person(f"p{number}") for number in range(10)]
        for group, who, level in world["memberships"]:
            join(groups[group % len(groups)], people[who], level=level)
        join(groups[0], author)
        phones = [listen(*(people[who] for who in together)) for together in world["phones"]]
        category = _carried(groups, world["categories"]) if world["narrowed"] else None
        if world["rests"] < len(groups) and world["rests"]:
            with committed():
                db.session.get_one(Group, groups[world["rests"]]).archive(db.session.get_one(Person, author))
        at = groups[world["at"] % len(groups)]
        number = said(at, author, category=category)
        run_all()

        reached = _reached_by_walking(at, category)
        expected = [phone for phone, who in listeners().items() if who & reached]
        assert sorted(postman.phones) == sorted(expected)
        assert set(states(number)) == set(expected)
        assert set(phones) >= set(expected)


def _empty() -> None:
    with committed():
        for table in reversed([one for one in Base.metadata.sorted_tables if one.name != "audit_entry"]):
            db.session.execute(
                sa.update(table).values(parent_id=None)
            ) if "parent_id" in table.c and table.name == "group" else None
            db.session.execute(sa.delete(table))


def _carried(groups: list[int], chosen: list[int]) -> int:
    with committed():
        category = Category.make(groups[0], "c", "hi", "school", "mor")
        for number in chosen:
            db.session.get_one(Group, groups[number % len(groups)]).carry(category)
        return category.id


def _reached_by_walking(at: int, category: int | None) -> set[int]:
    """Who should have it, by walking parents and asking every membership; nobody where the group itself rests: it is not released."""
    reached: set[int] = set()
    if db.session.get_one(Group, at).rests:
        return reached
    for held in db.session.scalars(sa.select(Membership).where(Membership.level == "everything")):
        line, node = [], held.group
        while node:
            line.append(node)
            node = node.parent
        below = line[: [one.id for one in line].index(at) + 1] if at in [one.id for one in line] else []
        awake = below and not held.group.rests
        if awake and (category is None or any(category in [own.id for own in one.own_categories] for one in line)):
            reached.add(held.person_id)
    return reached


def test_nobody_is_pushed_for_what_she_said_read_or_does_not_want(root: int, head: int, postman: Postman) -> None:
    names = ("reader", "muted", "again", "banned", "silent", "awake")
    who = {name: person(name) for name in names}
    phones = {name: listen(number) for name, number in who.items()} | {"head": listen(head)}
    join(root, *who.values())
    number = said(root, head)
    with committed():
        _set(who["reader"], heard_seq=99)
        _set(who["muted"], muted_until=now() + timedelta(hours=1))
        _set(who["again"], muted_until=now() - timedelta(hours=1))
        _set(who["silent"], level="nothing")
        banned = db.session.get_one(Person, who["banned"])
        db.session.add(Ban(group_id=root, person_id=banned.id, banned_by=head))
    run_all()
    assert sorted(postman.phones) == sorted([phones["again"], phones["awake"]])
    assert set(states(number).values()) == {"sent"}


def _set(person_id: int, **values: object) -> None:
    db.session.execute(sa.update(Membership).where(Membership.person_id == person_id).values(**values))


def test_a_phone_of_several_people_gets_one_copy_that_names_nobody(root: int, head: int, postman: Postman) -> None:
    one, other = person("one", language="ur"), person("other", language="ur")
    shared, own = listen(one, other), listen(one)
    join(root, one, other)
    said(root, head, "राज़ की बात")
    run_all()
    assert sorted(postman.phones) == sorted([shared, own])
    neutral = postman.shown(shared)
    assert "राज़" not in json.dumps(neutral, ensure_ascii=False)
    assert (neutral["navigate"], neutral["lang"], neutral["dir"]) == ("/", "ur", "rtl")
    assert "sheet" not in neutral["data"]
    assert postman.shown(own)["body"] == "राज़ की बात"


def test_a_phone_with_pins_gets_the_neutral_line_though_one_alone_listens(
    root: int, head: int, postman: Postman
) -> None:
    """Somebody else looks at that phone, too."""
    phone = listen(person("one", language="ur"))
    with committed():
        there = db.session.get_one(Subscription, phone).phone_id
        [listener] = listeners()[phone]
        Pin.keep(there, db.session.get_one(Person, listener), "274915", "bee", "neem")
    join(root, *listeners()[phone])
    said(root, head, "राज़ की बात")
    run_all()
    assert "राज़" not in json.dumps(postman.shown(phone), ensure_ascii=False)


def test_a_sensitive_group_is_not_named(root: int, head: int, postman: Postman) -> None:
    phone = listen(person("one"))
    join(root, *listeners()[phone])
    with committed():
        db.session.get_one(Group, root).sensitive = True
    said(root, head, "राज़ की बात")
    run_all()
    assert "राज़" not in postman.letters[0].body.decode()
    assert b'"g"' not in postman.letters[0].body


def test_the_night_is_kept_and_the_morning_brings_it(root: int, head: int, postman: Postman) -> None:
    awake, asleep, left = (person(name, quiet_from=21, quiet_until=7, zone=zone) for name, zone in (
        ("awake", "Asia/Kolkata"), ("asleep", "America/New_York"), ("left", "America/New_York")))  # fmt: skip
    phones = [listen(number) for number in (awake, asleep, left)]
    join(root, awake, asleep, left)
    number = said(root, head)
    run_all()
    assert postman.phones == [phones[0]]  # six in the morning in London, one at night in New York
    assert states(number) == {phones[0]: "sent", phones[1]: "quiet", phones[2]: "quiet"}
    with committed():
        _set(left, level="nothing")
    with time_machine.travel(DAY + timedelta(hours=6, minutes=1), tick=True):
        run_all()
    assert postman.phones == phones[:2]
    assert states(number) == {phones[0]: "sent", phones[1]: "sent", phones[2]: "dropped"}


def test_what_is_urgent_rings_by_night_and_where_only_that_may(root: int, head: int, postman: Postman) -> None:
    asleep = person("asleep", quiet_from=21, quiet_until=7, zone="America/New_York")
    sparing, deaf, muted = person("sparing"), person("deaf"), person("muted")
    phones = [listen(number) for number in (asleep, sparing, deaf, muted)]
    join(root, asleep)
    join(root, sparing, level="urgent")
    join(root, deaf, level="nothing")
    join(root, muted, muted_until=now() + timedelta(hours=1))
    said(root, head, "कल छुट्टी है")
    run_all()
    assert postman.letters == []
    said(root, head, "बाढ़ आ रही है", kind="urgent")
    run_all()
    assert sorted(postman.phones) == phones[:2]
    assert {(letter.urgency, 0 < letter.ttl <= 24 * 3600) for letter in postman.letters} == {("high", True)}


def test_the_second_worker_goes_on_where_the_first_was_killed(root: int, head: int, postman: Postman) -> None:
    phones = [listen(person(f"p{number}")) for number in range(5)]
    join(root, *(who for one in listeners().values() for who in one))
    number = said(root, head)

    def killed(_letter: object) -> Outcome:
        raise KeyboardInterrupt

    postman.says = killed
    with pytest.raises(KeyboardInterrupt):
        run_all("dying")
    db.session.rollback()
    assert set(states(number).values()) == {"waiting"}
    postman.says, postman.letters = lambda letter: Outcome(letter.number, "accepted"), []
    assert run_all("next") == 0, "the lease still holds"
    with time_machine.travel(DAY + timedelta(minutes=5), tick=True):
        run_all("next")
    assert sorted(postman.phones) == phones
    assert set(states(number).values()) == {"sent"}


def test_what_the_push_services_answer(
    root: int, head: int, postman: Postman, caplog: pytest.LogCaptureFixture
) -> None:
    kinds = ("accepted", "gone", "later", "refused", "ours")
    phones = {kind: listen(person(kind)) for kind in kinds}
    join(root, *(who for one in listeners().values() for who in one))
    number = said(root, head)
    answer = {phone: kind for kind, phone in phones.items()}
    postman.says = lambda letter: Outcome(
        letter.number,
        answer[int(letter.endpoint.rsplit("/", 1)[1])],
        90.0 if letter.endpoint.endswith(str(phones["later"])) else None,
    )
    run_all()
    assert states(number) == {phones["accepted"]: "sent", phones["gone"]: "gone", phones["later"]: "waiting", phones["refused"]: "failed", phones["ours"]: "waiting"}  # fmt: skip
    assert "VAPID" in caplog.text
    ended = db.session.scalars(sa.select(Subscription.phone_id).where(Subscription.ended_at.is_not(None))).all()
    assert ended == [phones["gone"]]
    row = db.session.scalar(sa.select(Outbox).where(Outbox.kind == "push"))
    assert row and row.done_at is None
    assert timedelta(seconds=80) < row.run_at - now() <= timedelta(seconds=90)
    postman.says, postman.letters = lambda letter: Outcome(letter.number, "accepted"), []
    with time_machine.travel(DAY + timedelta(minutes=2), tick=True):
        run_all()
    assert sorted(postman.phones) == sorted([phones["later"], phones["ours"]])


def test_whoever_is_moved_meanwhile_is_swept_up(root: int, head: int, postman: Postman) -> None:
    groups = sorted(plant(root) for _ in range(3))
    who = [person(f"p{number}") for number in range(3)]
    phones = [listen(number) for number in who]
    for group, number in zip(groups, who, strict=True):
        join(group, number)
    said(root, head)
    assert run_all(kinds=("fan-out",)) == 1  # the batches are cut
    with committed():
        moved = db.session.get_one(Group, groups[2])
        db.session.execute(sa.update(Outbox).where(Outbox.kind == "push").values(run_at=now() + timedelta(minutes=5)))
        moved.move_below(db.session.get_one(Group, groups[0]))
    with time_machine.travel(DAY + timedelta(minutes=30), tick=True):
        run_all()
    assert sorted(postman.phones) == sorted(phones)


def test_what_was_removed_in_between_is_not_sent(root: int, head: int, postman: Postman) -> None:
    listen(person("one"))
    join(root, *(who for one in listeners().values() for who in one))
    number = said(root, head)
    run_all(kinds=("fan-out",))
    with committed():
        from community.announcements.models import Announcement

        db.session.get_one(Announcement, number).remove(db.session.get_one(Person, head))
    run_all()
    assert postman.letters == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Delivery)) == 0
