"""Hands promises on to workers elsewhere: claims rows with a lease, calls out their numbers, never waits for an answer.

A number that a broker lost is called out again when its lease has run out; a number that was called out twice is
kept once (`Outbox.take_over`). JOBS_IN_FLIGHT promises are in anybody's hand at a time; what people wait for is not
held up by them, and has as many places of its own.
"""

import logging
import os
import secrets
import threading
from collections.abc import Callable, Iterable

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from community.database import db, now, writing
from community.outbox.models import FIRST, LATER, RELAY, Outbox

log = logging.getLogger(__name__)
PAUSE = 0.2  # seconds between looks at the table
LONGER = 2.0  # seconds after a look at which the broker or the database was away

Publish = Callable[[int, int], None]  # the number of a promise, and its rank


class BrokerAway(ConnectionError):
    """The broker does not take what is called out."""


class Relay:
    """Looks and hands on until it is told to stop. Several may run at once, and none knows of the others."""

    def __init__(self, app: Flask, publish: Publish) -> None:
        self.app, self.publish = app, publish
        self.name = f"{RELAY}{os.getpid()}-{secrets.token_hex(4)}"
        self.stopping = threading.Event()

    def run(self) -> None:
        pause = PAUSE
        while not self.stopping.wait(pause):
            pause = PAUSE if self.look() else LONGER

    def look(self) -> bool:
        """Hand on what is due; False where the broker or the database is away. Nothing is lost by that."""
        try:
            with self.app.app_context():
                for rank in (FIRST, LATER):
                    self._hand_on(self._claimed(rank))
        except (BrokerAway, SQLAlchemyError) as error:
            log.warning("relay: %s; trying again", type(error).__name__)
            return False
        return True

    def _claimed(self, rank: int) -> list[Outbox]:
        """What may go out now up to this rank, in the order in which people wait for it."""
        most = self.app.config["JOBS_IN_FLIGHT"] - in_flight(rank)
        due = sa.exists().where(Outbox.waiting(), Outbox.rank <= rank)
        if most <= 0 or not db.session.scalar(sa.select(due)):
            db.session.commit()
            return []
        with writing():
            rows = Outbox.claim(self.name, most=most, tries=0, rank=rank)
            db.session.commit()
        return sorted(rows, key=lambda row: (row.rank, row.run_at))

    def _hand_on(self, rows: list[Outbox]) -> None:
        for place, row in enumerate(rows):
            try:
                self.publish(row.id, row.rank)
            except BrokerAway:
                self._take_back(other.id for other in rows[place:])
                raise

    def _take_back(self, numbers: Iterable[int]) -> None:
        """What could not be called out waits on; it need not wait until its lease has run out."""
        mine = sa.update(Outbox).where(Outbox.id.in_(list(numbers)), Outbox.worker == self.name)
        with writing():
            db.session.execute(mine.values(lease_until=None).execution_options(synchronize_session=False))
            db.session.commit()


def in_flight(rank: int = LATER) -> int:
    """How many promises up to this rank are in somebody's hand: called out, or being kept."""
    held = (Outbox.done_at.is_(None), Outbox.lease_until >= now(), Outbox.rank <= rank)
    return db.session.scalar(sa.select(sa.func.count()).where(*held)) or 0
