"""What an announcement says in one language."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import Base, BigId, community_of, language_code, maybe_moment, moment, pk
from community.languages.folding import likeness_of_row
from community.media.models import Voice
from community.people.models import Person

ORIGINS = ("person", "memory", "phrasebook", "machine")  # how words in a language came about


class Translation(Base):
    """An announcement in one language, written, spoken or both, as readers get it. The original comes first.

    What was only proposed is a TranslationRequest. Words are stale once the original was corrected.
    """

    __tablename__ = "translation"

    id: Mapped[pk]
    community_id: Mapped[int] = mapped_column(BigId, default=community_of("announcement", "announcement_id"))
    announcement_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("announcement.id"))
    language: Mapped[language_code]
    text: Mapped[str] = mapped_column(sa.Text)
    words_digest: Mapped[str | None] = mapped_column(sa.String(64), index=True, default=likeness_of_row)
    author_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Person.id))
    origin: Mapped[str] = mapped_column(sa.String(10), default="person")
    approved_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))  # None: nobody had to
    voice_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Voice.id))
    stale_at: Mapped[maybe_moment]
    created: Mapped[moment]

    voice: Mapped[Voice | None] = relationship()

    __table_args__ = (sa.UniqueConstraint("announcement_id", "language"),)
