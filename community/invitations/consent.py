"""What people are told before they come in, and that they came in with it: which notice, in which words, when."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from community.database import Base, db, foreign, language_code, moment, pk
from community.groups.models import Group
from community.languages import current
from community.people.models import Person

NOTICE = "coming in"
VERSION = 1  # of templates/invitations/notice.html: other words are another version, and a test says so


class Consent(Base):
    """Somebody came in, or asked to, from a page with the notice in her language. Hers to read, and to take along."""

    __tablename__ = "consent"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Group.id))
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    notice: Mapped[str] = mapped_column(sa.String(20))
    version: Mapped[int] = mapped_column(sa.SmallInteger)
    language: Mapped[language_code]
    created: Mapped[moment]

    __table_args__ = (sa.UniqueConstraint("group_id", "person_id", "notice", "version", "language"),)

    @classmethod
    def note(cls, person: Person, group: Group) -> None:
        """She has accepted what the page said, in the language of this request. Once for each wording."""
        said = {"group_id": group.id, "person_id": person.id, "notice": NOTICE, "version": VERSION}
        said["language"] = current().code
        if db.session.scalar(sa.select(cls.id).filter_by(**said)) is None:
            db.session.add(cls(community_id=group.community_id, **said))

    @classmethod
    def of(cls, person: Person) -> list["Consent"]:
        return list(db.session.scalars(sa.select(cls).where(cls.person_id == person.id).order_by(cls.id)))
