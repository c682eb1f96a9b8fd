"""Appointment: the offer of a role, in force when the other has tapped that she takes it on.

It is for one group and one role (or one office, or all that the issuer holds in the branch), once, until it expires,
and worth nothing from the moment at which the issuer may not appoint there any more. Of digits said aloud anybody may
try some: who came with them holds nothing before somebody who looks after the group has looked at her face.
"""

import base64
import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.audit.models import AuditEntry
from community.database import Base, BigId, UtcDateTime, db, digest, foreign, maybe_moment, moment, now, pk
from community.groups.bans import Ban
from community.groups.membership import Membership, Standing
from community.groups.models import Category, Group
from community.groups.silences import Silence
from community.http import derived
from community.people.blocks import Block
from community.people.models import Person, fingerprint
from community.people.sign_in import SPOKEN_DIGITS

LASTS = timedelta(days=7)
SPOKEN_LASTS = timedelta(days=2)
AGAIN = timedelta(seconds=10)  # the same wish within this time is a double tap
UNDO = timedelta(hours=24)
DELAY = timedelta(hours=24)  # before a whole courtyard changes hands


class Void(Exception):
    """The offer gives nothing: unknown, over, the issuer may not appoint any more, or it is not for this person."""


class Appointment(Base):
    __tablename__ = "appointment"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Group.id))
    category_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Category.id))  # an office, not a membership
    role: Mapped[str] = mapped_column(sa.String(10))
    hands_over: Mapped[bool] = mapped_column(default=False)
    until: Mapped[maybe_moment]
    issuer_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    person_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id), index=True)  # for her alone
    salt: Mapped[str] = mapped_column(sa.String(32))
    spoken: Mapped[bool] = mapped_column(default=False)
    code_digest: Mapped[digest] = mapped_column(unique=True)
    digits_digest: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    created: Mapped[moment]
    expires: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))  # came with the digits, and waits
    answer: Mapped[str | None] = mapped_column(sa.String(10))  # accepted · declined · withdrawn · undone · pending
    answered_at: Mapped[maybe_moment]
    answered_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))
    before: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)

    group: Mapped[Group] = relationship()
    category: Mapped[Category | None] = relationship()
    issuer: Mapped[Person] = relationship(foreign_keys=[issuer_id])
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    taker: Mapped[Person | None] = relationship(foreign_keys=[taken_by])

    @classmethod
    def offer(
        cls, group: Group, issuer: Person, *, role: str, category: Category | None = None, hands_over: bool = False,
        until: datetime | None = None, person: Person | None = None, spoken: bool = False,
    ) -> "Appointment":  # fmt: skip
        """A new offer, to this person or to whoever opens it first. Who may, the caller has asked."""
        made = cls(group=group, community_id=group.community_id, issuer=issuer, role=role, hands_over=hands_over)
        made.category, made.until, made.person, made.spoken = category, until, person, spoken
        made.salt = secrets.token_hex(16)
        made.code_digest = fingerprint(made.code)
        made.digits_digest = fingerprint(made.digits) if spoken else None
        made.expires = now() + (SPOKEN_LASTS if spoken else LASTS)
        db.session.add(made)
        db.session.flush()
        if person:
            person.asked_until = max(person.asked_until or made.expires, made.expires)
        made.note("offered", issuer)
        return made

    @property
    def code(self) -> str:
        """80 bits in 16 letters and digits: its address."""
        return base64.b32encode(self._raw[:10]).decode().lower()

    @property
    def digits(self) -> str:
        """Eight digits to say aloud. They lead to the address."""
        return f"{int.from_bytes(self._raw[10:18], 'big') % 10**SPOKEN_DIGITS:0{SPOKEN_DIGITS}}"

    @property
    def _raw(self) -> bytes:
        return bytes.fromhex(derived("appointment", self.salt))

    def note(self, action: str, by: Person, person_id: int | None = None) -> None:
        AuditEntry.add(
            f"role {action}", actor_id=by.id, community_id=self.community_id, group_id=self.group_id,
            subject_id=person_id or self.person_id, role=self.role, category=self.category_id, all=self.hands_over,
        )  # fmt: skip

    @classmethod
    def just_offered(cls, group: Group, issuer: Person, **terms: Any) -> "Appointment | None":
        """The same offer, made a moment ago."""
        mine = (cls.group_id == group.id, cls.issuer_id == issuer.id, cls.created > now() - AGAIN)
        alike = {"category": None, "hands_over": False, "until": None, **terms}
        fresh = db.session.scalars(sa.select(cls).where(*mine, cls.taken_by.is_(None)).order_by(cls.id.desc()))
        return next((one for one in fresh if one.is_open and all(getattr(one, at) == alike[at] for at in alike)), None)

    @classmethod
    def with_code(cls, code: str) -> "Appointment":
        """The offer at this address, whatever has become of it. Raises Void."""
        return cls._found(cls.code_digest == fingerprint(code))

    @classmethod
    def with_digits(cls, digits: str) -> "Appointment":
        """The offer with these digits that can still be taken on. Raises Void, the same for whatever reason."""
        found = cls._found(cls.digits_digest == fingerprint(digits))
        if not found.is_live:
            raise Void
        return found

    @classmethod
    def _found(cls, where: sa.ColumnElement[bool]) -> "Appointment":
        found = db.session.scalar(sa.select(cls).where(where).options(joinedload(cls.group), joinedload(cls.issuer)))
        if found is None:
            raise Void
        return found

    @property
    def is_open(self) -> bool:
        """Whether nothing has become of it yet: not whether it still gives something."""
        return self.answer is None and self.expires > now()

    @property
    def is_live(self) -> bool:
        return self.is_open and not self.group.rests and self.issuer_may

    @property
    def issuer_may(self) -> bool:
        """Whether the issuer looks after the group now; to hand over, she must do so in the group itself."""
        stand = Standing.of(self.issuer)
        if self.hands_over:
            return any(held.role == "admin" for held in stand.here(self.group))
        return stand.is_at_least("admin", self.group)

    @property
    def is_pending(self) -> bool:
        """Taken on, and a courtyard: until `changes_at` each of its owners, and who takes it, can stop it."""
        return self.answer == "pending"

    @property
    def changes_at(self) -> datetime:
        return (self.answered_at or self.created) + DELAY

    @property
    def undo_until(self) -> datetime:
        return (self.answered_at or self.created) + UNDO

    def is_for(self, person: Person) -> bool:
        """Whether this person may take it on: nobody takes what she offers, and a named offer is for one."""
        named = self.person_id is None or (self.person_id == person.id and not Silence.holds(person, self.group))
        return named and person.id != self.issuer_id and not Ban.holds(person, self.group)

    def is_unwelcome_to(self, person: Person) -> bool:
        """Whether it was offered to her by name, and she has left that group since."""
        return self.person_id == person.id and Silence.holds(person, self.group)

    @classmethod
    def of(cls, group: Group) -> list["Appointment"]:
        """What is offered in this group and not answered, or waits for its day, newest first."""
        waits = sa.or_(sa.and_(cls.answer.is_(None), cls.expires > now()), cls.answer == "pending")
        open_ones = sa.select(cls).where(cls.group_id == group.id, waits)
        whole = (joinedload(cls.issuer), joinedload(cls.person), joinedload(cls.taker), joinedload(cls.category))
        found = db.session.scalars(open_ones.options(*whole).order_by(cls.id.desc()).limit(50))
        return [one for one in found if one.issuer_may]

    @classmethod
    def for_home(cls, person: Person) -> list["Appointment"]:
        """What is offered to her by name, who came with her digits, what was handed over since yesterday; and which
        courtyard of hers changes hands tomorrow.
        """
        if person.asked_until is None or person.asked_until < now():
            return []
        named, unwanted = cls.person_id == person.id, Block.ids(person)
        if unwanted:  # whom she has blocked offers her nothing, and is not told so
            named = sa.and_(named, cls.issuer_id.not_in(unwanted))
        came = sa.and_(cls.issuer_id == person.id, cls.taken_by.is_not(None))
        waits = sa.and_(sa.or_(named, came), cls.answer.is_(None), cls.expires > now())
        hers = sa.or_(cls.person_id == person.id, cls.issuer_id == person.id)
        handed = sa.and_(hers, cls.hands_over, cls.answer == "accepted", cls.answered_at > now() - UNDO)
        owned = Membership.of_group(person, cls.group_id, "admin")
        pending = sa.and_(cls.answer == "pending", sa.or_(owned, cls.answered_by == person.id))
        found = db.session.scalars(
            sa.select(cls)
            .where(sa.or_(waits, handed, pending))
            .options(joinedload(cls.group))
            .order_by(cls.id)
            .limit(20)
        )
        return [one for one in found if one.answer or (one.is_live and not one.is_unwelcome_to(person))]

    def settle(self, answer: str, by: Person, *, was: str | None = None) -> None:
        """Take the offer out of the world, in one statement. Raises Void where somebody was faster."""
        cls = type(self)
        mine = sa.update(cls).where(cls.id == self.id, cls.answer.is_not_distinct_from(was)).returning(cls.id)
        if db.session.scalar(mine.values(answer=answer, answered_at=now(), answered_by=by.id)) is None:
            raise Void
        self.note(answer, by)

    def wait_with(self, person: Person) -> None:
        """She came with the digits: now somebody looks whether it is her. Raises Void where another came first."""
        cls = type(self)
        free = sa.or_(cls.taken_by.is_(None), cls.taken_by == person.id)
        mine = sa.update(cls).where(cls.id == self.id, cls.answer.is_(None), free).values(taken_by=person.id)
        if db.session.scalar(mine.returning(cls.id)) is None:
            raise Void
        self.issuer.asked_until = max(self.issuer.asked_until or self.expires, self.expires)

    def lock(self, person: Person) -> None:
        """Hold still who gives and who takes, in one order for everybody, and see them as they are now."""
        if self.group.is_root:
            db.session.execute(sa.select(Group.id).where(Group.id == self.group_id).with_for_update())
        both = sa.select(Membership).where(Membership.person_id.in_([self.issuer_id, person.id]))
        held = both.order_by(Membership.id).with_for_update().execution_options(populate_existing=True)
        db.session.scalars(held).all()
