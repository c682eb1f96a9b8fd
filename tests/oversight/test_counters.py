"""Counters stay right: whatever happens, they equal a recount, and the sums equal the sums of what is below."""

from collections import Counter as Tally
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community.announcements.models import Announcement, Audience
from community.announcements.releasing import release
from community.care.models import Case
from community.care.queue import queue, settle_all
from community.database import db, now, writing
from community.groups.bans import Ban
from community.groups.membership import LastAdmin, Membership, admit
from community.groups.models import Group, TreeError
from community.invitations.requests import JoinRequest
from community.notifications.models import Delivery
from community.outbox.models import Outbox
from community.oversight.models import OWN, CounterCheck, GroupCounter
from community.oversight.recount import places, recounted
from community.people.models import Child, Person, Phone, Session
from community.subscriptions.models import Listener, Subscription
from tests.conftest import ALL
from tests.promises import keep_all

pytestmark = pytest.mark.sampled

DAY = datetime.fromisoformat("2026-11-23T06:00:00+00:00")
NUMBER = st.integers(0, 30)
DEEDS = ("join", "child", "leave", "ban", "appoint", "plant", "move", "archive", "return", "ask", "answer", "say",
         "deliver", "phone", "die", "wait", "report", "decide")  # fmt: skip
STORY = st.lists(st.tuples(st.sampled_from(DEEDS), NUMBER, NUMBER), min_size=1, max_size=25)


class Tree:
    """A community to which things happen; what makes no sense then does not happen."""

    def __init__(self, clock: Any) -> None:
        self.clock, self.key = clock, 0
        with writing():
            self.head = self._person()
            self.root = Group.plant(None, name="g", language="hi", picture="school", colour="mor")
            admit(self.root, self.head, role="admin")
            self.groups = [self.root]
            self._plant(self._plant(self.root))
            self._plant(self.root)
            self.people = [self._person() for _place in range(6)]
            for place, person in enumerate(self.people):
                admit(self.groups[place % 4], person)
            db.session.commit()

    def _person(self) -> Person:
        made = Person(picture="fish", colour="mor", language="hi")
        db.session.add(made)
        db.session.flush()
        return made

    def _plant(self, parent: Group) -> Group:
        made = Group.plant(parent, name="g", language="hi", picture="school", colour="mor")
        self.groups = [*getattr(self, "groups", []), made]
        return made

    def happens(self, deed: str, one: int, other: int) -> None:
        with writing():
            group, person = self.groups[one % len(self.groups)], self.people[other % len(self.people)]
            try:
                getattr(self, deed)(group, person, other)
                db.session.commit()
            except (LastAdmin, TreeError):
                db.session.rollback()

    def join(self, group: Group, person: Person, _number: int) -> None:
        if not group.rests and not Ban.holds(person, group):
            admit(group, person)

    def child(self, group: Group, person: Person, _number: int) -> None:
        if not group.rests and not Ban.holds(person, group):
            admit(group, person, Child.keep(person, "fish", "mor", "Munni"))

    def leave(self, group: Group, person: Person, _number: int) -> None:
        for held in Membership.together(group.id, person.id):
            held.end()

    def ban(self, group: Group, person: Person, _number: int) -> None:
        Ban.put(group, person, self.head)

    def appoint(self, group: Group, person: Person, number: int) -> None:
        for held in Membership.together(group.id, person.id)[:1]:
            held.appoint(("admin", "member")[number % 2], self.head)

    def plant(self, group: Group, _person: Person, _number: int) -> None:
        self._plant(group)

    def move(self, group: Group, _person: Person, number: int) -> None:
        group.move_below(self.groups[number % len(self.groups)])

    def archive(self, group: Group, _person: Person, number: int) -> None:
        if not group.is_root:
            group.archive(self.head)

    def do_return(self, group: Group) -> None:
        if group.archived_at:
            group.bring_back(self.head)

    def ask(self, group: Group, person: Person, _number: int) -> None:
        JoinRequest.ask(group, person)

    def answer(self, group: Group, _person: Person, number: int) -> None:
        waiting = db.session.scalar(sa.select(JoinRequest).where(JoinRequest.group_id == group.id))
        if waiting:
            waiting.decline(self.head)

    def say(self, group: Group, person: Person, _number: int) -> None:
        self.key += 1
        said = Announcement.publish(Audience.of(group), self.head, key=str(self.key), text="सुनो", language="hi")
        release(said.id)

    def deliver(self, group: Group, person: Person, number: int) -> None:
        said = db.session.scalar(sa.select(Announcement).order_by(Announcement.id.desc()).limit(1))
        phone = db.session.scalar(sa.select(Listener.subscription_id).where(Listener.person_id == person.id).limit(1))
        mine = (Delivery.announcement_id == said.id, Delivery.subscription_id == phone) if said else ()
        if said and phone and not db.session.scalar(sa.select(Delivery.id).where(*mine)):
            db.session.add(
                Delivery(announcement_id=said.id, subscription_id=phone, person_id=person.id, shown_at=now())
            )
        if said and said.seq and number % 2:
            for held in Membership.together(group.id, person.id):
                held.heard_seq = said.seq

    def phone(self, _group: Group, person: Person, number: int) -> None:
        self.key += 1
        made = Phone(label="?")
        db.session.add(made)
        db.session.flush()
        address = f"https://push.example/{self.root.id}/{self.key}"
        Subscription.save(made, person, endpoint=address, p256dh="p", auth="a", key_id="k")
        Session.open(person, made)

    def die(self, _group: Group, person: Person, _number: int) -> None:
        phones = sa.select(Listener.subscription_id).where(Listener.person_id == person.id)
        db.session.execute(sa.update(Subscription).where(Subscription.id.in_(phones)).values(ended_at=now()))

    def report(self, group: Group, person: Person, number: int) -> None:
        """About somebody, about a group, or about an owner: each lies on another desk."""
        self.key += 1
        accused = self.head if number % 5 == 0 else person
        queue("group" if number % 7 == 0 else "person", self.key, group, reason="hurts", accused=accused)

    def decide(self, group: Group, _person: Person, number: int) -> None:
        """Or roles have changed, and it lies elsewhere."""
        case = db.session.scalar(Case.undecided().where(Case.community_id == self.root.id).limit(1))
        if case and number % 3:
            case.close("left", self.head)
        settle_all(self.root.id)

    def wait(self, _group: Group, _person: Person, number: int) -> None:
        self.clock.shift(timedelta(days=number % 9))


setattr(Tree, "return", lambda self, group, _person, _number: self.do_return(group))


def count_all() -> None:
    """As if the pause were over, without waiting for the night; also after what the outbox itself changed meanwhile."""
    waits = sa.select(Outbox.id).where(Outbox.kind == "count", Outbox.done_at.is_(None)).limit(1)
    for _time in range(5):
        with writing():
            db.session.execute(sa.update(Outbox).where(Outbox.kind == "count").values(run_at=now()))
            db.session.commit()
        keep_all()
        if db.session.scalar(waits) is None:
            break
    db.session.commit()


def stored() -> dict[int, dict[str, int]]:
    return {
        row.group_id: {name: getattr(row, name) for name in (*OWN, *(f"all_{one}" for one in OWN), "why", "need")}
        for row in db.session.scalars(sa.select(GroupCounter).execution_options(populate_existing=True))
    }


def by_hand(root: Group, names: tuple[str, ...]) -> dict[int, dict[str, int]]:
    """The same by counting everything anew, and summing up in Python."""
    found = places([Group.community_id == root.id])
    own = recounted(root.id, found)
    sums: dict[int, Tally[str]] = {place.id: Tally() for place in found}
    for place in found:
        for above in place.lineage:
            sums[above].update({f"all_{name}": own[place.id][name] for name in OWN})
    return {group_id: {name: (own[group_id] | sums[group_id]).get(name, 0) for name in names} for group_id in own}


@pytest.mark.usefixtures("inside")
def test_a_report_counts_where_it_is_decided_and_is_seen_by_nobody_it_is_about(app: Flask) -> None:
    """Else a number on her own page would tell an admin that somebody had reported her."""
    with time_machine.travel(DAY, tick=False) as clock:
        tree = Tree(clock)
        place, (one, other) = tree.groups[1], tree.people[:2]
        below = next(group for group in tree.groups if group.parent_id == place.id)
        with writing():
            admit(place, one, role="admin")
            Membership.together(place.id, one.id)[0].appoint("admin", tree.head)
            of_another = queue("person", 1, place, reason="hurts", accused=other)
            for number, accused in ((2, one), (3, tree.head)):
                queue("person", number, place, reason="hurts", accused=accused)
            queue("person", 4, below, reason="hurts", accused=other)
            db.session.commit()
        count_all()
        found = stored()
        assert found[place.id]["all_reports"] == found[place.id]["reports"] == 2, "of others, here and below"
        assert found[below.id]["all_reports"] == 0, "nobody decides there"
        assert (found[tree.root.id]["reports"], found[tree.root.id]["all_reports"]) == (1, 3), "of her, further up"
        with writing():
            db.session.get_one(Case, of_another.id).close("left", tree.head)
            db.session.commit()
        count_all()
        assert stored()[tree.root.id]["all_reports"] == 2
        assert stored() == by_hand(tree.root, EVERYTHING)


# What changes by itself: with the days that go by, or with what phones do. The night counts it anew.
BY_ITSELF = ("new_7", "new_30", "phones", "died", "reached", "heard", "said", "asleep", "needs")
AT_ONCE = tuple(name for name in OWN if name not in BY_ITSELF)
EVERYTHING = (*OWN, *(f"all_{name}" for name in OWN), "why", "need")


def only(found: dict[int, dict[str, int]], names: tuple[str, ...]) -> dict[int, dict[str, int]]:
    return {group_id: {name: numbers[name] for name in names} for group_id, numbers in found.items()}


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(("deed", "one", "other"), [
    ("join", 1, 0), ("child", 1, 0), ("leave", 1, 1), ("ban", 1, 2), ("appoint", 2, 2), ("plant", 2, 0),
    ("move", 2, 3), ("archive", 1, 0), ("ask", 2, 0), ("report", 2, 1),
])  # fmt: skip
def test_each_deed_alone_is_counted(app: Flask, deed: str, one: int, other: int) -> None:
    with time_machine.travel(DAY, tick=False) as clock:
        tree = Tree(clock)
        count_all()
        before = by_hand(tree.root, EVERYTHING)
        tree.happens(deed, one, other)
        count_all()
        assert before != by_hand(tree.root, EVERYTHING), "nothing happened"
        assert stored() == by_hand(tree.root, EVERYTHING)


QUICK = settings(max_examples=6 if ALL else 2, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.patient
@pytest.mark.usefixtures("inside")
@QUICK
@given(story=STORY)
def test_counters_equal_a_recount_whatever_happens(app: Flask, story: list[tuple[str, int, int]]) -> None:
    _told(story)


@pytest.mark.large
@pytest.mark.usefixtures("inside")
@settings(QUICK, max_examples=40)
@given(story=STORY)
def test_counters_equal_a_recount_whatever_happens_at_length(app: Flask, story: list[tuple[str, int, int]]) -> None:
    _told(story)


def _told(story: list[tuple[str, int, int]]) -> None:
    with time_machine.travel(DAY, tick=False) as clock:
        tree = Tree(clock)
        for deed, one, other in story:
            tree.happens(deed, one, other)
        count_all()
        names = (*AT_ONCE, *(f"all_{name}" for name in AT_ONCE))
        mine = {place.id for place in places([Group.community_id == tree.root.id])}
        here = {group_id: numbers for group_id, numbers in stored().items() if group_id in mine}
        assert only(here, names) == by_hand(tree.root, names)
        night(clock)
        here = {group_id: numbers for group_id, numbers in stored().items() if group_id in mine}
        assert here == by_hand(tree.root, EVERYTHING)
        check = db.session.scalar(sa.select(CounterCheck).where(CounterCheck.community_id == tree.root.id))
        assert check
        assert (check.looked, check.wrong) == (len(mine), 0)


def night(clock: Any) -> None:
    """The night comes, and everything is counted."""
    tonight = sa.select(sa.func.min(Outbox.run_at)).where(Outbox.kind == "recount", Outbox.done_at.is_(None))
    at = db.session.scalar(tonight)
    assert at
    clock.move_to(at + timedelta(seconds=1))
    keep_all()
