"""Said once, heard once. `publish` promises a release in its own commit; the release takes the `seq`."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.announcements.audience import Audience as Audience
from community.announcements.translation import Translation as Translation
from community.audit.models import OPERATOR, AuditEntry
from community.database import (
    Base,
    BigId,
    UtcDateTime,
    db,
    digest,
    foreign,
    language_code,
    maybe_moment,
    moment,
    now,
    pk,
    touched,
)
from community.holding.models import Held
from community.languages.folding import likeness
from community.media.models import Photo, Voice
from community.outbox.models import Outbox
from community.people.models import Person
from community.phrasebook.models import FilledSentence

UNDO = timedelta(seconds=10)
LONGEST = 2000  # characters
WAITING, PINNED = sa.text("seq IS NULL"), sa.text("pinned_at IS NOT NULL")
KINDS = ("news", "activity")  # an activity is something a child can have done


class KeyReused(ValueError):
    """The same idempotency key came with other words: an old form, sent anew."""


class Announcement(Base):
    """Said by one person to one audience. It has a `seq` from its release on."""

    __tablename__ = "announcement"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    audience_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Audience.id))
    author_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Person.id))
    author_role: Mapped[str] = mapped_column(sa.String(10), default="member")
    key: Mapped[str] = mapped_column(sa.String(64))
    body_digest: Mapped[digest]
    kind: Mapped[str] = mapped_column(sa.String(10), default="news")
    language: Mapped[language_code]
    created: Mapped[moment]
    changed: Mapped[touched]
    release_at: Mapped[datetime] = mapped_column(UtcDateTime)
    released_at: Mapped[maybe_moment]
    seq: Mapped[int | None] = mapped_column(BigId)
    expires: Mapped[maybe_moment]
    photo_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Photo.id))
    pinned_at: Mapped[maybe_moment]
    pinned_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))
    withdrawn_at: Mapped[maybe_moment]
    held_id: Mapped[int | None] = mapped_column(BigId)  # while it waits for somebody's look: `held.py`
    replies: Mapped[bool] = mapped_column(default=True, server_default=sa.true())  # folded under it: `talk`
    waits_until: Mapped[maybe_moment]  # so long it rings only for who has it in her language
    told: Mapped[str | None] = mapped_column(
        sa.String(8)
    )  # to others than those it was narrowed to: `unlisted.told_as`
    corrected_at: Mapped[maybe_moment]  # when its words were put right last; those of before: `Correction`
    urgent_reason: Mapped[str | None] = mapped_column(sa.String(160))  # a key of `urgency.REASONS`, or own words
    urgent_alone: Mapped[bool] = mapped_column(default=False)  # there was no second person to ask
    removed_at: Mapped[maybe_moment]
    removed_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))

    audience: Mapped[Audience] = relationship()
    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    remover: Mapped[Person | None] = relationship(foreign_keys=[removed_by])
    photo: Mapped[Photo | None] = relationship()
    filled: Mapped[FilledSentence | None] = relationship(cascade="all, delete-orphan")  # as a ready sentence
    translations: Mapped[list["Translation"]] = relationship(order_by="Translation.id", cascade="all, delete-orphan")

    __table_args__ = (
        sa.UniqueConstraint("author_id", "key"),
        sa.UniqueConstraint("community_id", "seq"),
        sa.Index("ix_announcement_audience_id_seq", "audience_id", "seq"),  # read backwards
        # What few of many are: who has said a hundred thousand things asks for what waits at each page.
        sa.Index("ix_announcement_waiting", "author_id", sqlite_where=WAITING, postgresql_where=WAITING),
        sa.Index("ix_announcement_pinned", "audience_id", sqlite_where=PINNED, postgresql_where=PINNED),
        sa.Index(
            "ix_announcement_told",
            "community_id",
            "told",
            "seq",
            sqlite_where=sa.text("told IS NOT NULL"),
            postgresql_where=sa.text("told IS NOT NULL"),
        ),
    )

    @classmethod
    def publish(
        cls, audience: Audience, author: Person, *, key: str, text: str, language: str, role: str = "admin",
        kind: str = "news", release_at: datetime | None = None, expires: datetime | None = None,
        photo: Photo | None = None, voice: Voice | None = None, filled: FilledSentence | None = None,
        others: Mapping[str, str] | None = None,
    ) -> "Announcement":  # fmt: skip
        """Say it: announcement, its words and the promise to release it, in the caller's one commit.

        The same key gives the same announcement; with other words, at another time, or with a photo or a voice where
        there was none it raises KeyReused. Where a voice speaks, `text` may be "". `others` are its words in other
        languages, by code.
        """
        asked = release_at.timestamp() if release_at else ""
        brings = f"{bool(photo)}{'+voice' if voice else ''}"
        said = hashlib.sha256(f"{audience.id}|{kind}|{asked}|{brings}|{text}".encode()).hexdigest()
        if earlier := cls.sent(author, key):
            if earlier.body_digest != said:
                raise KeyReused
            return earlier
        made = cls(
            audience=audience, community_id=audience.community_id, author=author, author_role=role, key=key,
            body_digest=said, kind=kind, language=language,
            release_at=max(release_at or now(), now() + UNDO), expires=expires, photo=photo, filled=filled,
        )  # fmt: skip
        # The original first: the order of the rows tells it from the others.
        at = {"community_id": made.community_id, "author_id": author.id}
        made.translations.append(Translation(language=language, text=text, voice=voice, **at))
        for code, words in (others or {}).items():
            if code != language:
                ready = Translation(language=code, text=words, origin="phrasebook", **at)
                made.translations.append(ready)
        db.session.add(made)
        db.session.flush()
        made._promise_release()
        AuditEntry.add(
            "announced", actor_id=author.id, community_id=made.community_id, group_id=audience.group_id,
            subject_id=made.id,
        )  # fmt: skip
        return made

    @classmethod
    def sent(cls, author: Person, key: str) -> "Announcement | None":
        """What the author has sent with this key already."""
        return db.session.scalar(sa.select(cls).where(cls.author_id == author.id, cls.key == key))

    def _promise_release(self) -> None:
        Outbox.promise("release", f"release:{self.id}", self.release_at, announcement_id=self.id)

    @property
    def original(self) -> "Translation":
        return self.translations[0]

    @property
    def is_waiting(self) -> bool:
        return self.seq is None and self.withdrawn_at is None

    @property
    def is_urgent(self) -> bool:
        """It rings also by night, on a full day, and where only what is urgent may: `urgency` says how it became so."""
        return self.kind == "urgent"

    @property
    def is_live(self) -> bool:
        return self.seq is not None and self.removed_at is None and (self.expires is None or self.expires > now())

    def withdraw(self) -> bool:
        """Take it back before its release; False when it has gone out already."""
        cls = type(self)
        still = sa.update(cls).where(cls.id == self.id, cls.seq.is_(None), cls.withdrawn_at.is_(None))
        Held.taken_back(self.community_id, "announcement", self.id)
        return db.session.scalar(still.values(withdrawn_at=now()).returning(cls.id)) is not None

    def reword(self, text: str) -> bool:
        """Change the words before the release; False when it has gone out. Afterwards only a correction may."""
        cls = type(self)
        still = sa.select(cls.id).where(cls.id == self.id, cls.seq.is_(None), cls.withdrawn_at.is_(None))
        if db.session.scalar(still.with_for_update()) is None:
            return False
        self.original.text, self.original.words_digest = text, likeness(text)
        # They would go on saying what is no longer meant.
        self.translations[1:], self.filled = [], None
        return True

    def remove(self, by: Person | None) -> None:
        """Leave a tombstone, with who and when."""
        if self.removed_at is None:
            self.removed_at, self.removed_by, self.pinned_at = now(), by.id if by else None, None
            self._count_pins()
            self._note("removed", by)
            self.follow()

    def follow(self) -> None:
        """Every phone that was sent it shall be sent what it says now, or that it is gone."""
        mark = int(now().timestamp() * 1000)
        Outbox.promise("fan-out", f"correction:{self.id}:{mark}", announcement_id=self.id, correction=mark)

    def restore(self, by: Person | None) -> None:
        """It was removed by mistake: it stands again where it stood."""
        if self.removed_at:
            self.removed_at = self.removed_by = None
            self._note("restored", by)

    def pin(self, by: Person, *, up: bool) -> None:
        self.pinned_at, self.pinned_by = (now(), by.id) if up else (None, None)
        self._count_pins()
        self._note("pinned" if up else "unpinned", by)

    def _count_pins(self) -> None:
        """Pages ask for what is pinned only where something is."""
        db.session.flush()
        mine = (Announcement.audience_id == self.audience_id, Announcement.pinned_at.is_not(None))
        self.audience.pins = db.session.scalar(sa.select(sa.func.count()).where(*mine)) or 0

    def _note(self, action: str, by: Person | None) -> None:
        AuditEntry.add(
            action,
            actor_id=by.id if by else OPERATOR,
            community_id=self.community_id,
            group_id=self.audience.group_id,
            subject_id=self.id,
        )

    @classmethod
    def waiting_of(cls, author: Person) -> list["Announcement"]:
        """What the author has said and has not gone out yet, soonest first."""
        wanted = sa.select(cls).where(
            cls.author_id == author.id,
            cls.seq.is_(None),
            cls.withdrawn_at.is_(None),
            cls.created > now() - timedelta(365),
        )
        return list(db.session.scalars(wanted.options(*cls.whole()).order_by(cls.release_at).limit(20)))

    @classmethod
    def whole(cls) -> tuple[sa.orm.strategy_options._AbstractLoad, ...]:
        """What one card needs, in one query and one for the words."""
        audience = joinedload(cls.audience, innerjoin=True)
        return (
            joinedload(cls.author, innerjoin=True),
            audience.joinedload(Audience.group, innerjoin=True),
            joinedload(cls.photo),
            joinedload(cls.filled),
            joinedload(cls.remover),
            sa.orm.selectinload(cls.translations).joinedload(Translation.voice),
        )
