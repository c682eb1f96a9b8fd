"""Closed doors."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.audit.models import AuditEntry
from community.database import Base, BigId, community_of, db, foreign, moment, pk
from community.groups.membership import Standing
from community.groups.models import Group
from community.people.models import Person


class Ban(Base):
    """A person who may not come back into a group or anything below it."""

    __tablename__ = "ban"

    id: Mapped[pk]
    community_id: Mapped[int] = mapped_column(BigId, default=community_of("group", "group_id"))
    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id))
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    banned_by: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Person.id))
    created: Mapped[moment]

    group: Mapped[Group] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])

    __table_args__ = (sa.UniqueConstraint("group_id", "person_id"),)

    @classmethod
    def of(cls, group: Group) -> list["Ban"]:
        """Who may not come back into this group, the latest first."""
        held = sa.select(cls).where(cls.group_id == group.id).options(joinedload(cls.person))
        return list(db.session.scalars(held.order_by(cls.id.desc()).limit(200)))

    def lift(self, by: Person) -> None:
        db.session.delete(self)
        self.group.note("ban lifted", by, subject_id=self.person_id)

    @classmethod
    def holds(cls, person: Person, group: Group) -> bool:
        held = sa.select(cls.id).where(cls.person_id == person.id, cls.group_id.in_(group.lineage))
        return db.session.scalar(held.limit(1)) is not None

    @classmethod
    def put(cls, group: Group, person: Person, by: Person) -> None:
        """Ban the person from the group and all below it, and end the memberships there."""
        if not cls.holds(person, group):
            db.session.add(cls(group_id=group.id, person_id=person.id, banned_by=by.id))
        for held in Standing.of(person).inside(group):
            held.end()
        AuditEntry.add(
            "banned", actor_id=by.id, community_id=group.community_id, group_id=group.id, subject_id=person.id
        )
