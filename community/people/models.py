"""Who someone is. No phone number, no e-mail, no password, and a name only when she gives one."""

import hashlib
import hmac
import secrets
from datetime import timedelta
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.database import (
    Base,
    BigId,
    db,
    digest,
    foreign,
    language_code,
    maybe_moment,
    moment,
    now,
    pk,
    room,
    symbol,
    touched,
)

LONGEST_NICKNAME = 30
HALF_A_DAY = timedelta(hours=12)
WEEK = timedelta(days=7)  # who has just come has other things to learn than keys
HIGHEST_ID = 1 << 62  # more than any database gives; a larger one is a stranger's


def fingerprint(secret: str) -> str:
    """What the database keeps of a secret: its SHA-256, in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Person(Base):
    """Someone: a picture, a colour, a language, perhaps a name."""

    __tablename__ = "person"

    id: Mapped[pk]
    name: Mapped[str | None] = mapped_column(sa.String(60))
    picture: Mapped[symbol]
    colour: Mapped[room]
    language: Mapped[language_code]
    native_digits: Mapped[bool] = mapped_column(default=False)
    nastaliq: Mapped[bool] = mapped_column(default=False)  # Urdu and Kashmiri as books write them: a font of 115 KB
    zone: Mapped[str] = mapped_column(sa.String(40), default="Asia/Kolkata")
    quiet_from: Mapped[int] = mapped_column(sa.SmallInteger, default=21)  # hours of her own clock
    quiet_until: Mapped[int] = mapped_column(sa.SmallInteger, default=7)  # the same as `quiet_from`: never quiet
    ceiling: Mapped[int] = mapped_column(sa.SmallInteger, default=6)  # so often a day her phones ring for news at most
    on_call: Mapped[bool] = mapped_column(default=False)  # an urgent duty may ring in her quiet hours
    reports: Mapped[bool] = mapped_column(default=True)  # whether her phones say what they showed
    asked_until: Mapped[maybe_moment]  # until then her courtyard looks whether somebody asked her for words
    heard_in: Mapped[str | None] = mapped_column(sa.String(8))  # what speaks to her where her language has no voice
    trying_since: Mapped[maybe_moment]  # since when she is offered the first steps; None: she is past them
    silenced_until: Mapped[maybe_moment]  # until then somewhere she may only read: `Measure` says where
    blocks: Mapped[bool] = mapped_column(default=False, server_default=sa.false())  # whether she blocked anybody
    arrival: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    created: Mapped[moment]
    changed: Mapped[touched]

    children: Mapped[list["Child"]] = relationship(back_populates="parent", order_by="Child.id")

    @classmethod
    def arrive(cls, visit: str, **looks: str | None) -> "Person":
        """The person who came with this visit: made once, also when a slow phone sends its first tap twice.

        A visit counts for two minutes; after that, or once she has signed out, it opens nothing.
        """
        mark = fingerprint(visit)
        if found := db.session.scalar(sa.select(cls).where(cls.arrival == mark)):
            left = sa.select(Session.id).where(Session.person_id == found.id, Session.ended_at.is_not(None))
            if found.created > now() - timedelta(minutes=2) and db.session.scalar(left.limit(1)) is None:
                return found
            mark = fingerprint(secrets.token_hex(16))
        made = cls(arrival=mark, trying_since=now(), **looks)
        db.session.add(made)
        db.session.flush()
        return made

    def look(self, picture: str, colour: str, name: str) -> None:
        self.picture, self.colour, self.name = picture, colour, name or None


class Phone(Base):
    """One browser. Several people may use it, one at a time."""

    __tablename__ = "phone"

    id: Mapped[pk]
    label: Mapped[str] = mapped_column(sa.String(40))
    created: Mapped[moment]


class Session(Base):
    """One person signed in on one phone. Ending it is final: the token it was opened with is dead."""

    __tablename__ = "session"

    id: Mapped[pk]
    phone_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Phone.id))
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    token_digest: Mapped[digest]
    created: Mapped[moment]
    seen: Mapped[moment]
    ended_at: Mapped[maybe_moment]
    saver: Mapped[str | None] = mapped_column(sa.String(12))  # what may come by itself; None: as the browser asks
    proved_at: Mapped[maybe_moment]  # when she last showed a passkey here
    recovery_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("recovery.id"), index=True)
    without_roles: Mapped[bool] = mapped_column(default=False, server_default=sa.false())  # see sign_in.Recovery
    opened_at: Mapped[maybe_moment]  # when her PIN opened it; None: it was opened in another way
    locked_at: Mapped[maybe_moment]  # she is still on this phone, and nobody comes in without her PIN

    phone: Mapped[Phone] = relationship()
    person: Mapped[Person] = relationship()

    @classmethod
    def open(cls, person: Person, phone: Phone) -> tuple["Session", str]:
        """A new session and the token that proves it; only the phone ever holds the token."""
        token = secrets.token_urlsafe(24)
        session = cls(person=person, phone=phone, token_digest=fingerprint(token))
        db.session.add(session)
        db.session.flush()
        return session, token

    @classmethod
    def proven(cls, session_id: int, token: str) -> "Session | None":
        """The live session with this id, if the token is its own."""
        for session, person in db.session.execute(_live(), {"session": session_id}):
            sa.orm.attributes.set_committed_value(session, "person", person)
            return (
                session if hmac.compare_digest(session.token_digest, fingerprint(token)) and session.is_open else None
            )
        return None

    @classmethod
    def of(cls, person: Person) -> list["Session"]:
        """The phones that a person is signed in on, last used first."""
        live = sa.select(cls).where(cls.person_id == person.id, cls.ended_at.is_(None))
        return list(db.session.scalars(live.options(joinedload(cls.phone)).order_by(cls.seen.desc(), cls.id.desc())))

    @classmethod
    def owned(cls, person: Person, session_id: int) -> "Session | None":
        """A session of this person, also an ended one: ending it again costs nothing."""
        mine = sa.select(cls).where(cls.id == min(session_id, HIGHEST_ID), cls.person_id == person.id)
        return db.session.scalar(mine)

    @property
    def is_open(self) -> bool:
        """Not locked; and one that a PIN has opened lasts half a day, whatever the phone forgot to say."""
        return self.locked_at is None and (self.opened_at is None or self.opened_at > now() - HALF_A_DAY)

    def lock(self) -> None:
        """Her token opens nothing from now on; where no PIN could open it again, it ends."""
        if self.opened_at is None:
            self.end()
        else:
            self.locked_at = self.locked_at or now()

    def end(self) -> None:
        self.ended_at = self.ended_at or now()


@lru_cache(maxsize=1)
def _live() -> sa.Select[Session, Person]:
    wanted = sa.select(Session, Person).join(Session.person)
    return wanted.where(Session.id == sa.bindparam("session"), Session.ended_at.is_(None))


class Child(Base):
    """A child as her parent shows her: a picture, a colour, perhaps a nickname. Nothing more is asked."""

    __tablename__ = "child"

    id: Mapped[pk]
    parent_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    picture: Mapped[symbol]
    colour: Mapped[room]
    nickname: Mapped[str | None] = mapped_column(sa.String(LONGEST_NICKNAME))
    created: Mapped[moment]
    gone_at: Mapped[maybe_moment]

    parent: Mapped[Person] = relationship(back_populates="children")

    @classmethod
    def of(cls, person: Person) -> list["Child"]:
        kept = sa.select(cls).where(cls.parent_id == person.id, cls.gone_at.is_(None))
        return list(db.session.scalars(kept.order_by(cls.id)))

    @classmethod
    def owned(cls, person: Person, child_id: int) -> "Child | None":
        """A child of this person, also one that is gone: it may come back."""
        mine = sa.select(cls).where(cls.id == min(child_id, HIGHEST_ID), cls.parent_id == person.id)
        return db.session.scalar(mine)

    @classmethod
    def keep(cls, parent: Person, picture: str, colour: str, nickname: str) -> "Child":
        """The parent's child with this picture and nickname: made once, also when a slow phone asks twice."""
        db.session.execute(sa.select(Person.id).where(Person.id == parent.id).with_for_update())
        for kept in cls.of(parent):
            if (kept.picture, kept.nickname) == (picture, nickname or None):
                return kept
        made = cls(parent=parent, picture=picture, colour=colour, nickname=nickname or None)
        db.session.add(made)
        db.session.flush()
        return made

    def look(self, picture: str, colour: str, nickname: str) -> None:
        self.picture, self.colour, self.nickname = picture, colour, nickname or None

    def go(self) -> None:
        self.gone_at = self.gone_at or now()

    def come_back(self) -> None:
        self.gone_at = None
