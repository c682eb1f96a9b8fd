"""What was put into the slots of a ready sentence, kept beside the announcement that it became."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from community.database import Base, BigId, community_of


class FilledSentence(Base):
    """An announcement made of a ready sentence. Its words in every language are its translations already."""

    __tablename__ = "filled_sentence"

    community_id: Mapped[int] = mapped_column(BigId, default=community_of("announcement", "announcement_id"))
    announcement_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("announcement.id"), primary_key=True)
    sentence: Mapped[str] = mapped_column(sa.String(20))  # Sentence.key
    slots: Mapped[dict[str, str]] = mapped_column(sa.JSON)
