"""Duty: somebody answers what is asked in a group and below it, on these days, between these hours."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import Base, BigId, foreign, maybe_moment, moment, pk
from community.groups.models import Category, Group
from community.people.models import Person

EVERY_DAY = 127  # a bit for each weekday, Monday is 1


class Duty(Base):
    """One line of the roster of a group. It counts as long as the person holds at least the role responder there.

    Hours are minutes from midnight in the group's zone; `until` below `begins` goes past midnight; both 0: all day.
    """

    __tablename__ = "duty"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id), index=True)
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    category_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Category.id))  # None: whatever is asked
    days: Mapped[int] = mapped_column(default=EVERY_DAY)
    begins: Mapped[int] = mapped_column(default=0)
    until: Mapped[int] = mapped_column(default=0)
    urgent: Mapped[bool] = mapped_column(default=False)  # trained for urgent help
    created: Mapped[moment]
    made_by: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Person.id))
    ended_at: Mapped[maybe_moment]
    ended_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))

    group: Mapped[Group] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    category: Mapped[Category | None] = relationship()
