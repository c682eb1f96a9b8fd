"""The embedded back end: one thread of the serving process keeps the promises."""

import logging
import os
import secrets
import threading

import sqlalchemy as sa
from flask import Flask

from community.database import db, writing
from community.outbox.models import Outbox, handler_of

log = logging.getLogger(__name__)
PAUSE = 0.5  # seconds between looks at the table


def run_due(worker: str = "here") -> int:
    """Keep every promise that is due; returns how many were kept. Each has a commit of its own."""
    if not db.session.scalar(sa.select(sa.exists().where(Outbox.waiting()))):
        db.session.commit()
        return 0
    with writing():
        rows = Outbox.claim(worker)
        db.session.commit()
    return sum(_keep(row, worker) for row in rows)


def _keep(row: Outbox, worker: str) -> bool:
    """Run one promise and settle it in the same commit: both happen, or neither."""
    try:
        with writing():
            handler_of(row.kind)(**row.args)
            kept = row.finish(worker)
            db.session.commit() if kept else db.session.rollback()
            return kept
    except Exception:
        log.exception("outbox: %s %s failed", row.kind, row.id)
        db.session.rollback()
        with writing():
            row.postpone(worker)
            db.session.commit()
        return False


class Keeper(threading.Thread):
    """Looks every half second. A daemon: whatever it was doing is claimed again after the lease."""

    def __init__(self, app: Flask) -> None:
        super().__init__(name="outbox", daemon=True)
        self.app = app
        self.worker = f"{os.getpid()}-{secrets.token_hex(4)}"
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.wait(PAUSE):
            self.look()

    def look(self) -> None:
        try:
            with self.app.app_context():
                while run_due(self.worker):
                    pass
        except Exception:
            log.exception("outbox: could not look")

    def stop(self) -> None:
        self.stopping.set()
        self.join(timeout=10)
