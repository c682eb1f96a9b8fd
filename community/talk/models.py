"""Message: what somebody says in a group, or under an announcement. Replies are one level deep."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.announcements.models import Announcement
from community.database import Base, BigId, foreign, language_code, maybe_moment, moment, now, pk
from community.groups.models import Group
from community.media.models import Photo, Voice
from community.people.models import Person

LONGEST = 2000  # characters
REACTIONS = ("heart", "thanks", "laugh", "sad", "yes")
RINGS = sa.text("rings")
TALKING = ("admins", "everyone")  # Group.talking: who may talk


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
    )


class TalkCounter(Base):
    """The last `seq` of a group's talk. Its row is locked from the taking to the commit."""

    __tablename__ = "talk_counter"

    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id), primary_key=True, autoincrement=False)
    community_id: Mapped[foreign]
    seq: Mapped[int] = mapped_column(BigId, default=0)


class TalkMark(Base):
    """Up to which `seq` somebody has read a group's talk."""

    __tablename__ = "talk_mark"

    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey(Person.id), primary_key=True, autoincrement=False, index=True
    )
    community_id: Mapped[foreign]
    seq: Mapped[int] = mapped_column(BigId, default=0)
    rings: Mapped[bool] = mapped_column(default=False, server_default=sa.false())  # her phone rings for talk, too: `told`

    __table_args__ = (
        sa.Index("ix_talk_mark_rings", "group_id", "person_id", sqlite_where=RINGS, postgresql_where=RINGS),
    )


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
