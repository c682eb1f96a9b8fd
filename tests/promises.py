"""Keeping promises in tests: by this process, or by Celery's workers where the run has them (AANGAN_TEST_CELERY)."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from community.database import db, now
from community.outbox.embedded import run_due
from community.outbox.models import Outbox
from tests.outbox.plant import plant, redis, wait_for

CELERY = bool(os.environ.get("AANGAN_TEST_CELERY"))


def keep_all() -> None:
    """Nothing is due any more. Only in an app's context."""
    if CELERY:
        assert wait_for(_nothing_is_due), "Celery's workers did not keep what was due"
        return
    while run_due():
        pass


def _nothing_is_due() -> bool:
    held = sa.or_(Outbox.run_at <= now(), Outbox.lease_until >= now())
    found = db.session.scalar(sa.select(Outbox.id).where(Outbox.done_at.is_(None), held).limit(1))
    db.session.commit()
    return found is None


@contextmanager
def workers(folder: Path, url: str) -> Iterator[None]:
    """Redis, a relay and workers of both queues on this database."""
    own = folder / "celery"
    own.mkdir()
    shutil.copy(folder / "secret.key", own)  # as docs/running.md says: what a worker derives, a web process opens
    with redis(own) as broker, plant(own, DATABASE_URL=url, BROKER_URL=broker.url, JOB_BACKEND="celery") as made:
        made.relay()
        made.worker()
        yield


def at_head(app: Flask) -> None:
    """Say so in the database: a test's tables are made without migrations, and processes look."""
    with app.app_context(), db.engine.begin() as connection:
        script = ScriptDirectory(app.config["MIGRATIONS"])
        MigrationContext.configure(connection).stamp(script, "head")
