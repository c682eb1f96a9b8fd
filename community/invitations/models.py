"""A code is derived from its row and a secret; only its fingerprint is kept. Few digits only ever let a person ask."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.audit.models import AuditEntry
from community.database import Base, BigId, UtcDateTime, db, digest, foreign, maybe_moment, moment, now, pk
from community.groups.bans import Ban
from community.groups.membership import TAKE_BACK, Membership, admit
from community.groups.models import Group
from community.groups.offices import Office
from community.http import derived
from community.people.models import Child, Person, fingerprint
from community.people.sign_in import SPOKEN_DIGITS

LASTS, SPOKEN_LASTS = timedelta(days=30), timedelta(days=2)
WAITING = sa.text("answer IS NULL")
Row = TypeVar("Row", Membership, "JoinRequest")


class Ended(Exception):
    """The invitation does not open anything: unknown, expired, used up, revoked, or not for this person."""


class Invitation(Base):
    """A way into one group. It expires, can be counted, and can be revoked."""

    __tablename__ = "invitation"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Group.id))
    inviter_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Person.id))
    salt: Mapped[str] = mapped_column(sa.String(32))
    spoken: Mapped[bool] = mapped_column(default=False)
    code_digest: Mapped[digest] = mapped_column(unique=True)
    created: Mapped[moment]
    expires: Mapped[datetime] = mapped_column(UtcDateTime)
    most_uses: Mapped[int | None]
    uses: Mapped[int] = mapped_column(default=0)
    revoked_at: Mapped[maybe_moment]
    revoked_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))

    group: Mapped[Group] = relationship()
    inviter: Mapped[Person] = relationship(foreign_keys=[inviter_id])

    @classmethod
    def make(
        cls, group: Group, inviter: Person, *, spoken: bool = False, most_uses: int | None = None,
        lasts: timedelta | None = None,
    ) -> "Invitation":  # fmt: skip
        """A new invitation; `lasts` is 30 days for a link and 2 for spoken digits, unless given."""
        made = cls(group=group, community_id=group.community_id, inviter=inviter, spoken=spoken, most_uses=most_uses)
        made.salt = secrets.token_hex(16)
        made.code_digest = fingerprint(made.code)
        made.expires = now() + (lasts or (SPOKEN_LASTS if spoken else LASTS))
        db.session.add(made)
        AuditEntry.add("invited", actor_id=inviter.id, community_id=group.community_id, group_id=group.id)
        return made

    @property
    def code(self) -> str:
        """80 bits in 16 letters and digits, or eight digits to say aloud."""
        raw = bytes.fromhex(derived("invitation", self.salt))
        if self.spoken:
            return f"{int.from_bytes(raw[:8], 'big') % 10**SPOKEN_DIGITS:0{SPOKEN_DIGITS}}"
        return base64.b32encode(raw[:10]).decode().lower()

    @property
    def is_live(self) -> bool:
        used_up = self.most_uses is not None and self.uses >= self.most_uses
        return not (self.revoked_at or used_up or self.expires <= now() or self.group.rests)

    @property
    def asks(self) -> bool:
        """Whether it opens onto a request instead of the group."""
        return self.spoken or self.group.joining == "ask"

    @classmethod
    def with_code(cls, code: str, *, spoken: bool = False) -> "Invitation":
        """The live invitation with this code. Raises Ended, the same for unknown, expired, used and revoked ones."""
        wanted = sa.select(cls).where(cls.code_digest == fingerprint(code), cls.spoken == spoken)
        found = db.session.scalar(wanted.options(joinedload(cls.group), joinedload(cls.inviter)))
        if found is None or not found.is_live:
            raise Ended
        return found

    @classmethod
    def of(cls, group: Group) -> list["Invitation"]:
        """The group's live invitations, newest first."""
        wanted = sa.select(cls).where(cls.group_id == group.id, cls.revoked_at.is_(None), cls.expires > now())
        return [found for found in db.session.scalars(wanted.order_by(cls.id.desc()).limit(50)) if found.is_live]

    def redeem(self, person: Person, child: Child | None = None) -> "Membership | JoinRequest":
        """Make the person a member, or note that she asks to be one. Opening the link again costs nothing.

        Raises Ended for banned people and when the last place has gone.
        """
        if held := self._membership_of(person, child):
            return held
        if Ban.holds(person, self.group):
            raise Ended
        if self.asks:
            return JoinRequest.ask(self.group, person, child, self)
        # Admit first: a second tap then collides on the membership, not on the spent place.
        held = admit(self.group, person, child)
        self.spend_one_use()
        return held

    def _membership_of(self, person: Person, child: Child | None) -> Membership | None:
        same = Membership.child_id == child.id if child else Membership.child_id.is_(None)
        mine = (Membership.group_id == self.group_id, Membership.person_id == person.id, same)
        return db.session.scalar(sa.select(Membership).where(*mine))

    def spend_one_use(self) -> None:
        """Take one place, in one statement; Ended when there is none left."""
        cls = type(self)
        left = sa.or_(cls.most_uses.is_(None), cls.uses < cls.most_uses)
        spent = sa.update(cls).where(cls.id == self.id, cls.revoked_at.is_(None), left).values(uses=cls.uses + 1)
        if db.session.scalar(spent.returning(cls.id)) is None:
            raise Ended

    def revoke(self, by: Person) -> None:
        if self.revoked_at is None:
            self.revoked_at, self.revoked_by = now(), by.id
            AuditEntry.add("revoked", actor_id=by.id, community_id=self.community_id, group_id=self.group_id)


class JoinRequest(Base):
    """Somebody who would like to come in. One a person, group and child; answered by who leads the group."""

    __tablename__ = "join_request"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Group.id))
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    child_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Child.id))
    invitation_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Invitation.id))
    created: Mapped[moment]
    answer: Mapped[str | None] = mapped_column(sa.String(10))  # approved · declined · withdrawn
    answered_at: Mapped[maybe_moment]
    answered_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))

    group: Mapped[Group] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    child: Mapped[Child | None] = relationship()
    invitation: Mapped[Invitation | None] = relationship()

    __table_args__ = (
        sa.Index(
            "uq_join_request_waiting", "group_id", "person_id", unique=True,
            sqlite_where=sa.text("answer IS NULL AND child_id IS NULL"),
            postgresql_where=sa.text("answer IS NULL AND child_id IS NULL"),
        ),
        sa.Index("ix_join_request_waiting", "id", sqlite_where=WAITING, postgresql_where=WAITING),
    )  # fmt: skip

    @classmethod
    def ask(
        cls, group: Group, person: Person, child: Child | None = None, invitation: Invitation | None = None
    ) -> "JoinRequest":
        """The waiting request, made if there is none."""
        same = cls.child_id == child.id if child else cls.child_id.is_(None)
        waiting = sa.select(cls).where(cls.group_id == group.id, cls.person_id == person.id, same, cls.answer.is_(None))
        if found := db.session.scalar(waiting):
            return found
        asked = cls(group=group, community_id=group.community_id, person=person, invitation=invitation)
        asked.child_id = child.id if child else None
        db.session.add(asked)
        db.session.flush()
        return asked

    @classmethod
    def waiting_for(cls, leads: list[Group], offices: Sequence[Office] = ()) -> list["JoinRequest"]:
        """What waits below these groups, or where these offices hold, oldest first, each with person and group."""
        helps = [office.held_in for office in offices if office.role in ("admin", "moderator")]
        if not leads and not helps:
            return []
        ranges = sa.or_(*(Group.below(group.path) for group in leads), *helps)
        wanted = sa.select(cls).join(Group, cls.group_id == Group.id).where(cls.answer.is_(None), ranges)
        wanted = wanted.options(joinedload(cls.person), joinedload(cls.group), joinedload(cls.child))
        return list(db.session.scalars(wanted.order_by(cls.id).limit(50)))

    @classmethod
    def of(cls, person: Person) -> list["JoinRequest"]:
        """What this person is waiting for."""
        mine = sa.select(cls).where(cls.person_id == person.id, cls.answer.is_(None))
        return list(db.session.scalars(mine.options(joinedload(cls.group)).order_by(cls.id)))

    def approve(self, by: Person) -> None:
        """Let the person in. Raises Ended where she was banned or the last place of her invitation is gone."""
        if not self._settle("approved", by):
            return
        if Ban.holds(self.person, self.group) or self.group.rests or (self.child and self.child.gone_at):
            raise Ended
        admit(self.group, self.person, self.child)
        if self.invitation:
            self.invitation.spend_one_use()

    def decline(self, by: Person) -> None:
        self._settle("declined", by)

    def _settle(self, answer: str, by: Person) -> bool:
        """Take the request in one statement; False when somebody else answered first."""
        mine = sa.update(JoinRequest).where(JoinRequest.id == self.id, JoinRequest.answer.is_(None))
        taken = mine.values(answer=answer, answered_at=now(), answered_by=by.id).returning(JoinRequest.id)
        if db.session.scalar(taken) is None:
            return False
        self._note(answer, by)
        return True

    @property
    def can_be_undone(self) -> bool:
        """For a while after the answer: later it is no slip of the thumb, and removing has its own gate."""
        return self.answer in ("approved", "declined") and (self.answered_at or self.created) > now() - TAKE_BACK

    def undo(self, by: Person) -> bool:
        """Back to waiting. False where it is too late, she asked again, or was given something to look after."""
        cls, answer, held = type(self), self.answer, self._hers(Membership)
        again = answer == "declined" and self._hers(cls, cls.answer.is_(None))
        if not self.can_be_undone or again or (held and held.role != "member"):
            return False
        mine = sa.update(cls).where(cls.id == self.id, cls.answer == answer).returning(cls.id)
        if db.session.scalar(mine.values(answer=None, answered_at=None, answered_by=None)) is None:
            db.session.refresh(self)
            return self.answer is None  # another thumb was a moment faster
        if held and answer == "approved":
            held.end()
        if self.invitation and answer == "approved":
            self.invitation.uses = Invitation.uses - 1
        self._note("undone", by)
        return True

    def _hers(self, row: type[Row], *more: sa.ColumnElement[bool]) -> Row | None:
        """The row for the same person, group and child: a membership, or another wish."""
        same = row.child_id == self.child_id if self.child_id else row.child_id.is_(None)
        where = (row.group_id == self.group_id, row.person_id == self.person_id, same)
        return db.session.scalar(sa.select(row).where(*where, *more).limit(1))

    def _note(self, action: str, by: Person) -> None:
        AuditEntry.add(
            action, actor_id=by.id, community_id=self.community_id, group_id=self.group_id, subject_id=self.person_id
        )
