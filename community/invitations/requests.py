"""Who would like to come in: a request, answered once, taken back for a while."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.audit.models import AuditEntry
from community.database import Base, BigId, db, foreign, maybe_moment, moment, now, pk
from community.groups.bans import Ban
from community.groups.membership import TAKE_BACK, Membership, admit
from community.groups.models import Group
from community.groups.offices import Office
from community.groups.silences import Silence
from community.invitations.doorway import DoorAnswer, forget
from community.people.models import Child, Person

if TYPE_CHECKING:
    from community.invitations.models import Invitation

WAITING = sa.text("answer IS NULL")
Row = TypeVar("Row", Membership, "JoinRequest")


class Ended(Exception):
    """The invitation does not open anything: unknown, expired, used up, revoked, or not for this person."""


class JoinRequest(Base):
    """Somebody who would like to come in. One a person, group and child; answered by who leads the group."""

    __tablename__ = "join_request"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Group.id))
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    child_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Child.id))
    invitation_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("invitation.id"))
    created: Mapped[moment]
    answer: Mapped[str | None] = mapped_column(sa.String(10))  # approved · declined · withdrawn
    answered_at: Mapped[maybe_moment]
    answered_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))

    has_answers: Mapped[bool] = mapped_column(default=False)  # she was asked something at the door

    group: Mapped[Group] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    child: Mapped[Child | None] = relationship()
    invitation: Mapped["Invitation | None"] = relationship()

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
        cls, group: Group, person: Person, child: Child | None = None, invitation: "Invitation | None" = None
    ) -> "JoinRequest":
        """The waiting request, made if there is none."""
        same = cls.child_id == child.id if child else cls.child_id.is_(None)
        waiting = sa.select(cls).where(cls.group_id == group.id, cls.person_id == person.id, same, cls.answer.is_(None))
        if found := db.session.scalar(waiting):
            return found
        asked = cls(group=group, community_id=group.community_id, person=person, invitation=invitation)
        asked.child_id = child.id if child else None
        Silence.end(person, group)
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
        """What she answered at the door goes at once."""
        if self._settle("declined", by):
            forget(DoorAnswer.request_id == self.id)

    def withdraw(self) -> None:
        if self.answer is None:
            self.answer = "withdrawn"
            forget(DoorAnswer.request_id == self.id)

    def answers_of(self) -> list[DoorAnswer]:
        """What she answered at the door, as long as it is kept."""
        return DoorAnswer.with_wish(self.id) if self.has_answers else []

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
            self.invitation.uses = type(self.invitation).uses - 1
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
