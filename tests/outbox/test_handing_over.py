"""Leases, fencing and the relay's hand, without a broker."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from community.database import db, now, writing
from community.outbox.batch import run_batch
from community.outbox.embedded import run_due
from community.outbox.models import FIRST, LATER, RELAY, Errand, Outbox, handles
from community.outbox.relay import BrokerAway, Relay, in_flight
from tests.outbox.noting import promise, settled, still_open


def claimed(worker: str, **more: Any) -> list[Outbox]:
    with writing():
        rows = Outbox.claim(worker, **more)
        db.session.commit()
    return rows


def taken(number: int, worker: str) -> Outbox | None:
    with writing():
        row = Outbox.take_over(number, worker)
        db.session.commit()
    return row


def run_out(app: Flask) -> None:
    """As if every lease had run out a second ago."""
    with app.app_context(), writing():
        held = sa.update(Outbox).where(Outbox.lease_until.is_not(None))
        db.session.execute(held.values(lease_until=now() - timedelta(seconds=1)))
        db.session.commit()


def row_of(app: Flask, text: str) -> Outbox:
    with app.app_context():
        return db.session.scalars(sa.select(Outbox).where(Outbox.key == f"note:{text}")).one()


class Interrupted(Errand):
    """Something happens while it is out; it says whether it came home to settle."""

    def __init__(self, happens: Callable[[], None]) -> None:
        self.happens, self.went, self.settled = happens, 0, 0

    def perform(self, work: Any) -> None:
        self.went += 1
        self.happens()

    def settle(self, row: Outbox, result: Any) -> None:
        self.settled += 1
        promised = sa.update(Outbox).where(Outbox.id == row.id).values(args={"touched": True})
        db.session.execute(promised)


def test_one_claim_leases_as_many_as_it_says(noting: Flask) -> None:
    """Also where PostgreSQL believes that there is one promise in all, and looks anew for each that there is."""
    promise(noting, "one")
    with noting.app_context():
        db.session.execute(sa.text("ANALYZE outbox"))
        db.session.commit()
    promise(noting, *"abcdefgh")
    with noting.app_context():
        assert [row.args["text"] for row in claimed("me", most=1)] == ["one"]
        leased = sa.select(sa.func.count(Outbox.id)).where(Outbox.lease_until.is_not(None))
        assert db.session.scalar(leased) == 1
        assert len(claimed("other", most=3)) == 3


def test_who_lost_the_lease_while_out_settles_nothing(noting: Flask) -> None:
    others: list[Outbox] = []

    def lose() -> None:
        run_out(noting)
        with noting.app_context():
            others.extend(claimed("fast"))

    errand = Interrupted(lose)
    handles(noting, "note", errand)
    promise(noting, "one")
    with noting.app_context():
        (row,) = claimed("slow")
        assert not run_batch(row, "slow")
    kept = row_of(noting, "one")
    assert (errand.went, errand.settled) == (1, 1)
    assert (kept.worker, kept.done_at, kept.args) == ("fast", None, {"text": "one"}), "what it wrote was taken back"
    errand.happens = lambda: None
    with noting.app_context():
        assert run_batch(others[0], "fast")
    assert row_of(noting, "one").done_at


def test_who_lost_it_before_going_does_not_go(noting: Flask, seen: Path) -> None:
    promise(noting, "one")
    with noting.app_context():
        (slow,) = claimed("slow")
        run_out(noting)
        (fast,) = claimed("fast")
        assert not run_batch(slow, "slow")
        assert seen.read_text() == ""
        assert run_batch(fast, "fast")
    assert settled(noting) == ["one"]


def test_a_failure_of_who_lost_it_does_not_postpone_the_others(noting: Flask) -> None:
    def lose() -> None:
        run_out(noting)
        with noting.app_context():
            claimed("fast")
        raise RuntimeError("and then it broke")

    handles(noting, "note", Interrupted(lose))
    promise(noting, "one")
    with noting.app_context():
        (row,) = claimed("slow")
        assert not run_batch(row, "slow")
    kept = row_of(noting, "one")
    assert kept.worker == "fast"
    assert kept.lease_until
    assert kept.lease_until > now()


def test_whoever_sets_out_has_a_whole_lease_for_it(noting: Flask) -> None:
    found: list[timedelta] = []

    def look() -> None:
        held = row_of(noting, "one").lease_until
        assert held
        found.append(held - now())

    handles(noting, "note", Interrupted(look))
    promise(noting, "one")
    with noting.app_context():
        (row,) = claimed("me")
        with writing():
            db.session.execute(sa.update(Outbox).values(lease_until=now() + timedelta(seconds=2)))
            db.session.commit()
        assert run_batch(row, "me")
    assert found[0] > noting.config["OUTBOX_LEASE"] - timedelta(seconds=5)


def test_no_transaction_is_open_while_it_is_out(noting: Flask) -> None:
    handles(noting, "note", Interrupted(lambda: open_ones.append(db.session.registry().in_transaction())))
    open_ones: list[bool] = []
    promise(noting, "one")
    with noting.app_context():
        assert run_due() == 1
    assert open_ones == [False]


def test_what_people_wait_for_goes_first(noting: Flask, seen: Path) -> None:
    promise(noting, "batch 1", "batch 2", rank=LATER)
    promise(noting, "release", rank=FIRST)
    with noting.app_context():
        assert run_due() == 3
    assert seen.read_text().split("\n")[0] == "release"


def test_a_relays_promise_goes_to_one_worker_however_often_it_is_called_out(noting: Flask) -> None:
    promise(noting, "one")
    number = row_of(noting, "one").id
    with noting.app_context():
        assert taken(number, "early") is None, "nobody has called it out"
        claimed(f"{RELAY}1", tries=0)
        assert row_of(noting, "one").attempts == 0, "handing on is no try"
        run_out(noting)
        row = taken(number, "celery-1")
        assert row, "the number came late, and nobody else has it"
        assert row.attempts == 1
        assert taken(number, "celery-2") is None
        assert run_batch(row, "celery-1")
        assert taken(number, "celery-3") is None
    assert settled(noting) == ["one"]


def test_a_postponed_promise_is_not_taken_over(noting: Flask) -> None:
    promise(noting, "one", bad=True)
    with noting.app_context():
        claimed(f"{RELAY}1", tries=0)
        row = taken(row_of(noting, "one").id, "celery-1")
        assert row
        assert not run_batch(row, "celery-1")
        assert taken(row.id, "celery-2") is None, "its time has not come"


@pytest.fixture
def called() -> list[int]:
    return []


@pytest.fixture
def relay(noting: Flask, called: list[int]) -> Relay:
    noting.config["JOBS_IN_FLIGHT"] = 3
    return Relay(noting, lambda number, _rank: called.append(number))


def test_so_many_are_in_flight_and_no_more(noting: Flask, relay: Relay, called: list[int]) -> None:
    promise(noting, *"abcde", rank=LATER)
    for _look in range(3):
        assert relay.look()
    assert len(called) == 3
    with noting.app_context():
        assert in_flight() == 3
        row = taken(called[0], "celery-1")
        assert row
        relay.look()
        assert len(called) == 3, "what is being kept is still in flight"
    promise(noting, "release", rank=FIRST)
    relay.look()
    assert called[3:] == [row_of(noting, "release").id], "what people wait for has places of its own"
    with noting.app_context():
        assert run_batch(row, "celery-1")
    relay.look()
    assert len(called) == 4, "three are still in flight"


def test_what_the_broker_lost_is_called_out_again(noting: Flask, relay: Relay, called: list[int]) -> None:
    promise(noting, "one", "two")
    relay.look()
    relay.look()
    assert len(called) == 2
    run_out(noting)
    relay.look()
    assert called == [*called[:2], *called[:2]]


def test_a_broker_that_is_away_keeps_nothing_back(noting: Flask, relay: Relay, called: list[int]) -> None:
    promise(noting, "one", "two", "three")
    away = Relay(noting, lambda number, _rank: called.append(number) if not called else _away())
    assert not away.look()
    assert len(called) == 1
    with noting.app_context():
        assert in_flight() == 1
    assert relay.look(), "the next one need not wait for a lease"
    assert len(called) == 3
    assert still_open(noting) == 3


def _away() -> None:
    raise BrokerAway


def test_a_database_that_is_away_is_waited_for(noting: Flask, relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_rank: int) -> int:
        raise sa.exc.OperationalError("select", {}, Exception("gone"))

    monkeypatch.setattr("community.outbox.relay.in_flight", broken)
    assert not relay.look()
