"""Ways for one person onto another phone."""

import secrets
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.database import Base, BigId, db, digest, foreign, moment, now, pk
from community.people.models import Person, fingerprint

SPOKEN_DIGITS = 8


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

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    issuer: Mapped[Person | None] = relationship(foreign_keys=[issuer_id])

    @classmethod
    def issue(
        cls, person: Person, *, issuer: Person | None, spoken: bool = False, lasts: timedelta, uses: int = 1
    ) -> str:
        """The code, in plain; only its fingerprint is kept. Earlier codes for the person end.

        Those of many uses stay: only the demo prints such, and its page must not go stale.
        """
        db.session.execute(sa.update(cls).where(cls.person_id == person.id, cls.uses_left == 1).values(uses_left=0))
        code = f"{secrets.randbelow(10**SPOKEN_DIGITS):0{SPOKEN_DIGITS}}" if spoken else secrets.token_urlsafe(16)
        expires = now() + lasts
        made = cls(person=person, issuer_id=issuer and issuer.id, code_digest=fingerprint(code))
        made.expires, made.uses_left = expires, uses
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
