"""The outbox: a row promised in the same commit as the thing it is about."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Mapped, mapped_column

from community.database import Base, UtcDateTime, db, maybe_moment, moment, now, pk

Handler = Callable[..., None]
OPEN = sa.text("done_at IS NULL")


class Outbox(Base):
    """One promise. `key` makes it unique: promising twice is harmless."""

    __tablename__ = "outbox"

    id: Mapped[pk]
    kind: Mapped[str] = mapped_column(sa.String(40))
    key: Mapped[str] = mapped_column(sa.String(120), unique=True)
    args: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    created: Mapped[moment]
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[maybe_moment]
    worker: Mapped[str | None] = mapped_column(sa.String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[maybe_moment]

    __table_args__ = (sa.Index("ix_outbox_waiting", "run_at", sqlite_where=OPEN, postgresql_where=OPEN),)

    @classmethod
    def promise(cls, kind: str, key: str, run_at: datetime | None = None, **args: Any) -> None:
        """Do `kind` with `args` at `run_at` (now, where none is given), once for each key."""
        if db.session.scalar(sa.select(cls.id).where(cls.key == key)) is None:
            db.session.add(cls(kind=kind, key=key, args=args, run_at=run_at or now()))

    @classmethod
    def waiting(cls) -> sa.ColumnElement[bool]:
        free = sa.or_(cls.lease_until.is_(None), cls.lease_until < now())
        return sa.and_(cls.done_at.is_(None), cls.run_at <= now(), free)

    @classmethod
    def claim(cls, worker: str, most: int = 10) -> list["Outbox"]:
        """Lease the oldest waiting rows to `worker`. A lease that runs out is claimed again."""
        lease_until = now() + current_app.config["OUTBOX_LEASE"]
        due = sa.select(cls.id).where(cls.waiting()).order_by(cls.run_at).limit(most).with_for_update(skip_locked=True)
        taken = (
            sa.update(cls)
            .where(cls.id.in_(due))
            .values(lease_until=lease_until, worker=worker, attempts=cls.attempts + 1)
            .returning(cls)
            .execution_options(synchronize_session=False, populate_existing=True)
        )
        return list(db.session.scalars(taken))

    def finish(self, worker: str) -> bool:
        """Settle the promise; False when another worker holds it by now (its work counts, not ours)."""
        cls = type(self)
        done = sa.update(cls).where(cls.id == self.id, cls.worker == worker).values(done_at=now(), lease_until=None)
        return bool(db.session.execute(done.returning(cls.id)).scalar())

    def postpone(self, worker: str) -> None:
        """Try again later, twice as late each time, at most an hour."""
        cls = type(self)
        wait = timedelta(seconds=min(3600, 2 ** min(self.attempts, 12)))
        again = sa.update(cls).where(cls.id == self.id, cls.worker == worker)
        db.session.execute(again.values(run_at=now() + wait, lease_until=None))


def handles(app: Any, kind: str, handler: Handler) -> None:
    """Register what `kind` does. The handler may read and write; it never commits."""
    app.extensions.setdefault("outbox", {})[kind] = handler


def handler_of(kind: str) -> Handler:
    handler: Handler = current_app.extensions["outbox"][kind]
    return handler
