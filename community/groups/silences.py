"""Who left is left in peace: for ninety days nothing from there is addressed to her. Open links stay hers to use."""

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from community.database import Base, UtcDateTime, db, foreign, moment, now, pk
from community.groups.models import Group
from community.people.models import Person

LASTS = timedelta(days=90)


class Silence(Base):
    """She left this group by herself. Of a top group: the whole community. It is hers to see, and nobody else's."""

    __tablename__ = "silence"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Group.id))
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    created: Mapped[moment]
    until: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (sa.UniqueConstraint("group_id", "person_id"),)

    @classmethod
    def begin(cls, person: Person, group: Group) -> None:
        """For ninety days from now on, whatever was before."""
        cls.forget(cls.person_id == person.id, cls.group_id == group.id)
        place = {"community_id": group.community_id, "group_id": group.id}
        db.session.add(cls(**place, person_id=person.id, until=now() + LASTS))

    @classmethod
    def end(cls, person: Person, group: Group) -> None:
        """She came back by herself, or asked to: it is over, here and above."""
        cls.forget(cls.person_id == person.id, cls.group_id.in_(group.lineage))

    @classmethod
    def forget(cls, *which: sa.ColumnElement[bool]) -> None:
        db.session.execute(sa.delete(cls).where(*which).execution_options(synchronize_session=False))

    @classmethod
    def holds(cls, person: Person, group: Group) -> bool:
        """Whether nothing may be addressed to her by name from this group now."""
        held = (cls.person_id == person.id, cls.group_id.in_(group.lineage), cls.until > now())
        return db.session.scalar(sa.select(cls.id).where(*held).limit(1)) is not None

    @classmethod
    def held(cls, people: Collection[int], group: Group) -> set[int]:
        """The same of several people."""
        held = (cls.person_id.in_(people), cls.group_id.in_(group.lineage), cls.until > now())
        return set(db.session.scalars(sa.select(cls.person_id).where(*held)))

    @classmethod
    def of(cls, person: Person) -> list["Silence"]:
        mine = sa.select(cls).where(cls.person_id == person.id, cls.until > now())
        return list(db.session.scalars(mine.order_by(cls.id)))
