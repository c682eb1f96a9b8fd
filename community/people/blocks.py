"""Whom somebody does not want to hear. It is silent: the other is told nothing, and nobody else sees it."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.database import Base, db, foreign, moment, pk
from community.people.models import Person


class Block(Base):
    __tablename__ = "block"

    id: Mapped[pk]
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    blocked_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    created: Mapped[moment]

    blocked: Mapped[Person] = relationship(foreign_keys=[blocked_id])

    __table_args__ = (sa.UniqueConstraint("person_id", "blocked_id"),)

    @classmethod
    def put(cls, person: Person, other: Person) -> None:
        """Twice is once; nobody blocks herself."""
        same = sa.select(cls.id).where(cls.person_id == person.id, cls.blocked_id == other.id)
        if person.id != other.id and db.session.scalar(same) is None:
            db.session.add(cls(person_id=person.id, blocked_id=other.id))
            person.blocks = True

    @classmethod
    def of(cls, person: Person) -> list["Block"]:
        if not person.blocks:
            return []
        mine = sa.select(cls).where(cls.person_id == person.id).options(joinedload(cls.blocked))
        return list(db.session.scalars(mine.order_by(cls.id.desc()).limit(200)))

    @classmethod
    def ids(cls, person: Person) -> frozenset[int]:
        """Whom she has blocked; who never blocked anybody asks nothing."""
        if not person.blocks:
            return frozenset()
        return frozenset(db.session.scalars(sa.select(cls.blocked_id).where(cls.person_id == person.id)))

    @classmethod
    def between(cls, author_id: int) -> sa.ColumnElement[bool]:
        """In a statement over people: whether a person has blocked this author."""
        return sa.exists().where(cls.person_id == Person.id, cls.blocked_id == author_id).correlate(Person)

    def end(self) -> None:
        db.session.delete(self)
