"""The embedded back end: two threads of the serving process keep the promises.

One of them takes only what people wait for, so that no slow push service holds up a release.
"""

import logging
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from flask import Flask

from community.database import db, writing
from community.outbox.batch import run_batch
from community.outbox.models import FIRST, LATER, Outbox

log = logging.getLogger(__name__)
PAUSE = 0.5  # seconds between looks at the table


def run_due(worker: str = "here", rank: int = LATER) -> int:
    """Keep the promises that are due, one after the other; returns how many were kept of the ten that it looked at."""
    kept = 0
    for _turn in range(10):
        row = _claimed(worker, rank)
        if row is None:
            break
        kept += run_batch(row, worker)
    return kept


def _claimed(worker: str, rank: int) -> Outbox | None:
    """One promise at a time: a lease must not run while its promise only waits its turn."""
    if not db.session.scalar(sa.select(sa.exists().where(Outbox.waiting(), Outbox.rank <= rank))):
        db.session.commit()
        return None
    with writing():
        rows = Outbox.claim(worker, most=1, rank=rank)
        db.session.commit()
    return rows[0] if rows else None


class Keeper(threading.Thread):
    """Looks every half second. A daemon: whatever it was doing is claimed again after the lease."""

    def __init__(self, app: Flask, rank: int = LATER) -> None:
        super().__init__(name="outbox", daemon=True)
        self.app, self.rank = app, rank
        self.worker = f"{os.getpid()}-{secrets.token_hex(4)}"
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.wait(PAUSE):
            self.look()

    def look(self) -> None:
        try:
            with self.app.app_context():
                while run_due(self.worker, self.rank) and not self.stopping.is_set():
                    pass
        except Exception:
            log.exception("outbox: could not look")

    def stop(self) -> None:
        """Nothing, where it never began; else it ends after the promise in its hand."""
        self.stopping.set()
        if self.is_alive():
            self.join(timeout=10)


@contextmanager
def keeping(app: Flask) -> Iterator[None]:
    """Both threads run as long as the block does; none, where workers elsewhere keep the promises."""
    busy = [Keeper(app, rank) for rank in (FIRST, LATER) if app.config["JOB_BACKEND"] == "embedded"]
    for keeper in busy:
        keeper.start()
    try:
        yield
    finally:
        for keeper in busy:
            keeper.stop()
