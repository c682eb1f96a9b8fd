"""Passkey: a lock on her own phone that proves who she is. Number: where a code may be sent, known by a mark alone."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.database import Base, BigId, UtcDateTime, db, digest, foreign, maybe_moment, moment, now, pk
from community.http import derived
from community.people.models import Person, Session, fingerprint

LASTING = timedelta(hours=24)
MOST = 5  # passkeys of one person


class Passkey(Base):
    """The public half of a key that a phone keeps. Never required; who has one shows it before roles change hands."""

    __tablename__ = "passkey"

    id: Mapped[pk]
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    credential: Mapped[str] = mapped_column(sa.Text)  # base64url, as the phone calls it
    credential_digest: Mapped[digest] = mapped_column(unique=True)
    public_key: Mapped[str] = mapped_column(sa.Text)  # base64url of a COSE key
    sign_count: Mapped[int] = mapped_column(BigId, default=0)
    label: Mapped[str] = mapped_column(sa.String(40))
    created: Mapped[moment]
    used_at: Mapped[maybe_moment]
    asks_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # set with its removal

    person: Mapped[Person] = relationship()

    @classmethod
    def of(cls, person: Person) -> list["Passkey"]:
        mine = sa.select(cls).where(cls.person_id == person.id, cls.asks_until.is_(None))
        return list(db.session.scalars(mine.order_by(cls.id)))

    @classmethod
    def asks(cls, person: Person) -> bool:
        """Whether she has to show one before roles change hands: also for a day after one was removed without it."""
        still = sa.or_(cls.asks_until.is_(None), cls.asks_until > now())
        return db.session.scalar(sa.select(cls.id).where(cls.person_id == person.id, still).limit(1)) is not None

    @classmethod
    def called(cls, credential: str) -> "Passkey | None":
        """The live one with this name, and whose it is."""
        mine = sa.select(cls).where(cls.credential_digest == fingerprint(credential), cls.asks_until.is_(None))
        return db.session.scalar(mine.options(joinedload(cls.person)))

    @classmethod
    def keep(cls, person: Person, credential: str, public_key: str, sign_count: int, label: str) -> "Passkey":
        made = cls(person=person, credential=credential, credential_digest=fingerprint(credential), label=label)
        made.public_key, made.sign_count = public_key, sign_count
        db.session.add(made)
        db.session.flush()
        return made

    def used(self, sign_count: int, own: Session) -> None:
        """It was shown on this phone, now: that it is she is sure again, however she came in."""
        self.sign_count, self.used_at = sign_count, now()
        own.proved_at, own.without_roles = now(), False

    def remove(self, *, shown: bool) -> None:
        """It opens nothing any more. Where it was not shown before, it is still asked for, for a day: a thief of an
        open phone can not simply take it away.
        """
        self.asks_until = now() if shown else now() + LASTING


class Number(Base):
    """Where a code may be sent. The number itself is not kept: only a mark that this server alone can make of it."""

    __tablename__ = "number"

    id: Mapped[pk]
    person_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Person.id), unique=True)
    mark: Mapped[digest]
    code_digest: Mapped[str | None] = mapped_column(sa.String(64))  # of the digits that prove it
    expires: Mapped[maybe_moment]
    proven_at: Mapped[maybe_moment]
    created: Mapped[moment]

    person: Mapped[Person] = relationship()

    __table_args__ = (
        sa.Index(
            "uq_number_mark", "mark", unique=True, sqlite_where=sa.text("proven_at IS NOT NULL"),
            postgresql_where=sa.text("proven_at IS NOT NULL"),
        ),
    )  # fmt: skip

    @classmethod
    def of(cls, person: Person) -> "Number | None":
        return db.session.scalar(sa.select(cls).where(cls.person_id == person.id))

    @classmethod
    def proven(cls, mark: str) -> "Number | None":
        mine = sa.select(cls).where(cls.mark == mark, cls.proven_at.is_not(None))
        return db.session.scalar(mine.options(joinedload(cls.person)))

    @classmethod
    def claim(cls, person: Person, mark: str) -> "Number":
        """Hers once the digits that go there have come back. One that she had proven is forgotten."""
        found = cls.of(person) or cls(person=person)
        found.mark, found.proven_at, found.code_digest = mark, None, None
        db.session.add(found)
        db.session.flush()
        return found

    def prove(self, digits: str) -> bool:
        """Whoever has the number now has it: from somebody who had it before it is taken."""
        right = self.code_digest == fingerprint(digits) and self.expires is not None and self.expires > now()
        if right:
            db.session.execute(sa.delete(Number).where(Number.mark == self.mark, Number.id != self.id))
            self.proven_at, self.code_digest = now(), None
        return right

    def forget(self) -> None:
        db.session.delete(self)


def mark_of(number: str) -> str:
    """What is kept of a number: without this server's secret, trying all numbers finds none."""
    return derived("number", number)


def sms_is_on() -> bool:
    return bool(current_app.config["SMS"] != "none")
