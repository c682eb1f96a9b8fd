"""Message: what somebody says in a group, or under an announcement. Replies are one level deep."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.announcements.models import Announcement, KeyReused
from community.audit.models import OPERATOR, AuditEntry
from community.database import Base, BigId, db, foreign, language_code, maybe_moment, moment, now, pk
from community.groups.models import Group
from community.holding.models import Held
from community.media.models import Photo, Voice
from community.outbox.models import LATER, Outbox
from community.people.models import Person

LONGEST = 2000  # characters
WAITS = sa.text("held_id IS NOT NULL")
REACTIONS = ("heart", "thanks", "laugh", "sad", "yes")
RINGS = sa.text("rings")
TAKE_BACK = timedelta(minutes=10)  # so long her own removal can be undone
KEPT = timedelta(days=60)  # so long what somebody else removed can still be put back: an appeal takes its time


class Message(Base):
    """`seq` counts in its group, taken when others may see it: commit order is `seq` order, so nobody's mark skips one.

    A reply has a `parent` that has none. Under an announcement: `announcement`; it has no `seq` and makes nobody new.
    """

    __tablename__ = "message"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id))
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    announcement_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Announcement.id))
    parent_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("message.id"), index=True)
    key: Mapped[str] = mapped_column(sa.String(64))
    seq: Mapped[int | None] = mapped_column(BigId)
    language: Mapped[language_code]
    text: Mapped[str] = mapped_column(sa.Text, default="")
    photo_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Photo.id))
    voice_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Voice.id))
    held_id: Mapped[int | None] = mapped_column(BigId)
    created: Mapped[moment]
    removed_at: Mapped[maybe_moment]  # by its author (an undo brings it back) or by who looks after the group
    removed_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))

    group: Mapped[Group] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    announcement: Mapped[Announcement | None] = relationship()
    parent: Mapped["Message | None"] = relationship(remote_side="Message.id")
    photo: Mapped[Photo | None] = relationship()
    voice: Mapped[Voice | None] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("person_id", "key"),
        sa.Index("uq_message_group_id_seq", "group_id", "seq", unique=True),
        sa.Index("ix_message_announcement_id", "announcement_id", "id"),
        # What few of many are: who has said much asks for it at each page.
        sa.Index("ix_message_waiting", "person_id", "group_id", sqlite_where=WAITS, postgresql_where=WAITS),
    )

    @classmethod
    def sent(cls, person: Person, key: str) -> "Message | None":
        """What she has sent with this key already."""
        return db.session.scalar(sa.select(cls).where(cls.person_id == person.id, cls.key == key))

    @classmethod
    def say(
        cls, group: Group, person: Person, *, key: str, text: str, photo: Photo | None = None,
        voice: Voice | None = None, parent: "Message | None" = None, announcement: Announcement | None = None,
        why: Sequence[str],
    ) -> "Message":  # fmt: skip
        """Say it: others see it at once, unless there are reasons `why` it has to wait (`held.why_held`).

        The same key gives the same message; with other words it raises KeyReused. A reply to a reply hangs below the
        same parent. Where a photo or a voice speaks, `text` may be "".
        """
        if earlier := cls.sent(person, key):
            if earlier.group_id != group.id or (earlier.text != text and not earlier.removed_at):
                raise KeyReused
            return earlier
        made = cls(
            community_id=group.community_id, group=group, person=person, key=key, language=person.language, text=text,
            photo=photo, voice=voice, parent=parent and (parent.parent or parent), announcement=announcement,
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        made._wait_or_appear(why)
        return made

    def _wait_or_appear(self, why: Sequence[str]) -> None:
        more: dict[str, Any] = {"group": self.group, "person": self.person, "text": self.text, "why": list(why)}
        if held := Held.hold("message", self.id, **more):
            self.held_id = held.id
        else:
            self.appear()

    def appear(self) -> None:
        """Others see it from now on. Under an announcement nobody counts."""
        self.held_id = None
        if self.announcement_id is None:
            self.seq = TalkCounter.next(self.group)

    @property
    def original(self) -> "Message":
        """Its words, where an announcement has them in a row of their own."""
        return self

    @property
    def is_out(self) -> bool:
        """Whether others see it, or the note that it was there."""
        return self.held_id is None and (self.seq is not None or self.announcement_id is not None)

    @property
    def is_gone(self) -> bool:
        """Removed, or nothing is left of it: its voice went with whoever spoke it."""
        return self.removed_at is not None or not (self.text or self.photo_id or self.voice_id)

    @property
    def can_be_undone(self) -> bool:
        """By its author, and only what she removed herself."""
        return bool(self.removed_at and self.removed_by == self.person_id and self.removed_at > now() - TAKE_BACK)

    def lock(self) -> None:
        """Until the commit nobody else removes it or brings it back; what others did before is seen."""
        db.session.refresh(self, ["removed_at", "removed_by", "held_id"], with_for_update=True)

    def remove(self, by: Person | None) -> None:
        """Leave a note, with who and when. Words, photo and voice go when nobody can bring them back any more."""
        self.lock()
        own = bool(by and by.id == self.person_id)
        if self.removed_at and (own or self.removed_by != self.person_id):
            return  # what she has taken away herself somebody else may still take away for good
        self.removed_at, self.removed_by = now(), by.id if by else None
        if self.held_id:
            Held.taken_back(self.community_id, "message", self.id)
        if not own:
            self._note("removed", by)
        self.promise_emptying(TAKE_BACK if own else KEPT)

    def promise_emptying(self, lasts: timedelta) -> None:
        """So long after it was removed its words, photo and voice go, if it is removed then."""
        at = self.removed_at or now()
        key = f"empty-message:{self.id}:{at.timestamp()}"
        Outbox.promise("empty-message", key, at + lasts, rank=LATER, message_id=self.id)

    def restore(self, by: Person | None, why: Sequence[str] = ()) -> None:
        """It stands again where it stood. What nobody had looked at waits anew, where there still is a reason `why`."""
        self.lock()
        if self.removed_at is None:
            return
        if by is None or by.id != self.person_id:
            self._note("restored", by)
        self.removed_at = self.removed_by = None
        if self.held_id:
            self._wait_or_appear(why)

    def react(self, person: Person, picture: str, *, given: bool) -> None:
        """One picture of hers; another one takes its place. Twice is once."""
        own = db.session.get(Reaction, (self.id, person.id))
        if own and not given:
            if own.picture == picture:
                db.session.delete(own)
        elif own:
            own.picture = picture
        elif given:
            at = {"message_id": self.id, "person_id": person.id, "community_id": self.community_id}
            db.session.add(Reaction(**at, picture=picture))

    def _note(self, action: str, by: Person | None) -> None:
        AuditEntry.add(
            action, actor_id=by.id if by else OPERATOR, community_id=self.community_id, group_id=self.group_id,
            subject_id=self.id, what="message",
        )  # fmt: skip


class TalkCounter(Base):
    """The last `seq` of a group's talk. Its row is locked from the taking to the commit."""

    __tablename__ = "talk_counter"

    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id), primary_key=True, autoincrement=False)
    community_id: Mapped[foreign]
    seq: Mapped[int] = mapped_column(BigId, default=0)

    @classmethod
    def next(cls, group: Group) -> int:
        step = sa.update(cls).where(cls.group_id == group.id).values(seq=cls.seq + 1).returning(cls.seq)
        seq = db.session.scalar(step.execution_options(synchronize_session=False))
        if seq is None:
            db.session.add(cls(group_id=group.id, community_id=group.community_id, seq=1))
            db.session.flush()
            return 1
        return seq

    @classmethod
    def now_at(cls, group_id: int) -> int:
        return db.session.scalar(sa.select(cls.seq).where(cls.group_id == group_id)) or 0


class TalkMark(Base):
    """Up to which `seq` somebody has read a group's talk."""

    __tablename__ = "talk_mark"

    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey(Person.id), primary_key=True, autoincrement=False, index=True
    )
    community_id: Mapped[foreign]
    seq: Mapped[int] = mapped_column(BigId, default=0)
    rings: Mapped[bool] = mapped_column(default=False, server_default=sa.false())  # for talk, too

    __table_args__ = (
        sa.Index("ix_talk_mark_rings", "group_id", "person_id", sqlite_where=RINGS, postgresql_where=RINGS),
    )

    @classmethod
    def of(cls, person: Person, group_id: int) -> int:
        found = sa.select(cls.seq).where(cls.group_id == group_id, cls.person_id == person.id)
        return db.session.scalar(found) or 0

    @classmethod
    def read(cls, person: Person, group: Group, seq: int) -> None:
        """She has read up to here; never backwards, never further than there is anything."""
        seq, mine = min(seq, TalkCounter.now_at(group.id)), (cls.group_id == group.id, cls.person_id == person.id)
        moved = sa.update(cls).where(*mine).values(seq=sa.case((cls.seq < seq, seq), else_=cls.seq))
        if db.session.scalar(moved.returning(cls.seq).execution_options(synchronize_session=False)) is None and seq:
            at = {"group_id": group.id, "person_id": person.id, "community_id": group.community_id}
            db.session.add(cls(**at, seq=seq))
            db.session.flush()


class Reaction(Base):
    """One picture of one person under one message."""

    __tablename__ = "reaction"

    message_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Message.id), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey(Person.id), primary_key=True, autoincrement=False, index=True
    )
    community_id: Mapped[foreign]
    picture: Mapped[str] = mapped_column(sa.String(8))
    created: Mapped[moment] = mapped_column(default=now)
