"""What a person's day is made of: each row is one time that her phones rang for her, or will.

`slot` counts within the day, and is unique: two batches that reach for the last one at once get it one after the other.
"""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.audit.models import AuditEntry
from community.database import Base, BigId, db, touched
from community.groups.models import Group
from community.people.models import Person

A_DAY = 3  # announcements of one community that may ring for one person in a day, until its owners choose
CHOICES = range(1, 11)


class Spent(Base):
    """One announcement that rings for a person on a day of hers; without an announcement, the digest of that day.

    One index and no foreign keys: each would be looked up for each person and announcement. Rows go after a week.
    """

    __tablename__ = "spent"

    person_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    slot: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    community_id: Mapped[int | None] = mapped_column(BigId)  # a digest is of all her communities
    announcement_id: Mapped[int | None] = mapped_column(BigId)

    __table_args__ = (sa.Index("ix_spent_day", "day", postgresql_using="brin"),)


class Budget(Base):
    """How many announcements a day may ring for one member of a community, as its owners chose."""

    __tablename__ = "budget"

    community_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    a_day: Mapped[int] = mapped_column(sa.SmallInteger, default=A_DAY)
    changed: Mapped[touched]
    changed_by: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Person.id))

    chooser: Mapped[Person] = relationship()

    @classmethod
    def of(cls, community_id: int) -> int:
        """Announcements a day."""
        found = db.session.scalar(sa.select(cls.a_day).where(cls.community_id == community_id))
        return A_DAY if found is None else found

    @classmethod
    def choose(cls, root: Group, a_day: int, by: Person) -> None:
        found = db.session.get(cls, root.id)
        if found is None:
            found = cls(community_id=root.id)
            db.session.add(found)
        found.a_day, found.changed_by = a_day, by.id
        AuditEntry.add("budget chosen", actor_id=by.id, community_id=root.id, group_id=root.id, a_day=a_day)
