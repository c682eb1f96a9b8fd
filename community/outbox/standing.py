"""How the promises stand: counts and ages by kind, and nothing about whom they are for. And what other rooms tell."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import current_app

from community.database import UtcDateTime, db, now
from community.outbox.models import Outbox

STATES = ("waiting", "running", "failing", "planned")


class Standing(NamedTuple):
    """One kind: how many are due, in somebody's hand, to be tried again, not due yet; and since when the oldest waits.

    A promise counts as failing from its first try that did not keep it until the next one begins.
    """

    kind: str
    waiting: int
    running: int
    failing: int
    planned: int
    since: datetime | None

    @property
    def age(self) -> timedelta:
        """How long the oldest that is due, in hand or failing has waited."""
        return max(now() - self.since, timedelta()) if self.since else timedelta()


def standings() -> list[Standing]:
    """One for each kind that has anything open, by name."""
    held = sa.and_(Outbox.lease_until.is_not(None), Outbox.lease_until >= now())
    tried, due = Outbox.attempts > 0, Outbox.run_at <= now()
    states = (~held & ~tried & due, held, ~held & tried, ~held & ~tried & ~due)
    since = sa.case((~held & tried, Outbox.created), (held | due, Outbox.run_at), else_=None)
    counted = sa.select(
        Outbox.kind, *(_count(state) for state in states), sa.func.min(sa.type_coerce(since, UtcDateTime))
    )
    rows = db.session.execute(counted.where(Outbox.done_at.is_(None)).group_by(Outbox.kind).order_by(Outbox.kind))
    return [Standing(*tuple(row)) for row in rows]


def _count(state: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((state, 1), else_=0))


def in_all(found: list[Standing]) -> dict[str, int]:
    """How many there are in each state, of whatever kind."""
    return {state: sum(getattr(one, state) for one in found) for state in STATES}


def try_again() -> None:
    """What failed is due now."""
    free = sa.or_(Outbox.lease_until.is_(None), Outbox.lease_until < now())
    failing = (Outbox.done_at.is_(None), Outbox.attempts > 0, free)
    soon: sa.Update = sa.update(Outbox).where(*failing, Outbox.run_at > now()).values(run_at=now())
    db.session.execute(soon.execution_options(synchronize_session=False))


class Figure(NamedTuple):
    """A number that another room shows to the operator: the machine's name and help, then what a person sees."""

    name: str
    help: str
    symbol: str
    word: Any
    value: int
    is_bad: bool = False


def tells(app: Any, figures: Callable[[], list[Figure]]) -> None:
    """Show these to the operator, too."""
    app.extensions.setdefault("figures", []).append(figures)


def figures() -> list[Figure]:
    return [one for told in current_app.extensions.get("figures", []) for one in told()]
