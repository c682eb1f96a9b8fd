"""Rumour: words of which somebody asks whether they are true, and what was found. RumourFlag: who asked, for nobody."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Self

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.audit.models import AuditEntry
from community.database import Base, BigId, db, digest, foreign, language_code, maybe_moment, moment, now, pk
from community.groups.measures import SHOWN
from community.groups.models import Category, Group
from community.languages.folding import folded, likeness
from community.media.models import Photo, Voice
from community.people.models import Person

LONGEST = 2000  # characters
VERDICTS = ("true", "untrue", "unknown")
TELLING = 20  # letters: what is shorter, others say too and mean something else


def words_digest(text: str, what: str, number: int) -> str:
    """By which the same copy is recognised wherever it stands; of few words, only this one, as it is worded."""
    return likeness(text) if is_telling(text) else likeness(f"{what}:{number}:{text}")


def is_telling(text: str) -> bool:
    return len(" ".join(folded(text).split())) >= TELLING


class Rumour(Base):
    """`what` is "announcement", "message", or "own": words or a photo that somebody has brought from elsewhere.

    `desk` is the nearest group upwards in which somebody answers; whoever does there or above it may say what is true.
    """

    __tablename__ = "rumour"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id))
    what: Mapped[str] = mapped_column(sa.String(12))
    thing_id: Mapped[int | None] = mapped_column(BigId)
    author_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))  # whose words: not hers to judge
    words_digest: Mapped[digest]
    category_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Category.id))
    language: Mapped[language_code]
    text: Mapped[str] = mapped_column(sa.Text, default="")  # of "own"; anything else is read where it stands
    photo_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Photo.id))
    created: Mapped[moment]
    desk_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id))
    verdict: Mapped[str | None] = mapped_column(sa.String(8))
    words: Mapped[str] = mapped_column(sa.Text, default="")
    said_in: Mapped[str | None] = mapped_column(sa.String(8))  # the language of the answer
    voice_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Voice.id))
    answered_at: Mapped[maybe_moment]
    answered_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))
    removed_at: Mapped[maybe_moment]  # what somebody brought is shown to nobody any more
    removed_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))

    group: Mapped[Group] = relationship(foreign_keys=[group_id])
    desk: Mapped[Group] = relationship(foreign_keys=[desk_id])
    photo: Mapped[Photo | None] = relationship()
    voice: Mapped[Voice | None] = relationship()
    by: Mapped[Person | None] = relationship(foreign_keys=[answered_by])

    __table_args__ = (
        sa.UniqueConstraint("group_id", "words_digest"),
        sa.Index("ix_rumour_words", "community_id", "words_digest"),
        sa.Index(
            "ix_rumour_open", "desk_id", "id", sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        ),
    )  # fmt: skip

    @classmethod
    def of(cls, group: Group, mark: str) -> Sequence[Self]:
        """The rumours of these words on the group's line: whoever hears the group may read them. One that was answered
        before one that was not."""
        same = sa.select(cls).where(cls.group_id.in_(group.lineage), cls.words_digest == mark)
        return db.session.scalars(same.order_by(cls.answered_at.desc().nulls_last(), cls.id)).all()

    def begin_anew(self, **more: object) -> None:
        """Of another copy, since what was asked about first is gone. Whoever has asked has asked about this."""
        self.created, self.removed_at, self.removed_by = now(), None, None
        nothing = {"thing_id": None, "author_id": None, "category_id": None, "text": "", "photo": None}
        for name, value in {**nothing, **more}.items():
            setattr(self, name, value)

    def take_over(self) -> bool:
        """What was answered elsewhere in the community about the same words holds here; False where nothing was."""
        cls = type(self)
        same = (cls.community_id == self.community_id, cls.words_digest == self.words_digest)
        last = sa.select(cls).where(*same, cls.answered_at.is_not(None)).order_by(cls.answered_at.desc(), cls.id)
        found = db.session.scalar(last.limit(1))
        if found:
            self.verdict, self.words, self.said_in = found.verdict, found.words, found.said_in
            self.answered_at, self.answered_by = found.answered_at, found.answered_by
        return found is not None

    @staticmethod
    def alone() -> str:
        """The mark of what has no words: nothing else is the same."""
        return likeness(secrets.token_hex(16))

    def answer(self, verdict: str, by: Person, was: datetime | None, words: str, voice: Voice | None) -> bool:
        """Say it, once; False where somebody was faster. `was` is when the answer was given that this one replaces.

        Whatever else in the community says the same is answered with it, and put right with it.
        """
        cls, moment = type(self), now()
        then = cls.answered_at.is_(None) if was is None else cls.answered_at == was
        said = {
            "verdict": verdict, "words": words, "said_in": by.language, "voice_id": voice.id if voice else None,
            "answered_at": moment, "answered_by": by.id,
        }  # fmt: skip
        mine = sa.update(cls).where(cls.id == self.id, then).values(said).returning(cls.id)
        if db.session.scalar(mine.execution_options(synchronize_session=False)) is None:
            return False
        alike = (cls.community_id == self.community_id, cls.words_digest == self.words_digest, cls.id != self.id)
        others = sa.update(cls).where(*alike, then).values({**said, "voice_id": None})
        db.session.execute(others.execution_options(synchronize_session=False))
        db.session.expire_all()
        self._tell()
        AuditEntry.add(
            "rumour corrected" if was else "rumour answered", actor_id=by.id, community_id=self.community_id,
            group_id=self.desk_id, subject_id=self.id, verdict=verdict,
        )  # fmt: skip
        return True

    def remove(self, by: Person, *, away: bool) -> None:
        """Or put it back."""
        if away != (self.removed_at is not None):
            self.removed_at, self.removed_by = (now(), by.id) if away else (None, None)
            AuditEntry.add(
                "rumour removed" if away else "rumour back", actor_id=by.id, community_id=self.community_id,
                group_id=self.group_id, subject_id=self.id,
            )  # fmt: skip

    def _tell(self) -> None:
        """Whoever asked hears it in her courtyard."""
        same = sa.select(Rumour.id).where(
            Rumour.community_id == self.community_id,
            Rumour.words_digest == self.words_digest,
            Rumour.answered_at == self.answered_at,
        )
        flags = sa.update(RumourFlag).where(RumourFlag.rumour_id.in_(same)).values(heard_at=None)
        db.session.execute(flags.execution_options(synchronize_session=False))
        asked = sa.select(RumourFlag.person_id).where(RumourFlag.rumour_id.in_(same))
        until = now() + SHOWN
        behind = sa.or_(Person.asked_until.is_(None), Person.asked_until < until)
        told = sa.update(Person).where(Person.id.in_(asked), behind).values(asked_until=until)
        db.session.execute(told.execution_options(synchronize_session=False))


class RumourFlag(Base):
    """Somebody asks whether it is true, once. Nothing shows whoever it was to anybody else."""

    __tablename__ = "rumour_flag"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    rumour_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Rumour.id, ondelete="CASCADE"))
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    key: Mapped[str | None] = mapped_column(sa.String(64))  # of a form with words of her own
    created: Mapped[moment]
    heard_at: Mapped[maybe_moment]

    rumour: Mapped[Rumour] = relationship()

    __table_args__ = (sa.UniqueConstraint("rumour_id", "person_id"), sa.UniqueConstraint("person_id", "key"))

    @classmethod
    def to_tell(cls, person: Person) -> list[Self]:
        """What was answered and she has not heard; looked for only where there may be anything."""
        if person.asked_until is None or person.asked_until < now():
            return []
        mine = (cls.person_id == person.id, cls.heard_at.is_(None), Rumour.answered_at > now() - 2 * SHOWN)
        found = sa.select(cls).join(cls.rumour).where(*mine).options(joinedload(cls.rumour).joinedload(Rumour.group))
        return list(db.session.scalars(found.order_by(cls.id.desc()).limit(5)))
