"""What went out wrong is put right: the announcement says the new words, keeps those of before, and who and when."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.announcements.models import Announcement
from community.audit.models import AuditEntry
from community.database import Base, BigId, community_of, db, language_code, moment, now, pk
from community.languages.folding import likeness
from community.media.models import Voice
from community.people.models import Person


class Correction(Base):
    """An earlier wording, and who replaced it when. Rows are only added."""

    __tablename__ = "correction"

    id: Mapped[pk]
    community_id: Mapped[int] = mapped_column(BigId, default=community_of("announcement", "announcement_id"))
    announcement_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Announcement.id), index=True)
    author_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Person.id), index=True)
    author_role: Mapped[str] = mapped_column(sa.String(10), default="member")
    created: Mapped[moment]
    language: Mapped[language_code]
    text: Mapped[str] = mapped_column(sa.Text)  # as it was said until then
    voice_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Voice.id))

    author: Mapped[Person] = relationship()
    voice: Mapped[Voice | None] = relationship()

    @classmethod
    def of(cls, said: Announcement) -> Sequence["Correction"]:
        """The earlier wordings, the first one first."""
        mine = sa.select(cls).where(cls.announcement_id == said.id).order_by(cls.id)
        return db.session.scalars(mine.options(joinedload(cls.author), joinedload(cls.voice))).all()


def correct(said: Announcement, text: str, by: Person, role: str, voice: Voice | None = None) -> bool:
    """Say it rightly from now on; False where it has not gone out, is gone, or says just this already.

    Whoever was sent it is sent this, in the place of the other. A voice that says the words of before goes with them.
    """
    still = sa.select(Announcement.id).where(
        Announcement.id == said.id, Announcement.seq.is_not(None), Announcement.removed_at.is_(None)
    )
    if db.session.scalar(still.with_for_update()) is None:
        return False
    words = said.original
    db.session.refresh(words)  # another thumb may have been faster
    if words.text == text and voice is None:
        return False
    earlier = Correction(
        announcement_id=said.id, author_id=by.id, author_role=role, language=words.language, text=words.text,
        voice_id=words.voice_id,
    )  # fmt: skip
    db.session.add(earlier)
    words.text, words.words_digest, words.voice = text, likeness(text), voice
    said.filled, said.corrected_at = None, now()
    make_stale(said)
    db.session.flush()
    _note(said, by)
    said.follow()
    return True


def make_stale(said: Announcement) -> None:
    """The original was corrected: its translations say something else now, and readers get the original."""
    for words in said.translations[1:]:
        words.stale_at = words.stale_at or now()
    said.changed = now()


def _note(said: Announcement, by: Person) -> None:
    AuditEntry.add(
        "corrected", actor_id=by.id, community_id=said.community_id, group_id=said.audience.group_id,
        subject_id=said.id,
    )  # fmt: skip
