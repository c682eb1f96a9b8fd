"""After thirty days an announcement's deliveries are counted and taken away: then nobody's phone can be asked about."""

from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from community.announcements.models import Announcement
from community.database import db, now
from community.days.models import Spent
from community.notifications.models import KEPT, Delivery, ReachCount
from community.notifications.reach import counted
from community.outbox.models import LATER, Outbox

AT_ONCE = 20  # announcements that one step takes


def fold_daily() -> None:
    """Promise tomorrow's folding. Called with each fan-out: where nothing is sent, nothing is to be folded."""
    _promise(now().date() + timedelta(days=1))


def fold(date: str, step: int = 0) -> None:
    """What the outbox does once a day: fold every announcement that was released thirty days ago, some at a time."""
    if step == 0:
        db.session.execute(sa.delete(Spent).where(Spent.day < now().date() - timedelta(days=7)))
    due = _due()
    for said in due:
        _fold(said)
    if len(due) == AT_ONCE:
        Outbox.promise("fold", f"fold:{date}:{step + 1}", rank=LATER, date=date, step=step + 1)
    else:
        fold_daily()


def _promise(day: date) -> None:
    at = datetime.combine(day, datetime.min.time(), UTC)
    Outbox.promise("fold", f"fold:{day.isoformat()}", at, rank=LATER, date=day.isoformat())


def _due() -> list[Announcement]:
    """By their release and not by each delivery: an announcement is folded whole, so that each person counts once."""
    copies = sa.select(Delivery.id).where(Delivery.announcement_id == Announcement.id).exists()
    old = sa.select(Announcement).where(Announcement.released_at < now() - KEPT, copies)
    return list(db.session.scalars(old.order_by(Announcement.id).limit(AT_ONCE).options(*Announcement.whole())))


def _fold(said: Announcement) -> None:
    """Write down the counts, unless they are written already, and forget who it was."""
    kept = sa.select(ReachCount.what).where(ReachCount.announcement_id == said.id).limit(1)
    if db.session.scalar(kept) is None:
        found, phones = counted(said), _phones(said)
        people = {"whole": found.whole, **found.steps, **found.reasons}
        db.session.add_all(
            ReachCount(announcement_id=said.id, what=what, people=count, phones=phones.get(what, 0))
            for what, count in people.items()
        )
    db.session.execute(sa.delete(Delivery).where(Delivery.announcement_id == said.id))


def _phones(said: Announcement) -> dict[str, int]:
    """How many phones each step took."""
    counts = (sa.func.count(column) for column in (Delivery.accepted_at, Delivery.shown_at, Delivery.opened_at))
    row = db.session.execute(sa.select(*counts).where(Delivery.announcement_id == said.id)).one()
    return dict(zip(("accepted", "shown", "opened"), row, strict=True))
