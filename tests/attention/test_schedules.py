"""No schedule of sends exceeds anyone's ceiling, nor rings by night, nor loses anything: played at random.

Two communities, three levels; people of three zones, with one phone or two. Between sends the clock moves, branches
move, push services fail, workers die in the middle, and two workers have batches of different announcements in hand at once.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import time_machine
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from community.announcements.models import Announcement
from community.database import Base, db, now, writing
from community.groups.models import Group
from community.notifications.models import Delivery
from community.notifications.sender import Letter, Outcome
from community.outbox.batch import run_batch
from community.outbox.models import Outbox, errand_of
from tests.attention.hands import KINDS, MORNING, Rang, allow, deliver, join, plant
from tests.conftest import ALL
from tests.notifications.post_office import Postman, committed, listen, person, said

PEOPLE: list[dict[str, Any]] = [
    {"ceiling": 1, "zone": "Asia/Kolkata", "quiet_from": 21, "quiet_until": 7},
    {"ceiling": 2, "zone": "Europe/Berlin", "quiet_from": 0, "quiet_until": 0},
    {"ceiling": 4, "zone": "America/Chicago", "quiet_from": 13, "quiet_until": 16},
]
A_DAY = 2
ANSWERS = st.sampled_from(["accepted", "accepted", "accepted", "later", "dies"])


class Schedule(RuleBasedStateMachine):
    """Told the app by the test below: Hypothesis makes one of these for each schedule."""

    app: Flask
    postman: Postman
    clock: time_machine.Traveller

    @initialize()
    def people_in_two_communities(self) -> None:
        self.clock.move_to(MORNING)
        _empty()
        self.rang: list[Rang] = []
        self.told: list[tuple[int, bool]] = []
        self.answer, self.number = "accepted", 0
        self.postman.says = self._says
        self.author = person("author")
        self.roots = [plant(), plant()]
        self.branches = [plant(self.roots[0]), plant(self.roots[0])]
        self.inner = plant(self.branches[0])
        for root in self.roots:
            join(root, self.author, role="admin")
            allow(root, A_DAY, self.author)
        self.people = [person(f"p{number}", language="hi", **more) for number, more in enumerate(PEOPLE)]
        join(self.inner, *self.people)
        join(self.branches[1], self.people[2])
        join(self.roots[1], *self.people[1:])
        self.phones = {listen(one): one for one in (*self.people, self.people[2])}

    def _says(self, letter: Letter) -> Outcome:
        if self.answer == "later":
            return Outcome(letter.number, "later", 1800)
        self.rang.append(Rang.read(letter, now()))
        if self.answer == "dies":
            raise RuntimeError("kill -9")
        return Outcome(letter.number, "accepted")

    @rule(where=st.integers(0, 4), urgent=st.integers(0, 9), times=st.integers(1, 3), answer=ANSWERS)
    def say(self, where: int, urgent: int, times: int, answer: str) -> None:
        for _turn in range(times):
            self.number += 1
            group = [*self.roots, *self.branches, self.inner][where]
            kind = "urgent" if urgent == 0 else "news"
            self.told.append((said(group, self.author, f"words {self.number}", kind=kind), kind == "urgent"))
        self._deliver(answer)

    @rule(answer=ANSWERS, minutes=st.sampled_from([1, 20, 45, 200, 700, 1500]))
    def time_passes(self, answer: str, minutes: int) -> None:
        self.clock.shift(timedelta(minutes=minutes))
        self._deliver(answer)

    @rule(which=st.integers(0, 50), answer=ANSWERS)
    def it_becomes_urgent(self, which: int, answer: str) -> None:
        if self.told:
            number, _urgent = self.told[which % len(self.told)]
            self.told[which % len(self.told)] = (number, True)
            with committed():
                db.session.get_one(Announcement, number).kind = "urgent"
                Outbox.promise("fan-out", f"raised:{number}", announcement_id=number, raised=True)
            self._deliver(answer)

    @rule(which=st.integers(0, 50), answer=ANSWERS, how=st.sampled_from(["again", "language"]))
    def it_is_sent_again(self, which: int, answer: str, how: str) -> None:
        """Another round, or other words: what has rung already is no new announcement."""
        if self.told:
            number, _urgent = self.told[which % len(self.told)]
            self.number += 1
            more = {"again": True} if how == "again" else {"language": "hi"}
            with committed():
                Outbox.promise("fan-out", f"again:{number}:{self.number}", announcement_id=number, **more)
            self._deliver(answer)

    @rule(answer=ANSWERS)
    def a_branch_moves(self, answer: str) -> None:
        with committed():
            inner = db.session.get_one(Group, self.inner)
            other = next(one for one in self.branches if one != inner.parent_id)
            inner.move_below(db.session.get_one(Group, other))
        self._deliver(answer)

    @rule(seen=st.booleans())
    def two_workers_at_once(self, seen: bool) -> None:
        """Both have written down what they owe before either sends or settles."""
        for _turn in range(2):
            self.number += 1
            self.told.append((said(self.roots[0], self.author, f"words {self.number}"), False))
        self.answer = "accepted"
        _forget_others()
        while (row := _claim("a", "fan-out")) is not None:
            run_batch(row, "a")
        hands = [(row, f"w{turn}") for turn in range(2) if (row := _claim(f"w{turn}", "push"))]
        works = []
        for row, _worker in hands:
            with writing():
                works.append(errand_of(row.kind).prepare(row))
                db.session.commit()
        for (row, worker), work in reversed(list(zip(hands, works, strict=True))):
            result = errand_of(row.kind).perform(work)
            with writing():
                if seen:
                    errand_of(row.kind).settle(row, result)
                    row.finish(worker)
                db.session.commit()
        self.clock.shift(timedelta(minutes=20))  # what was not settled is tried again by whoever comes
        self._deliver("accepted")

    def _deliver(self, answer: str) -> None:
        self.answer = answer
        deliver()
        self.answer = "accepted"

    def _mine(self, who: int) -> list[Rang]:
        return [one for one in self.rang if self.phones[one.phone] == who]

    @invariant()
    def no_day_has_more_than_its_ceiling(self) -> None:
        if not hasattr(self, "people"):
            return
        homes = dict(db.session.execute(sa.select(Announcement.id, Announcement.community_id)).all())
        for who, looks in zip(self.people, PEOPLE, strict=True):
            days: dict[str, set[int | None]] = defaultdict(set)
            for one in self._mine(who):
                if not one.urgent:
                    days[one.day(looks["zone"])].add(one.announcement)
            for day, rung in days.items():
                assert len(rung) <= looks["ceiling"], (day, rung)
                for root in self.roots:
                    assert sum(one is not None and homes[one] == root for one in rung) <= A_DAY, (day, rung)

    @invariant()
    def nobody_is_rung_by_night_but_for_what_is_urgent(self) -> None:
        if hasattr(self, "people"):
            for who, looks in zip(self.people, PEOPLE, strict=True):
                assert not [one for one in self._mine(who) if not one.urgent and _sleeps(looks, one.at)]

    def teardown(self) -> None:
        """Three days of silence: what was held back has come, as itself or in a digest. It is nobody's loss."""
        if hasattr(self, "people"):
            for _hour in range(3 * 24 // 6):
                self.clock.shift(timedelta(hours=6))
                self._deliver("accepted")
            left = sa.select(Delivery.state).where(Delivery.state.in_(("full", "bundled", "quiet", "waiting")))
            assert not db.session.scalars(left).all()
            self.no_day_has_more_than_its_ceiling()
            self.nobody_is_rung_by_night_but_for_what_is_urgent()


def _sleeps(looks: dict[str, Any], at: datetime) -> bool:
    hour = at.astimezone(ZoneInfo(looks["zone"])).hour
    return hour in {
        (looks["quiet_from"] + more) % 24 for more in range((looks["quiet_until"] - looks["quiet_from"]) % 24)
    }


def _forget_others() -> None:
    with committed():
        db.session.execute(sa.delete(Outbox).where(Outbox.kind.not_in(KINDS)))


def _claim(worker: str, kind: str) -> Outbox | None:
    with committed():
        db.session.execute(sa.update(Outbox).where(Outbox.kind != kind, Outbox.done_at.is_(None)).values(rank=6))
        db.session.execute(sa.update(Outbox).where(Outbox.kind == kind, Outbox.done_at.is_(None)).values(rank=0))
        rows = Outbox.claim(worker, most=1, rank=5)
        db.session.execute(sa.update(Outbox).where(Outbox.done_at.is_(None)).values(rank=0))
    return rows[0] if rows else None


def _empty() -> None:
    with committed():
        for table in reversed([one for one in Base.metadata.sorted_tables if one.name != "audit_entry"]):
            if table.name == "group":
                db.session.execute(sa.update(table).values(parent_id=None))
            if table.name != "audit_entry":  # it is only ever added to
                db.session.execute(sa.delete(table))
    db.session.expunge_all()


def test_no_schedule_exceeds_anyones_ceiling(app: Flask, inside: None, postman: Postman) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        machine: Callable[[], Schedule] = type("Played", (Schedule,), {"app": app, "postman": postman, "clock": clock})
        size = {"max_examples": 8 if ALL else 2, "stateful_step_count": 20 if ALL else 12}
        given = settings(**size, deadline=None, suppress_health_check=list(HealthCheck), print_blob=False)
        run_state_machine_as_test(machine, settings=given)
