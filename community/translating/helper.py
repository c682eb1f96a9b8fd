"""Who said that she helps to say things, and in which languages."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from community.database import Base, BigId, db, moment
from community.people.models import Person


class Helper(Base):
    """She said that she helps to say things in this language."""

    __tablename__ = "helper"

    person_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Person.id), primary_key=True)
    language: Mapped[str] = mapped_column(sa.String(8), primary_key=True, index=True)
    created: Mapped[moment]

    @classmethod
    def of(cls, person: Person) -> set[str]:
        return set(db.session.scalars(sa.select(cls.language).where(cls.person_id == person.id)))

    @classmethod
    def choose(cls, person: Person, language: str, *, helps: bool) -> None:
        mine = sa.delete(cls).where(cls.person_id == person.id, cls.language == language)
        db.session.execute(mine)
        if helps:
            db.session.add(cls(person_id=person.id, language=language))
