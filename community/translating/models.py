"""Somebody, or the machine, is asked to say an announcement in a language. What comes back is words once approved."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.announcements.correction import make_stale as make_stale
from community.announcements.models import UNDO, Announcement, Translation
from community.announcements.words import words_in
from community.audit.models import AuditEntry
from community.database import Base, BigId, community_of, db, foreign, language_code, maybe_moment, moment, now, pk
from community.groups.membership import TAKE_BACK
from community.languages import LANGUAGES, Language
from community.media.models import Voice
from community.notifications.models import Delivery
from community.outbox.models import Outbox
from community.people.blocks import Block
from community.people.models import Person

REASONS = ("missing", "other", "long")  # why words are sent back
OPEN_FOR = timedelta(days=3)  # as long as a push would still be taken


class TranslationRequest(Base):
    """One person asked for one announcement in one language. `person_id` None: the machine.

    It is asked, then sent, then approved; or sent back, and then asked again; or declined, or failed (the machine).
    """

    __tablename__ = "translation_request"

    id: Mapped[pk]
    community_id: Mapped[int] = mapped_column(BigId, default=community_of("announcement", "announcement_id"))
    announcement_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Announcement.id))
    language: Mapped[language_code]
    person_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id), index=True)
    asked_by: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    created: Mapped[moment]
    text: Mapped[str | None] = mapped_column(sa.Text)
    voice_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Voice.id))
    origin: Mapped[str] = mapped_column(sa.String(10), default="person")
    sent_at: Mapped[maybe_moment]
    answer: Mapped[str | None] = mapped_column(sa.String(10))  # approved · returned · declined · failed
    answered_at: Mapped[maybe_moment]
    answered_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))
    reason: Mapped[str | None] = mapped_column(sa.String(10))

    announcement: Mapped[Announcement] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    voice: Mapped[Voice | None] = relationship()
    asker: Mapped[Person] = relationship(foreign_keys=[asked_by])

    __table_args__ = (
        sa.UniqueConstraint("announcement_id", "language", "person_id"),
        sa.Index(
            "uq_translation_request_machine", "announcement_id", "language", unique=True,
            sqlite_where=sa.text("person_id IS NULL"), postgresql_where=sa.text("person_id IS NULL"),
        ),
    )  # fmt: skip

    @classmethod
    def ask(cls, said: Announcement, language: str, person: Person | None, by: Person) -> "TranslationRequest":
        """Ask a person, or the machine (None). Asking the same one again is one request."""
        same = cls.person_id == person.id if person else cls.person_id.is_(None)
        known = sa.select(cls).where(cls.announcement_id == said.id, cls.language == language, same)
        if found := db.session.scalar(known):
            return found
        origin = "person" if person else "machine"
        made = cls(announcement=said, language=language, person=person, asker=by, origin=origin)
        db.session.add(made)
        db.session.flush()
        made.note_down("asked to translate", by)
        if person:
            made.call(person)
        return made

    def call(self, person: Person) -> None:
        """Her courtyard will look for it, and her phones ring once."""
        person.asked_until = now() + OPEN_FOR
        key = f"call:{self.id}:{person.id}:{now().timestamp()}"
        Outbox.promise("call", key, request_id=self.id, person_id=person.id)

    @property
    def tongue(self) -> Language:
        return LANGUAGES[self.language]

    @property
    def is_open(self) -> bool:
        """Whether she may still write: it was not approved, not declined, and nobody else was faster."""
        live = self.announcement.is_live and not words_in(self.announcement, self.language)
        return live and self.answer in (None, "returned")

    @property
    def is_sent(self) -> bool:
        """Whether it waits for approval."""
        return self.sent_at is not None and self.answer is None

    @property
    def can_be_undone(self) -> bool:
        return self.answer in ("approved", "returned") and (self.answered_at or self.created) > now() - TAKE_BACK

    @classmethod
    def for_home(cls, person: Person) -> list["TranslationRequest"]:
        """What this person is asked for, and what waits for her approval; looked for only where there may be any."""
        if person.asked_until is None or person.asked_until < now():
            return []
        hers, unwanted = cls.person_id == person.id, Block.ids(person)
        if unwanted:
            hers = sa.and_(hers, cls.asked_by.not_in(unwanted))
        asked = sa.and_(hers, sa.or_(cls.answer == "returned", cls.sent_at.is_(None)))
        waits = sa.and_(cls.asked_by == person.id, cls.sent_at.is_not(None), cls.answer.is_(None))
        open_ones = sa.or_(cls.answer.is_(None), cls.answer == "returned")
        wanted = sa.select(cls).where(sa.or_(asked, waits), open_ones, cls.created > now() - 2 * OPEN_FOR)
        wanted = wanted.options(joinedload(cls.asker), joinedload(cls.person))
        wanted = wanted.options(joinedload(cls.announcement).selectinload(Announcement.translations))
        return [found for found in db.session.scalars(wanted.order_by(cls.id).limit(20)) if found.is_open]

    @classmethod
    def of(cls, said: Announcement, language: str | None = None) -> list["TranslationRequest"]:
        """All that was asked for this announcement, perhaps in one language only."""
        wanted = sa.select(cls).where(cls.announcement_id == said.id).options(joinedload(cls.person))
        if language:
            wanted = wanted.where(cls.language == language)
        return list(db.session.scalars(wanted.order_by(cls.id)))

    def say(self, text: str, origin: str = "person", voice: Voice | None = None) -> bool:
        """These are the words, written, spoken or both; they wait for approval. False where nobody wants them now."""
        cls = type(self)
        still = sa.update(cls).where(cls.id == self.id, sa.or_(cls.answer.is_(None), cls.answer == "returned"))
        if self.is_sent and self.text == text and not voice:
            return True  # a second tap
        db.session.flush()
        values = {"text": text, "voice_id": voice and voice.id, "origin": origin, "sent_at": now(), "answer": None}
        if not self.is_open or db.session.scalar(still.values(**values).returning(cls.id)) is None:
            return False
        db.session.refresh(self)
        self.call(self.asker)
        return True

    def decline(self) -> None:
        """She can not now. Somebody else may."""
        self._settle("declined", None)

    def fail(self) -> None:
        """The machine could not say it."""
        self._settle("failed", None)

    def approve(self, by: Person) -> bool:
        """Let the words out: the pages have them now, and the push for this language leaves when undo is over."""
        if not self.is_open or not self._settle("approved", by, TranslationRequest.sent_at.is_not(None)):
            return False
        words, author = self.text or "", self.person or by
        put(self.announcement, self.language, words, author, by=by, origin=self.origin, voice=self.voice)
        return True

    def send_back(self, by: Person, reason: str) -> bool:
        """She may say it anew; the reason stands on top of her form."""
        if not self._settle("returned", by, TranslationRequest.sent_at.is_not(None), reason=reason):
            return False
        self.note_down("translation returned", by)
        if self.person:
            self.call(self.person)
        return True

    def _settle(self, answer: str, by: Person | None, *where: sa.ColumnElement[bool], **more: str) -> bool:
        """Answer it in one statement; False when it was answered already."""
        mine = sa.update(TranslationRequest).where(
            TranslationRequest.id == self.id, TranslationRequest.answer.is_(None), *where
        )
        values = {"answer": answer, "answered_at": now(), "answered_by": by and by.id, **more}
        settled = db.session.scalar(mine.values(**values).returning(TranslationRequest.id)) is not None
        db.session.refresh(self)
        return settled

    def reopen(self, answer: str = "approved") -> None:
        """As if this had not been answered: what it says waits, or it is asked again."""
        if self.answer == answer:
            self.answer = self.answered_at = self.answered_by = None

    def undo(self, by: Person) -> bool:
        """Back to waiting for approval. What was let out is taken off the pages; a push that left stays left."""
        if not self.can_be_undone:
            return False
        if self.answer == "approved":
            take_off(self.announcement, self.language)
        self.answer = self.answered_at = self.answered_by = self.reason = None
        self.note_down("translation undone", by)
        return True

    def note_down(self, action: str, by: Person) -> None:
        """Into the audit log, without a word of what was said."""
        _note(self.announcement, action, by, self.language, self.person_id)


def put(
    said: Announcement, language: str, text: str, author: Person, *, by: Person, origin: str, voice: Voice | None = None
) -> None:  # fmt: skip
    """These are the announcement's words in this language from now on; those of before a correction go."""
    take_off(said, language)
    words = Translation(language=language, text=text, author_id=author.id, origin=origin, approved_by=by.id)
    words.voice = voice
    said.translations.append(words)
    said.changed = now()
    key = f"fan-out:{said.id}:{language}:{now().timestamp()}"
    Outbox.promise("fan-out", key, now() + UNDO, announcement_id=said.id, language=language)
    _note(said, "translation approved", by, language, author.id, origin=origin)
    db.session.flush()


def take_off(said: Announcement, language: str) -> None:
    """No words in this language any more. The original stays, whatever is asked."""
    if language == said.language or all(words.language != language for words in said.translations):
        return
    said.translations[:] = [words for words in said.translations if words.language != language]
    said.changed = now()
    carried = (Delivery.announcement_id == said.id, Delivery.language == language)
    db.session.execute(sa.update(Delivery).where(*carried).values(language=None))  # what comes instead rings again
    db.session.flush()


def _note(said: Announcement, action: str, by: Person, language: str, of: int | None, **more: str) -> None:
    AuditEntry.add(
        action, actor_id=by.id, community_id=said.community_id, group_id=said.audience.group_id, subject_id=said.id,
        language=language, person=of, **more,
    )  # fmt: skip
