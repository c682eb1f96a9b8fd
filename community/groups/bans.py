"""Closed doors. One that has an end opens by itself."""

from datetime import datetime

import sqlalchemy as sa
from blinker import signal
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.audit.models import AuditEntry
from community.database import Base, BigId, community_of, db, foreign, maybe_moment, moment, now, pk
from community.groups.measures import Measure
from community.groups.membership import Standing
from community.groups.models import Group
from community.people.models import Person

banned = signal("banned")  # sent with the Person, `group`: closed to her with all below it, in the transaction


class Ban(Base):
    """A person who may not come back into a group or anything below it."""

    __tablename__ = "ban"

    id: Mapped[pk]
    community_id: Mapped[int] = mapped_column(BigId, default=community_of("group", "group_id"))
    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id))
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    banned_by: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Person.id))
    created: Mapped[moment]
    until: Mapped[maybe_moment]  # None: until somebody opens the door again

    group: Mapped[Group] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])

    __table_args__ = (sa.UniqueConstraint("group_id", "person_id"),)

    @classmethod
    def of(cls, group: Group) -> list["Ban"]:
        """Who may not come back into this group, the latest first."""
        held = sa.select(cls).where(cls.group_id == group.id, cls.lasting()).options(joinedload(cls.person))
        return list(db.session.scalars(held.order_by(cls.id.desc()).limit(200)))

    @classmethod
    def lasting(cls) -> sa.ColumnElement[bool]:
        return sa.or_(cls.until.is_(None), cls.until > now())

    def lift(self, by: Person | None, pardon: str = "talked") -> None:
        """Open the door again, and end what was written down of closing it."""
        db.session.delete(self)
        same = (Measure.kind == "ban", Measure.group_id == self.group_id, Measure.person_id == self.person_id)
        for measure in db.session.scalars(sa.select(Measure).where(*same, Measure.lasting())):
            measure.end(by, pardon)
        self.group.note("ban lifted", by, subject_id=self.person_id)

    @classmethod
    def lift_at(cls, group: Group, person: Person, by: Person | None, pardon: str) -> None:
        for held in db.session.scalars(sa.select(cls).where(cls.group_id == group.id, cls.person_id == person.id)):
            held.lift(by, pardon)

    @classmethod
    def holds(cls, person: Person, group: Group) -> bool:
        held = sa.select(cls.id).where(cls.person_id == person.id, cls.group_id.in_(group.lineage))
        held = held.where(cls.lasting())
        return db.session.scalar(held.limit(1)) is not None

    @classmethod
    def put(cls, group: Group, person: Person, by: Person, until: datetime | None = None) -> None:
        """Ban the person from the group and all below it, perhaps until a moment, and end the memberships there."""
        if not cls.holds(person, group):
            over = sa.delete(cls).where(cls.group_id == group.id, cls.person_id == person.id)
            db.session.execute(over)  # what is over makes room
            db.session.add(cls(group_id=group.id, person_id=person.id, banned_by=by.id, until=until))
        for held in Standing.of(person).inside(group):
            held.end()
        banned.send(person, group=group)
        AuditEntry.add(
            "banned", actor_id=by.id, community_id=group.community_id, group_id=group.id,
            subject_id=person.id, until=until and until.isoformat(),
        )  # fmt: skip
