"""Hands promises on to workers elsewhere: claims rows with a lease, calls out their numbers, never waits for an answer.

A number that a broker lost is called out again when its lease has run out; a number that was called out twice is
kept once (`Outbox.take_over`). At most JOBS_IN_FLIGHT promises are in anybody's hand at a time.
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
from community.outbox.models import RELAY, Outbox

log = logging.getLogger(__name__)
PAUSE = 0.2  # seconds between looks at the table
LONGER = 2.0  # seconds after a look at which the broker or the database was away

Publish = Callable[[int], None]


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
                self._hand_on(self._claimed())
        except (BrokerAway, SQLAlchemyError) as error:
            log.warning("relay: %s; trying again", type(error).__name__)
            return False
        return True

    def _claimed(self) -> list[int]:
        """The numbers of what may go out now, in the order in which people wait for it."""
        most = self.app.config["JOBS_IN_FLIGHT"] - in_flight()
        waits = most > 0 and db.session.scalar(sa.select(sa.exists().where(Outbox.waiting())))
        if not waits:
            db.session.commit()
            return []
        with writing():
            rows = Outbox.claim(self.name, most=most, tries=0)
            db.session.commit()
        return [row.id for row in sorted(rows, key=lambda row: (row.rank, row.run_at))]

    def _hand_on(self, numbers: list[int]) -> None:
        for place, number in enumerate(numbers):
            try:
                self.publish(number)
            except BrokerAway:
                self._take_back(numbers[place:])
                raise

    def _take_back(self, numbers: Iterable[int]) -> None:
        """What could not be called out waits on; it need not wait until its lease has run out."""
        mine = sa.update(Outbox).where(Outbox.id.in_(list(numbers)), Outbox.worker == self.name)
        with writing():
            db.session.execute(mine.values(lease_until=None).execution_options(synchronize_session=False))
            db.session.commit()


def in_flight() -> int:
    """How many promises are in somebody's hand: called out, or being kept."""
    held = sa.select(sa.func.count()).where(Outbox.done_at.is_(None), Outbox.lease_until >= now())
    return db.session.scalar(held) or 0
