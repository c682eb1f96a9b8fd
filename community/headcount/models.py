"""The exact number of a large audience, which takes seconds: counted once, later, and kept for an hour."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.announcements.audience import Aim
from community.database import Base, UtcDateTime, db, foreign, maybe_moment, now, pk
from community.groups.models import Group
from community.headcount.counting import people_of
from community.outbox.models import LATER, Outbox

FRESH = timedelta(hours=1)
KEPT = timedelta(days=1)


class Headcount(Base):
    """How many people an audience has that was asked for. `people` is true for `counted_at`."""

    __tablename__ = "headcount"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Group.id))
    role: Mapped[str] = mapped_column(sa.String(10))
    narrowed: Mapped[str] = mapped_column(sa.String(250))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    counted_at: Mapped[maybe_moment]
    people: Mapped[int] = mapped_column(default=0)

    group: Mapped[Group] = relationship()

    __table_args__ = (sa.UniqueConstraint("group_id", "role", "narrowed"),)

    @classmethod
    def asked(cls, aim: Aim) -> "Headcount":
        """The row for this audience, which is being counted unless it was just now."""
        same = (cls.group_id == aim.group.id, cls.role == aim.role, cls.narrowed == aim.narrowed)
        found = db.session.scalar(sa.select(cls).where(*same))
        if found and now() - found.asked_at < FRESH:
            return found
        return cls._begin(aim, found)

    @classmethod
    def _begin(cls, aim: Aim, found: "Headcount | None") -> "Headcount":
        made = found or cls(
            community_id=aim.group.community_id, group=aim.group, role=aim.role, narrowed=aim.narrowed
        )  # fmt: skip
        made.asked_at, made.counted_at = now(), None
        cls._forget_old(aim.group.community_id)
        db.session.add(made)
        db.session.flush()
        Outbox.promise("headcount", f"headcount:{made.id}:{made.asked_at:%Y%m%d%H%M}", rank=LATER, number=made.id)
        return made

    @classmethod
    def _forget_old(cls, community_id: int) -> None:
        old = sa.delete(cls).where(cls.community_id == community_id, cls.asked_at < now() - KEPT)
        db.session.execute(old.execution_options(synchronize_session=False))


def count_exactly(number: int) -> None:
    """What the outbox does: the exact number follows."""
    found = db.session.get(Headcount, number)
    if found:
        found.people = people_of(Aim(found.group, found.narrowed, found.role))
        found.counted_at = now()
