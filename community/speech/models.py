"""A prompt of the app as somebody of a community says it. It is heard there once an admin has approved it."""

import hashlib
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.audit.models import AuditEntry
from community.database import Base, BigId, db, digest, foreign, language_code, maybe_moment, moment, now, pk
from community.groups.models import Group
from community.people.models import Person

ANSWERS = ("approved", "refused")


class Recording(Base):
    """One message in one language by one person, for one community. Saying it anew replaces it and asks anew."""

    __tablename__ = "recording"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    language: Mapped[language_code]
    message: Mapped[str] = mapped_column(sa.Text)  # in English: what the catalogue knows it by
    message_digest: Mapped[digest]
    clip: Mapped[str] = mapped_column(sa.String(32))  # its name in the cupboard
    created: Mapped[moment]
    answered_at: Mapped[maybe_moment]
    answered_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))
    answer: Mapped[str | None] = mapped_column(sa.String(10))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])

    __table_args__ = (sa.UniqueConstraint("community_id", "language", "message_digest", "person_id"),)

    @classmethod
    def keep(cls, root: Group, person: Person, language: str, message: str, clip: str) -> "Recording":
        """What she has just said. Until somebody approves it, only who looks after the community hears it."""
        found = cls.of(root, person, language).get(message)
        if found is None:
            found = cls(
                community_id=root.community_id, person=person, language=language, message=message,
                message_digest=fingerprint_of(message),
            )  # fmt: skip
            db.session.add(found)
        found.clip, found.created = clip, now()
        found.answered_at = found.answered_by = found.answer = None
        return found

    @classmethod
    def of(cls, root: Group, person: Person, language: str) -> dict[str, "Recording"]:
        """What she has recorded in this language, by its English message."""
        mine = (cls.community_id == root.community_id, cls.person_id == person.id, cls.language == language)
        return {one.message: one for one in db.session.scalars(sa.select(cls).where(*mine))}

    @classmethod
    def waiting_in(cls, root: Group, most: int = 20) -> list["Recording"]:
        """What nobody has approved yet, the oldest first."""
        wanted = sa.select(cls).where(cls.community_id == root.community_id, cls.answer.is_(None))
        return list(db.session.scalars(wanted.order_by(cls.created, cls.id).limit(most)))

    @classmethod
    def approved_in(cls, communities: Iterable[int], language: str) -> dict[str, "Recording"]:
        """What people of these communities hear, by its English message: the newest of each."""
        wanted = sa.select(cls).where(
            cls.community_id.in_(list(communities)), cls.language == language, cls.answer == "approved"
        )
        return {one.message: one for one in db.session.scalars(wanted.order_by(cls.answered_at, cls.id))}

    def decide(self, by: Person, answer: str) -> None:
        self.answer, self.answered_at, self.answered_by = answer, now(), by.id
        AuditEntry.add(
            f"voice {answer}", actor_id=by.id, community_id=self.community_id, group_id=self.community_id,
            subject_id=self.id,
        )  # fmt: skip


def fingerprint_of(message: str) -> str:
    return hashlib.sha256(message.encode()).hexdigest()
