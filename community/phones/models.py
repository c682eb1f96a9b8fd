"""Pin: a person's picture and six digits on one phone. It exists there and nowhere else."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import (
    Base,
    BigId,
    UtcDateTime,
    db,
    digest,
    foreign,
    maybe_moment,
    moment,
    now,
    pk,
    room,
    symbol,
)
from community.http import derived
from community.people.models import HIGHEST_ID, Person, Phone
from community.phones.digits import opens, sealed

FREE = 5  # tries without a wait
WAITS = (1, 5, 30, 120, 600)  # minutes after the fifth wrong one, the sixth, …
MOST = FREE + len(WAITS)  # wrong ones on one phone; then only a new way in helps
MOST_OF_PERSON = 2 * MOST  # wrong ones on all of her phones together


class Pin(Base):
    __tablename__ = "pin"

    id: Mapped[pk]
    phone_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Phone.id))
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    picture: Mapped[symbol]
    colour: Mapped[room]
    digits: Mapped[str] = mapped_column(sa.String(120))  # argon2id, under our secret
    seed: Mapped[digest]  # what her key on this phone is made of; gone with the row
    tries: Mapped[int] = mapped_column(default=0)
    wait_until: Mapped[maybe_moment]
    created: Mapped[moment]

    person: Mapped[Person] = relationship()

    __table_args__ = (sa.UniqueConstraint("phone_id", "person_id"),)

    @classmethod
    def on(cls, phone_id: int) -> list["Pin"]:
        """The people of this phone, who came first first."""
        return list(db.session.scalars(sa.select(cls).where(cls.phone_id == phone_id).order_by(cls.id)))

    @classmethod
    def of(cls, phone_id: int, person_id: int) -> "Pin | None":
        return db.session.scalar(sa.select(cls).where(cls.phone_id == phone_id, cls.person_id == person_id))

    @classmethod
    def standing_on(cls, phone_id: int, pin_id: int) -> "Pin | None":
        """This one, if it is of this very phone: on another one it does not exist."""
        here = sa.select(cls).where(cls.id == min(pin_id, HIGHEST_ID), cls.phone_id == phone_id)
        return db.session.scalar(here.options(sa.orm.joinedload(cls.person)))

    @classmethod
    def keep(cls, phone_id: int, person: Person, digits: str, picture: str, colour: str) -> "Pin":
        """Her digits here from now on. What was counted against her is forgotten: she has come in by herself."""
        found = cls.of(phone_id, person.id) or cls(phone_id=phone_id, person=person, seed=secrets.token_hex(32))
        found.picture, found.colour, found.digits = picture, colour, sealed(digits, found.seed)
        db.session.add(found)
        db.session.flush()
        found.forgive()
        return found

    @classmethod
    def forget(cls, phone_id: int, person_id: int) -> None:
        """She is no longer on this phone. What it still holds of her nobody can read any more."""
        db.session.execute(sa.delete(cls).where(cls.phone_id == phone_id, cls.person_id == person_id))

    def answer(self, digits: str) -> bool:
        """Whether these are her digits; counted before they are looked at, in the same commit."""
        right = self._count_one() and opens(self.digits, digits, self.seed)
        if right:
            self.forgive()
        db.session.refresh(self)
        return right

    def _count_one(self) -> bool:
        """Count a try, on this phone and of this person; False where it must wait and is not looked at."""
        return _counted(Pin, Pin.id == self.id, MOST) and PinTries.count_one(self.person_id)

    def forgive(self) -> None:
        """What was counted here, and of her."""
        none = sa.update(Pin).where(Pin.id == self.id).values(tries=0, wait_until=None)
        db.session.execute(none.execution_options(synchronize_session=False))
        db.session.refresh(self)
        db.session.execute(sa.delete(PinTries).where(PinTries.person_id == self.person_id))

    @property
    def needs_help(self) -> bool:
        """Whether waiting is of no use any more."""
        counted = db.session.scalar(sa.select(PinTries.tries).where(PinTries.person_id == self.person_id)) or 0
        return self.tries >= MOST or counted >= MOST_OF_PERSON

    @property
    def waits_until(self) -> datetime | None:
        """Until when no try is taken; None: now is fine."""
        hers = db.session.scalar(sa.select(PinTries.wait_until).where(PinTries.person_id == self.person_id))
        latest = max((at for at in (self.wait_until, hers) if at), default=None)
        return latest if latest and latest > now() else None

    def keys(self) -> str:
        """What the phone seals her things with, as hex: 32 bytes that encrypt, 32 that name. The same each time."""
        return derived("pin seals", self.seed) + derived("pin names", self.seed)


class PinTries(Base):
    """What was tried for one person, on all of her phones together."""

    __tablename__ = "pin_tries"

    person_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Person.id), primary_key=True, autoincrement=False)
    tries: Mapped[int] = mapped_column(default=0)
    wait_until: Mapped[maybe_moment]

    @classmethod
    def count_one(cls, person_id: int) -> bool:
        there = "INSERT INTO pin_tries (person_id, tries) VALUES (:person, 0) ON CONFLICT (person_id) DO NOTHING"
        db.session.execute(sa.text(there), {"person": person_id})
        return _counted(cls, cls.person_id == person_id, MOST_OF_PERSON)


def _counted(table: type[Pin] | type[PinTries], which: sa.ColumnElement[bool], most: int) -> bool:
    """Look and count in one statement: of a hundred tries at once no more than there are are taken."""
    free, at = most - len(WAITS), now()
    waits = [(table.tries + 1 == free + n, _moment(at + timedelta(minutes=wait))) for n, wait in enumerate(WAITS)]
    open_now = (table.tries < most, sa.or_(table.wait_until.is_(None), table.wait_until <= at))
    counted = sa.update(table).where(which, *open_now)
    counted = counted.values(tries=table.tries + 1, wait_until=sa.case(*waits, else_=None))
    counted = counted.returning(table.tries).execution_options(synchronize_session=False)
    return bool(db.session.execute(counted).scalar())


def _moment(at: datetime) -> sa.BindParameter[datetime]:
    return sa.literal(at, UtcDateTime())
