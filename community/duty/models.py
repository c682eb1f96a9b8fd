"""Duty: somebody answers what is asked in a group and below it, on these days, between these hours."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.audit.models import AuditEntry
from community.database import Base, BigId, db, foreign, maybe_moment, moment, now, pk
from community.groups.models import Category, Group
from community.people.models import Person

MOST = 300  # lines of one roster
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

    @classmethod
    def of(cls, group: Group, people: Collection[int]) -> list["Duty"]:
        """The lines of these people on the roster of this group, all of them."""
        lines = sa.select(cls).where(cls.group_id == group.id, cls.person_id.in_(people), cls.ended_at.is_(None))
        whole = (joinedload(cls.person), joinedload(cls.category))
        return list(db.session.scalars(lines.options(*whole).order_by(cls.begins, cls.id)))

    @classmethod
    def has_room(cls, group: Group, people: Collection[int]) -> bool:
        """The group's row is locked until the commit, so that two do not both put the last line there."""
        db.session.execute(sa.select(Group.id).where(Group.id == group.id).with_for_update())
        return len(cls.of(group, people)) < MOST

    @classmethod
    def begin(cls, group: Group, person: Person, by: Person, **hours: Any) -> "Duty":
        """Put a line on the roster; the same once more is the one that stands there. `hours` is the rest of the row."""
        found = cls.same(group, person, hours)
        if found is None:
            found = cls(community_id=group.community_id, group=group, person=person, made_by=by.id, **hours)
            db.session.add(found)
            found.note("duty begun", by)
        return found

    @classmethod
    def same(cls, group: Group, person: Person, hours: dict[str, Any]) -> "Duty | None":
        """The line that says just this."""
        alike = (getattr(cls, name) == value for name, value in hours.items())
        same = sa.select(cls).where(
            cls.group_id == group.id, cls.person_id == person.id, cls.ended_at.is_(None), *alike
        )
        return db.session.scalars(same.limit(1)).first()

    def end(self, by: Person) -> None:
        if self.ended_at is None:
            self.ended_at, self.ended_by = now(), by.id
            self.note("duty ended", by)

    def begin_again(self, by: Person) -> None:
        if self.ended_at is not None:
            self.ended_at = self.ended_by = None
            self.note("duty begun", by)

    def note(self, action: str, by: Person) -> None:
        AuditEntry.add(
            action, actor_id=by.id, community_id=self.group.community_id, group_id=self.group.id,
            subject_id=self.person.id, urgent=self.urgent,
        )  # fmt: skip
