"""Understood, or done."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from community.announcements.models import Announcement
from community.database import Base, BigId, db, foreign, moment, pk
from community.people.models import Child, Person


class Acknowledgement(Base):
    """Understood, or done: by a person, or by her for one child. Saying so twice is once."""

    __tablename__ = "acknowledgement"

    id: Mapped[pk]
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
    def give(cls, announcement: Announcement, person: Person, child: Child | None, *, given: bool = True) -> None:
        """Say it, or take it back."""
        same = cls.child_id == child.id if child else cls.child_id.is_(None)
        mine = sa.select(cls).where(cls.announcement_id == announcement.id, cls.person_id == person.id, same)
        found = db.session.scalar(mine)
        if given and found is None:
            db.session.add(cls(announcement_id=announcement.id, person_id=person.id, child_id=child and child.id))
        if not given and found is not None:
            db.session.delete(found)
