"""Understood, or done; or: please explain."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from community.announcements.models import Announcement
from community.database import Base, BigId, community_of, db, foreign, moment, pk
from community.people.models import Child, Person

WISHES = ("understood", "explain")


class Acknowledgement(Base):
    """Understood, or done: by a person, or by her for one child. Or a wish that somebody explains it.

    Saying so twice is once, and who says the other has changed her mind.
    """

    __tablename__ = "acknowledgement"

    id: Mapped[pk]
    community_id: Mapped[int] = mapped_column(BigId, default=community_of("announcement", "announcement_id"))
    announcement_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Announcement.id))
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    child_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Child.id))
    wish: Mapped[str] = mapped_column(sa.String(12), default="understood")  # or "explain": please say it again
    created: Mapped[moment]

    __table_args__ = (
        sa.Index(
            "uq_acknowledgement_announcement_id_person_id", "announcement_id", "person_id", unique=True,
            sqlite_where=sa.text("child_id IS NULL"), postgresql_where=sa.text("child_id IS NULL"),
        ),
        sa.Index(
            "uq_acknowledgement_announcement_id_person_id_child_id", "announcement_id", "person_id", "child_id",
            unique=True,
            sqlite_where=sa.text("child_id IS NOT NULL"), postgresql_where=sa.text("child_id IS NOT NULL"),
        ),
    )  # fmt: skip

    @classmethod
    def give(
        cls, announcement: Announcement, person: Person, child: Child | None, *, given: bool = True,
        wish: str = "understood",
    ) -> None:  # fmt: skip
        """Say it, say the other instead, or take it back. What was not said is not taken back."""
        same = cls.child_id == child.id if child else cls.child_id.is_(None)
        mine = sa.select(cls).where(cls.announcement_id == announcement.id, cls.person_id == person.id, same)
        found = db.session.scalar(mine)
        if given and found is None:
            child_id = child and child.id
            db.session.add(cls(announcement_id=announcement.id, person_id=person.id, child_id=child_id, wish=wish))
        elif given and found is not None:
            found.wish = wish
        elif found is not None and found.wish == wish:
            db.session.delete(found)

    @classmethod
    def asks(cls, announcement: Announcement, person: Person) -> bool:
        """Whether the person wishes that somebody explains it."""
        hers = (cls.announcement_id == announcement.id, cls.person_id == person.id, cls.wish == "explain")
        return db.session.scalar(sa.select(cls.id).where(*hers).limit(1)) is not None
