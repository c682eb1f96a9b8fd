"""Ways for one person onto another phone, and how sure it is that it is she."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.database import Base, BigId, db, digest, foreign, maybe_moment, moment, now, pk
from community.people.leaving import leave
from community.people.models import Person, Session, fingerprint

SPOKEN_DIGITS = 8
REFUSABLE = timedelta(hours=24)
JUST = timedelta(minutes=10)  # digits asked for again so soon are for the same way back


class Recovery(Base):
    """Somebody comes back by a code that an admin gave, or that was sent to her number: perhaps it is not she.

    What opens so acts without her roles, until an admin above says that it is she (`restore`). For a day, each of her
    other phones can refuse it. The mark stands on the session and is read with it, in each request.
    """

    __tablename__ = "recovery"

    id: Mapped[pk]
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    issuer_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))  # None: by her number
    created: Mapped[moment]
    used_at: Mapped[maybe_moment]
    refused_at: Mapped[maybe_moment]
    restored_at: Mapped[maybe_moment]
    restored_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    issuer: Mapped[Person | None] = relationship(foreign_keys=[issuer_id])

    @classmethod
    def begin(cls, person: Person, issuer: Person | None) -> "Recovery":
        """A way back for her; who asks twice for the digits begins one. Her phones say so while they can refuse it."""
        person.asked_until = max(person.asked_until or now(), now() + REFUSABLE + timedelta(hours=1))
        db.session.flush()  # her row is ours from here on: of two taps at once the second finds what the first began
        begun = cls._just_begun(person, issuer) or cls(person=person, issuer=issuer)
        db.session.add(begun)
        db.session.flush()
        return begun

    @classmethod
    def _just_begun(cls, person: Person, issuer: Person | None) -> "Recovery | None":
        same = (cls.person_id == person.id, cls.issuer_id == (issuer.id if issuer else None))
        unused = (cls.used_at.is_(None), cls.refused_at.is_(None), cls.created > now() - JUST)
        return db.session.scalar(sa.select(cls).where(*same, *unused).order_by(cls.id.desc()).limit(1))

    @property
    def refusable_until(self) -> datetime:
        return (self.used_at or self.created) + REFUSABLE

    def can_be_refused_on(self, phone: Session) -> bool:
        """Not by what it opened itself, nor by a phone that came back like that."""
        fresh = self.refused_at is None and now() < self.refusable_until
        return fresh and not phone.without_roles and phone.recovery_id != self.id

    @classmethod
    def refusable(cls, phone: Session) -> list["Recovery"]:
        """What this phone can refuse now, newest first. Asks nothing where nobody comes back."""
        until = phone.person.asked_until
        if until is None or until < now() or phone.without_roles:
            return []
        fresh = (cls.refused_at.is_(None), sa.func.coalesce(cls.used_at, cls.created) > now() - REFUSABLE)
        mine = sa.select(cls).where(cls.person_id == phone.person_id, *fresh).options(joinedload(cls.issuer))
        found = db.session.scalars(mine.order_by(cls.id.desc()).limit(5))
        return [one for one in found if one.can_be_refused_on(phone)]

    @classmethod
    def waiting(cls, person: Person) -> "Recovery | None":
        """The latest by which a phone of hers is open, and nobody has said yet that it is she."""
        live = sa.select(Session.recovery_id).where(
            Session.person_id == person.id, Session.ended_at.is_(None), Session.without_roles
        )
        mine = sa.select(cls).where(cls.id.in_(live), cls.restored_at.is_(None), cls.refused_at.is_(None))
        return db.session.scalar(mine.order_by(cls.id.desc()).limit(1).options(joinedload(cls.issuer)))

    def refuse(self) -> None:
        """It was not she: what it opened is closed at once, and the code opens nothing."""
        self.refused_at = self.refused_at or now()
        codes = sa.update(SignInCode).where(SignInCode.recovery_id == self.id)
        db.session.execute(codes.values(uses_left=0))
        for own in db.session.scalars(sa.select(Session).where(Session.recovery_id == self.id)):
            leave(own)

    def restore(self, by: Person) -> None:
        """It is she: all that came back by this has her roles again, from the next request on."""
        self.restored_at, self.restored_by = now(), by.id
        mine = sa.update(Session).where(Session.recovery_id == self.id)
        db.session.execute(mine.values(without_roles=False))


class SignInCode(Base):
    """A way for one person onto another phone: a link or QR, or eight digits said aloud. It runs out."""

    __tablename__ = "sign_in_code"

    id: Mapped[pk]
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    issuer_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))
    code_digest: Mapped[digest] = mapped_column(unique=True)
    created: Mapped[moment]
    expires: Mapped[moment]
    uses_left: Mapped[int] = mapped_column(default=1)
    recovery_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Recovery.id), index=True)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    issuer: Mapped[Person | None] = relationship(foreign_keys=[issuer_id])
    recovery: Mapped[Recovery | None] = relationship()

    @classmethod
    def issue(
        cls, person: Person, *, issuer: Person | None, spoken: bool = False, lasts: timedelta, uses: int = 1,
        recovery: Recovery | None = None,
    ) -> str:  # fmt: skip
        """The code, in plain; only its fingerprint is kept. Earlier codes for the person end.

        Those of many uses stay: only the demo prints such, and its page must not go stale.
        """
        db.session.execute(sa.update(cls).where(cls.person_id == person.id, cls.uses_left == 1).values(uses_left=0))
        code = f"{secrets.randbelow(10**SPOKEN_DIGITS):0{SPOKEN_DIGITS}}" if spoken else secrets.token_urlsafe(16)
        expires = now() + lasts
        made = cls(person=person, issuer_id=issuer and issuer.id, code_digest=fingerprint(code))
        made.expires, made.uses_left, made.recovery = expires, uses, recovery
        db.session.add(made)
        return code

    @classmethod
    def find(cls, code: str, *, spoken: bool = False) -> "SignInCode | None":
        """The live code, unspent. Digits are few: they are found only where tries are counted (`spoken`)."""
        if spoken != (code.isdecimal() and len(code) == SPOKEN_DIGITS):
            return None
        live = (cls.code_digest == fingerprint(code), cls.uses_left > 0, cls.expires > now())
        return db.session.scalar(sa.select(cls).where(*live).options(joinedload(cls.person)))

    @classmethod
    def given_to(cls, person: Person) -> list["SignInCode"]:
        """The codes that others gave for this person's room within thirty days, newest first, with who it was."""
        given = (cls.person_id == person.id, cls.issuer_id.is_not(None), cls.created > now() - timedelta(days=30))
        wanted = sa.select(cls).where(*given).options(joinedload(cls.issuer))
        return list(db.session.scalars(wanted.order_by(cls.id.desc()).limit(5)))

    def spend(self) -> bool:
        """Take one use; False when somebody else was first."""
        cls = type(self)
        left = sa.update(cls).where(cls.id == self.id, cls.uses_left > 0).values(uses_left=cls.uses_left - 1)
        return bool(db.session.execute(left.returning(cls.id)).scalar())

    def mark(self, own: Session) -> None:
        """What this code opened is as sure as the code was."""
        own.recovery_id, own.without_roles = self.recovery_id, self.recovery_id is not None
        if self.recovery:
            self.recovery.used_at = self.recovery.used_at or now()
