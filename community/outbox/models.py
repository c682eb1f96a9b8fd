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
RELAY = "relay-"  # how the name of a worker begins that only hands promises on
FIRST, LATER = 0, 5  # ranks: what people wait for goes before what was split into a thousand batches


class Outbox(Base):
    """One promise. `key` makes it unique: promising twice is harmless."""

    __tablename__ = "outbox"

    id: Mapped[pk]
    kind: Mapped[str] = mapped_column(sa.String(40))
    key: Mapped[str] = mapped_column(sa.String(120), unique=True)
    args: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    created: Mapped[moment]
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    rank: Mapped[int] = mapped_column(sa.SmallInteger, default=FIRST)
    lease_until: Mapped[maybe_moment]
    worker: Mapped[str | None] = mapped_column(sa.String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[maybe_moment]

    __table_args__ = (sa.Index("ix_outbox_waiting", "rank", "run_at", sqlite_where=OPEN, postgresql_where=OPEN),)

    @classmethod
    def promise(cls, kind: str, key: str, run_at: datetime | None = None, *, rank: int = FIRST, **args: Any) -> None:
        """Do `kind` with `args` at `run_at` (now, where none is given), once for each key."""
        if db.session.scalar(sa.select(cls.id).where(cls.key == key)) is None:
            db.session.add(cls(kind=kind, key=key, args=args, run_at=run_at or now(), rank=rank))

    @classmethod
    def waiting(cls) -> sa.ColumnElement[bool]:
        free = sa.or_(cls.lease_until.is_(None), cls.lease_until < now())
        return sa.and_(cls.done_at.is_(None), cls.run_at <= now(), free)

    @classmethod
    def claim(cls, worker: str, most: int = 10, *, tries: int = 1, rank: int = LATER) -> list["Outbox"]:
        """Lease the oldest waiting rows up to this rank to `worker`. A lease that runs out is claimed again.

        `tries=0` for whoever only hands them on: see `take_over`. They are chosen once, as a CTE: PostgreSQL looks anew
        for each row of a table it believes small, and each time finds, and leases, others than those leased already.
        """
        lease_until = now() + current_app.config["OUTBOX_LEASE"]
        due = (
            sa.select(cls.id)
            .where(cls.waiting(), cls.rank <= rank)
            .order_by(cls.rank, cls.run_at, cls.id)
            .limit(most)
            .with_for_update(skip_locked=True)
            .cte("due")
            .prefix_with("MATERIALIZED", dialect="postgresql")
        )
        taken = (
            sa.update(cls)
            .where(cls.id.in_(sa.select(due.c.id)))
            .values(lease_until=lease_until, worker=worker, attempts=cls.attempts + tries)
            .returning(cls)
            .execution_options(synchronize_session=False, populate_existing=True)
        )
        return sorted(db.session.scalars(taken), key=lambda row: (row.rank, row.run_at, row.id))

    @classmethod
    def take_over(cls, number: int, worker: str) -> "Outbox | None":
        """The promise, out of a relay's hand into this worker's, with a whole lease; None where it is in no relay's.

        However often a number is called out, and however late, one worker gets the promise.
        """
        theirs = (cls.worker.startswith(RELAY), cls.lease_until.is_not(None), cls.done_at.is_(None))
        lease_until = now() + current_app.config["OUTBOX_LEASE"]
        taken = (
            sa.update(cls)
            .where(cls.id == number, *theirs)
            .values(lease_until=lease_until, worker=worker, attempts=cls.attempts + 1)
            .returning(cls)
            .execution_options(synchronize_session=False, populate_existing=True)
        )
        return db.session.scalar(taken)

    def finish(self, worker: str) -> bool:
        """Settle the promise; False when another worker holds it by now (its work counts, not ours)."""
        cls = type(self)
        done = sa.update(cls).where(cls.id == self.id, cls.worker == worker).values(done_at=now(), lease_until=None)
        return bool(db.session.execute(done.returning(cls.id)).scalar())

    def extend(self, worker: str) -> None:
        """A whole lease from now on, for work that goes out. Raises LeaseLost where another worker holds it."""
        cls = type(self)
        mine = sa.update(cls).where(cls.id == self.id, cls.worker == worker, cls.done_at.is_(None))
        until = now() + current_app.config["OUTBOX_LEASE"]
        if db.session.execute(mine.values(lease_until=until).returning(cls.id)).scalar() is None:
            raise LeaseLost

    def postpone(self, worker: str, until: datetime | None = None) -> bool:
        """Try again at `until`; without it later each time, at most an hour. False when another worker holds it."""
        cls = type(self)
        wait = timedelta(seconds=min(3600, 2 ** min(self.attempts, 12)))
        again = sa.update(cls).where(cls.id == self.id, cls.worker == worker)
        later = again.values(run_at=until or now() + wait, lease_until=None)
        return bool(db.session.execute(later.returning(cls.id)).scalar())


class LeaseLost(RuntimeError):
    """Another worker has taken the promise over: its work counts, not ours."""


class Errand:
    """What one kind of promise does. Only `perform` may take long or touch the network; it holds no transaction.

    `prepare` and `settle` read and write and never commit. `settle` answers None when all is done, or the moment at
    which the promise shall be tried again.
    """

    goes_out = True

    def prepare(self, row: Outbox) -> Any:
        """What `perform` needs, noted so that another worker could take over."""

    def perform(self, work: Any) -> Any:
        """Go out with it; returns what `settle` shall write down."""

    def settle(self, row: Outbox, result: Any) -> datetime | None:
        """Write down what became of it, in the commit that ends the promise."""
        raise NotImplementedError


class InOneStep(Errand):
    """A promise that never leaves the database: its handler gets the promise's arguments."""

    goes_out = False

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def settle(self, row: Outbox, result: Any) -> datetime | None:
        self.handler(**row.args)
        return None


def handles(app: Any, kind: str, handler: Handler | Errand) -> None:
    """Register what `kind` does: an errand, or a function that reads and writes. Neither ever commits."""
    app.extensions.setdefault("outbox", {})[kind] = handler


def errand_of(kind: str) -> Errand:
    found: Handler | Errand = current_app.extensions["outbox"][kind]
    return found if isinstance(found, Errand) else InOneStep(found)
