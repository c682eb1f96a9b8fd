"""An office bearer of a sheet: a card with a way in that gives a role, once somebody has said that it is her.

Her name is there for the card and for that moment. It is erased when the card was used, refused or has run out.
"""

import base64
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.audit.models import AuditEntry
from community.bringing.known import lots
from community.bringing.models import BroughtSheet
from community.bringing.wanted import Place
from community.database import Base, BigId, UtcDateTime, db, digest, foreign, maybe_moment, moment, now, pk
from community.groups.bans import Ban
from community.groups.membership import ROLES, Membership, admit
from community.groups.models import Group
from community.http import derived
from community.people.models import Person, fingerprint

LASTS = timedelta(days=30)


class Ended(Exception):
    """The card opens nothing: unknown, used, run out, or not for this person."""


class Bearer(Base):
    """Who shall hold a role in a group, by a sheet. One for each group and role, however often the sheet comes."""

    __tablename__ = "office_bearer"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id))
    sheet_id: Mapped[foreign] = mapped_column(sa.ForeignKey(BroughtSheet.id))
    role: Mapped[str] = mapped_column(sa.String(10))
    name: Mapped[str | None] = mapped_column(sa.String(60))
    salt: Mapped[str] = mapped_column(sa.String(32))
    code_digest: Mapped[digest] = mapped_column(unique=True)
    created: Mapped[moment]
    expires: Mapped[datetime] = mapped_column(UtcDateTime)
    person_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id), index=True)  # who came with the card
    came_at: Mapped[maybe_moment]
    answer: Mapped[str | None] = mapped_column(sa.String(10))  # yes · no
    answered_at: Mapped[maybe_moment]
    answered_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))

    group: Mapped[Group] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])

    __table_args__ = (sa.UniqueConstraint("group_id", "role"),)

    @property
    def code(self) -> str:
        """80 bits in 16 letters and digits. Not in the database, where only its fingerprint is."""
        return code_of(self.salt)

    @classmethod
    def with_code(cls, code: str) -> "Bearer":
        """The card with this code, if it opens something yet. Raises Ended."""
        found = db.session.scalar(sa.select(cls).where(cls.code_digest == fingerprint(code)))
        if found is None or found.answer or found.expires <= now() or found.group.rests:
            raise Ended
        return found

    @classmethod
    def below(cls, group: Group) -> sa.Select["Bearer"]:
        """Cards of the whole branch, by place."""
        mine = sa.select(cls).join(Group, cls.group_id == Group.id).where(Group.below(group.path))
        return mine.order_by(Group.path, cls.id).options(joinedload(cls.group))

    @classmethod
    def open_below(cls, group: Group) -> sa.Select["Bearer"]:
        """Those that nobody has come with yet."""
        return cls.below(group).where(cls.person_id.is_(None), cls.expires > now(), Group.rests.is_(False))

    @classmethod
    def waiting_below(cls, group: Group) -> list["Bearer"]:
        """Those who came, and whom nobody has said yes or no to."""
        came = cls.below(group).where(cls.person_id.is_not(None), cls.answer.is_(None), cls.expires > now())
        return list(db.session.scalars(came.options(joinedload(cls.person)).limit(100)))

    def take(self, person: Person) -> None:
        """This person came with the card. One can: a second one gets Ended, and so does who is banned."""
        if self.person_id == person.id:
            return
        if Ban.holds(person, self.group):
            raise Ended
        cls = type(self)
        free = sa.update(cls).where(cls.id == self.id, cls.person_id.is_(None), cls.expires > now())
        if db.session.scalar(free.values(person_id=person.id, came_at=now()).returning(cls.id)) is None:
            raise Ended

    def confirm(self, by: Person) -> None:
        """It is her: she is a member with her role from now on, and her name on the sheet is gone."""
        if self.person is None or not self._settle("yes", by):
            return
        if Ban.holds(self.person, self.group) or self.group.rests:
            raise Ended
        admit(self.group, self.person)
        held = Membership.together(self.group_id, self.person.id)[0]
        if ROLES.index(held.role) < ROLES.index(self.role):  # a card takes no role away
            held.appoint(self.role, by)

    def turn_away(self, by: Person) -> None:
        """It is not her. The card opens nothing any more."""
        if self._settle("no", by):
            self._note("turned away", by)

    def _settle(self, answer: str, by: Person) -> bool:
        """Take it in one statement; False where somebody else answered first, or it ran out."""
        cls = type(self)
        mine = sa.update(cls).where(cls.id == self.id, cls.answer.is_(None), cls.expires > now())
        taken = mine.values(answer=answer, answered_at=now(), answered_by=by.id, name=None).returning(cls.id)
        return db.session.scalar(taken) is not None

    def _note(self, action: str, by: Person) -> None:
        AuditEntry.add(
            action, actor_id=by.id, community_id=self.community_id, group_id=self.group_id, subject_id=self.person_id
        )


def code_of(salt: str) -> str:
    return base64.b32encode(bytes.fromhex(derived("office", salt))[:10]).decode().lower()


def invite(sheet: BroughtSheet, places: Iterable[Place], placed: dict[str, int]) -> None:
    """A card for each office bearer who has none; a card that nobody used gets the sheet's name, and its time anew."""
    wanted = {(placed[one.code], one.role): one.bearer for one in places if one.role and one.code in placed}
    there = _there({group_id for group_id, _role in wanted})
    new = [_card(sheet, *key, name) for key, name in wanted.items() if key not in there]
    if new:
        db.session.execute(sa.insert(Bearer), new)
    for key in wanted.keys() & there.keys():
        _renew(there[key], wanted[key])


def _there(group_ids: set[int]) -> dict[tuple[int, str], Bearer]:
    rows = (
        one for lot in lots(group_ids) for one in db.session.scalars(sa.select(Bearer).where(Bearer.group_id.in_(lot)))
    )
    return {(one.group_id, one.role): one for one in rows}


def _card(sheet: BroughtSheet, group_id: int, role: str, name: str) -> dict[str, Any]:
    salt = secrets.token_hex(16)
    return {
        "community_id": sheet.community_id, "group_id": group_id, "sheet_id": sheet.id, "role": role,
        "name": name or None, "salt": salt, "code_digest": fingerprint(code_of(salt)), "expires": now() + LASTS,
    }  # fmt: skip


def _renew(card: Bearer, name: str) -> None:
    if card.person_id is None and (card.name != (name or None) or card.expires <= now()):
        card.name, card.expires = name or None, now() + LASTS


def forget_names() -> None:
    """Erase the names on cards that have run out."""
    db.session.execute(sa.update(Bearer).where(Bearer.expires <= now(), Bearer.name.is_not(None)).values(name=None))
