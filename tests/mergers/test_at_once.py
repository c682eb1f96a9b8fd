"""Owners of communities who say yes at the same moment, each over a connection of her own: what comes of it is one tree.

SQLite has one writer at a time: there one test shows it.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest
import sqlalchemy as sa
from flask import Flask

from community.database import db, writing
from community.groups.membership import admit
from community.groups.models import Group
from community.groups.moving import TreeError
from community.mergers.models import Hindered, Merger, sweep
from community.people.models import Person
from tests.mergers.two import person, tree, trees_hold

pytestmark = pytest.mark.any_collation
Deed = Callable[[], object]


class Owners:
    """Communities of three groups in a line, one owner each, and what they do: every deed a transaction of its own.

    Somebody owns all of them: she may still say yes for one that has come below another one.
    """

    def __init__(self, app: Flask, names: str) -> None:
        self.app, self.groups, self.people = app, {}, {}
        with self.alone():
            everywhere = person("everywhere")
            self.people["*"] = everywhere.id
            for name in names:
                made, owner = tree(name, (0, 1)), person(name)
                admit(made[0], owner, role="admin")
                admit(made[0], everywhere, role="admin")
                self.groups[name], self.people[name] = [one.id for one in made], owner.id

    @contextmanager
    def alone(self) -> Iterator[None]:
        with self.app.test_request_context(), writing():
            try:
                yield
                db.session.commit()
            finally:
                db.session.remove()

    def group(self, name: str, at: int = 0) -> Group:
        return db.session.get_one(Group, self.groups[name][at])

    def person(self, name: str) -> Person:
        return db.session.get_one(Person, self.people[name])

    def agrees(self, guest: str, host: str, by: str = "") -> Deed:
        """Asked by the guest's owner and answered by the host's."""
        with self.alone():
            offer = Merger.offer(self.group(guest), "guest", self.person(by or guest))
            offer.answer(self.group(host, 2), self.person(by or host))
        return lambda: db.session.get_one(Merger, offer.id).agree(self.person(by or guest))

    def parts(self, guest: str, by: str) -> Deed:
        def part() -> None:
            standing = sa.select(Merger).where(Merger.guest_id == self.groups[guest][0], Merger.agreed_at.is_not(None))
            db.session.scalars(standing).one().part(self.person(by))

        return part

    def moves(self, name: str, at: int, below: int) -> Deed:
        return lambda: self.group(name, at).move_below(self.group(name, below))

    def plants(self, name: str) -> Deed:
        return lambda: Group.plant(self.group(name, 2), name="new", language="en", picture="tree", colour="neem")

    def does(self, deed: Deed) -> str:
        """What hindered it, or nothing."""
        try:
            with self.alone():
                deed()
        except (Hindered, TreeError) as error:
            return str(error)
        return ""

    def one_after_the_other(self, *deeds: Deed) -> list[str]:
        """Each begins while the one before it has done all but its commit, in this order."""
        with ThreadPoolExecutor(len(deeds)) as pool:
            hold = _Held(deeds[0])
            first = pool.submit(self.does, hold)
            assert hold.done.wait(20)
            rest: list[Future[str]] = []
            for deed in deeds[1:]:
                rest.append(pool.submit(self.does, deed))
                self._wait_for_waiting(len(rest), rest)
            hold.go.set()
            return [one.result(timeout=60) for one in (first, *rest)]

    def _wait_for_waiting(self, count: int, asked: list[Future[str]]) -> None:
        """Until so many wait for a lock; SQLite does not say who does."""
        if not self._is_postgres():
            return time.sleep(0.02)
        waiting = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        until = time.monotonic() + 5
        while time.monotonic() < until and not all(one.done() for one in asked):
            with self.app.app_context(), db.engine.connect() as connection:
                if connection.scalar(waiting) >= count:
                    return None
            time.sleep(0.01)
        return None

    def _is_postgres(self) -> bool:
        return self.app.config["DATABASE_URL"].startswith("postgresql")

    def hold(self) -> None:
        """Whatever is stored twice says the same, and every group is in the tree that its parents say."""
        with self.app.app_context():
            trees_hold(list(db.session.scalars(sa.select(Group))))
            for number in db.session.scalars(sa.select(Merger.id).where(Merger.agreed_at.is_not(None))).all():
                sweep(number)
            trees_hold(list(db.session.scalars(sa.select(Group))))
            db.session.remove()

    def above(self, name: str) -> list[int]:
        with self.app.app_context():
            found = list(self.group(name).ancestors)
            db.session.remove()
            return found


class _Held:
    """A deed that waits, done, before its commit."""

    def __init__(self, deed: Deed) -> None:
        self.deed, self.done, self.go = deed, Event(), Event()

    def __call__(self) -> None:
        try:
            self.deed()
            db.session.flush()
        finally:
            self.done.set()
        assert self.go.wait(60)


def test_two_communities_that_ask_for_each_other_make_no_circle(app: Flask) -> None:
    made = Owners(app, "AB")
    told = made.one_after_the_other(made.agrees("A", "B"), made.agrees("B", "A"))
    assert told == ["", "same"]
    assert made.above("A") == made.groups["B"]
    assert made.above("B") == []
    made.hold()


@pytest.mark.postgres
def test_one_community_goes_to_one_of_two_places(app: Flask) -> None:
    made = Owners(app, "ABC")
    assert made.one_after_the_other(made.agrees("A", "B"), made.agrees("A", "C")) == ["", "bound"]
    made.hold()


@pytest.mark.postgres
def test_a_second_tap_at_the_same_moment_does_it_once(app: Flask) -> None:
    made = Owners(app, "AB")
    yes = made.agrees("A", "B")
    assert made.one_after_the_other(yes, yes) == ["", "closed"]
    made.hold()


@pytest.mark.postgres
@pytest.mark.parametrize("chain", ["BC AB", "AB BC", "BC AB CD", "CD BC AB", "BC CD AB"])
def test_chains_of_communities_hang_together_whatever_comes_first(app: Flask, chain: str) -> None:
    made = Owners(app, "".join(sorted(set(chain) - {" "})))
    told = made.one_after_the_other(*[made.agrees(guest, host, by="*") for guest, host in chain.split()])
    assert told == [""] * len(told)
    made.hold()
    last = max(set(chain))
    assert made.above("A")[0] == made.groups[last][0]


@pytest.mark.postgres
@pytest.mark.parametrize("first", ["merging", "moving"])
def test_a_move_within_a_community_that_comes_below_another_one(app: Flask, first: str) -> None:
    made = Owners(app, "AB")
    deeds = [made.agrees("A", "B"), made.moves("A", 2, 0)]
    told = made.one_after_the_other(*(deeds if first == "merging" else deeds[::-1]))
    assert told == ["", ""]
    made.hold()
    with app.app_context():
        assert made.group("A", 2).parent_id == made.groups["A"][0]
        db.session.remove()


@pytest.mark.postgres
def test_a_move_while_what_it_moves_goes_where_others_move_too(app: Flask) -> None:
    """The root that it waited for is none any more, and the new one has a move of its own."""
    made = Owners(app, "ABC")
    deeds = made.agrees("B", "C"), made.agrees("A", "B", by="*"), made.moves("A", 2, 0), made.moves("C", 2, 0)
    assert made.one_after_the_other(*deeds) == [""] * 4
    made.hold()


@pytest.mark.postgres
def test_parting_at_the_moment_of_the_next_merger(app: Flask) -> None:
    made = Owners(app, "ABC")
    assert made.does(made.agrees("A", "B")) == ""
    told = made.one_after_the_other(made.agrees("B", "C"), made.parts("A", "A"))
    assert told == ["", ""]
    made.hold()
    assert made.above("A") == []


@pytest.mark.postgres
def test_a_group_that_is_made_meanwhile_hangs_in_the_tree_that_there_is(app: Flask) -> None:
    made = Owners(app, "AB")
    assert made.one_after_the_other(made.plants("A"), made.agrees("A", "B")) == ["", ""]
    made.hold()
    assert made.one_after_the_other(made.parts("A", "A"), made.plants("A")) == ["", ""]
    made.hold()
