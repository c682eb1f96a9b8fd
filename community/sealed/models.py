"""SealedThread: what an asker and who has taken her question say alone. The server holds it locked, and no key to it.

Each phone makes a key pair for each thread (`PhoneKey`), so that nobody is known again by it in another one. A word
(`SealedMessage`) is locked once; what opens it is wrapped for each phone that takes part (`SealedKey`).
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from blinker import signal
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import Base, BigId, db, digest, foreign, maybe_moment, moment, now, pk
from community.groups.models import Group
from community.people.models import Person, Session
from community.questions.models import Question

LASTS = timedelta(days=30)  # after the last word
SHOWN = 100  # of the last words
OPEN = sa.text("erased_at IS NULL")
gone_for_good = signal("gone for good")  # sent with "sealed", `number`, `came`: no backup brings it back


class SealedThread(Base):
    """Erased, only the row stays until its time is over: who erased it, and when."""

    __tablename__ = "sealed_thread"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Group.id))  # the question's
    question_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Question.id, ondelete="CASCADE"))
    asker_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    created: Mapped[moment]
    last_at: Mapped[moment]
    erased_at: Mapped[maybe_moment]
    erased_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))

    question: Mapped[Question] = relationship()

    __table_args__ = (
        sa.Index(
            "uq_sealed_thread_question_id", "question_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN
        ),
    )  # fmt: skip

    @classmethod
    def of(cls, question: Question, *, lock: bool = False) -> "SealedThread | None":
        """The one that is open; with `lock` nobody else writes in it until the commit."""
        found = sa.select(cls).where(cls.question_id == question.id, cls.erased_at.is_(None))
        return db.session.scalar(found.with_for_update() if lock else found)

    @classmethod
    def last_of(cls, question: Question, *, lock: bool = False) -> "SealedThread | None":
        """The open one, else the one that was erased last."""
        found = sa.select(cls).where(cls.question_id == question.id).order_by(cls.id.desc()).limit(1)
        return db.session.scalar(found.with_for_update() if lock else found)

    @classmethod
    def begin(cls, question: Question) -> "SealedThread":
        made = cls(
            question=question, community_id=question.community_id, group_id=question.group_id,
            asker_id=question.person_id, last_at=now(),
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        return made

    @property
    def last_number(self) -> int:
        words = sa.select(sa.func.max(SealedMessage.number)).where(SealedMessage.thread_id == self.id)
        return db.session.scalar(words) or 0

    @property
    def is_over(self) -> bool:
        return (self.erased_at or self.last_at) + LASTS <= now()

    def words(self) -> list["SealedMessage"]:
        """The last ones, oldest first."""
        mine = sa.select(SealedMessage).where(SealedMessage.thread_id == self.id)
        found = db.session.scalars(mine.order_by(SealedMessage.number.desc()).limit(SHOWN)).all()
        return list(reversed(found))

    def keys(self) -> list["PhoneKey"]:
        mine = sa.select(PhoneKey).where(PhoneKey.thread_id == self.id)
        return list(db.session.scalars(mine.order_by(PhoneKey.id)))

    def live_keys(self, people: list[int]) -> list["PhoneKey"]:
        """Of these people's phones, those on which they are still signed in."""
        here = sa.select(Session.id).where(
            Session.person_id == PhoneKey.person_id, Session.phone_id == PhoneKey.phone_id, Session.ended_at.is_(None)
        )
        mine = (PhoneKey.thread_id == self.id, PhoneKey.person_id.in_(people), PhoneKey.ended_at.is_(None))
        return list(db.session.scalars(sa.select(PhoneKey).where(*mine, here.exists()).order_by(PhoneKey.id)))

    def erase(self, by: Person) -> None:
        """For both, at once, and for good. Saying so again costs nothing."""
        if self.erased_at:
            return
        gone_for_good.send("sealed", number=self.id, came=self.created)
        for kind in (SealedMessage, PhoneKey):
            db.session.execute(sa.delete(kind).where(kind.thread_id == self.id))
        self.erased_at, self.erased_by = now(), by.id


class PhoneKey(Base):
    """The public half of a key pair of one person's phone for one thread; the other half never leaves the phone."""

    __tablename__ = "phone_key"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    thread_id: Mapped[foreign] = mapped_column(sa.ForeignKey(SealedThread.id, ondelete="CASCADE"))
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    phone_id: Mapped[int] = mapped_column(BigId)  # no foreign key: the phone's row may go first
    public: Mapped[str] = mapped_column(sa.String(88))  # base64url, 65 bytes: a point on P-256
    after: Mapped[int] = mapped_column(default=0)  # up to this word it reads nothing
    created: Mapped[moment]
    ended_at: Mapped[maybe_moment]  # the phone has lost it and made another

    __table_args__ = (sa.UniqueConstraint("thread_id", "public"),)


class SealedMessage(Base):
    """`number` counts within the thread from 1. All but who, when and how long is for the phones alone."""

    __tablename__ = "sealed_message"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    thread_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(SealedThread.id, ondelete="CASCADE"))
    number: Mapped[int]
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    phone_key_id: Mapped[foreign] = mapped_column(sa.ForeignKey(PhoneKey.id, ondelete="CASCADE"))
    key: Mapped[digest]  # the phone's own, for this submission
    ephemeral: Mapped[str] = mapped_column(sa.String(88))
    iv: Mapped[str] = mapped_column(sa.String(16))
    ciphertext: Mapped[str] = mapped_column(sa.Text)
    created: Mapped[moment]

    wrapped: Mapped[list["SealedKey"]] = relationship(lazy="selectin", passive_deletes="all")

    __table_args__ = (sa.UniqueConstraint("thread_id", "number"), sa.UniqueConstraint("person_id", "key"))

    @classmethod
    def last_of_taker(cls, question: Question) -> datetime | None:
        words = sa.select(sa.func.max(cls.created)).join(SealedThread, SealedThread.id == cls.thread_id)
        words = words.where(SealedThread.question_id == question.id, cls.person_id == question.taken_by)
        return db.session.scalar(words)


class SealedKey(Base):
    """What opens a word, wrapped for one phone."""

    __tablename__ = "sealed_key"

    message_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey(SealedMessage.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    phone_key_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey(PhoneKey.id, ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    wrapped: Mapped[str] = mapped_column(sa.String(64))
