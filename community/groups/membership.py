"""Memberships, the roles they carry, and the gates that groups are fetched through.

A role held in a group holds in everything below it: to appoint, announce, archive and count, never to read talk.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from blinker import signal
from flask import g
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from community.audit.models import AuditEntry
from community.database import Base, BigId, db, foreign, maybe_moment, moment, pk
from community.groups.counter import Counter
from community.groups.measures import Measure
from community.groups.models import Group
from community.groups.offices import Office, Offices, Placed
from community.groups.silences import Silence
from community.groups.terms import HELD, Termed
from community.groups.terms import ROLES as ROLES
from community.http import NotYet
from community.people.models import Child, Person
from community.people.session import acts_without_roles

TAKE_BACK = timedelta(minutes=10)  # so long what was done to a membership can be undone
LEVELS = ("everything", "urgent", "nothing")
admitted = signal("admitted")  # sent with the Person, `held`: her new Membership, in the transaction that makes it


class LastAdmin(ValueError):
    """The root of a community must keep an admin."""


class Membership(Termed, Base):
    """A person in a group, perhaps for a child. It hears what is announced there and above, once."""

    __tablename__ = "membership"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id))
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    child_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Child.id))
    level: Mapped[str] = mapped_column(sa.String(10), default="everything")
    muted_until: Mapped[maybe_moment]
    heard_seq: Mapped[int] = mapped_column(BigId, default=0)
    greeted: Mapped[bool] = mapped_column(default=True, server_default=sa.true())  # has seen its rules: `home.arrival`
    created: Mapped[moment]

    group: Mapped[Group] = relationship()
    person: Mapped[Person] = relationship()
    child: Mapped[Child | None] = relationship()

    __table_args__ = (
        # Those below are partial: no planner takes them where nothing is said of children.
        sa.Index("ix_membership_group_id_person_id", "group_id", "person_id"),
        # NULL is never equal to NULL, so "no child" needs an index of its own.
        sa.Index(
            "uq_membership_group_id_person_id", "group_id", "person_id", unique=True,
            sqlite_where=sa.text("child_id IS NULL"), postgresql_where=sa.text("child_id IS NULL"),
        ),
        sa.Index(
            "uq_membership_group_id_person_id_child_id", "group_id", "person_id", "child_id", unique=True,
            sqlite_where=sa.text("child_id IS NOT NULL"), postgresql_where=sa.text("child_id IS NOT NULL"),
        ),
        sa.Index("ix_membership_roles", "group_id", sqlite_where=sa.text(HELD), postgresql_where=sa.text(HELD)),
    )  # fmt: skip

    @classmethod
    def together(cls, group_id: int, person_id: int) -> list["Membership"]:
        """All that one person holds in one group: her own, and one for each child. The strongest role comes first."""
        held = sa.select(cls).where(cls.group_id == group_id, cls.person_id == person_id).order_by(cls.id)
        found = db.session.scalars(held.options(joinedload(cls.child), joinedload(cls.person)))
        return sorted(found, key=lambda one: -ROLES.index(one.role))

    @classmethod
    def of_group(cls, person: Person, group_id: Any, role: str) -> sa.ColumnElement[bool]:
        """Of anything that has a group: whether the person holds this role in it herself, now."""
        return sa.exists().where(cls.group_id == group_id, cls.person_id == person.id, cls.role == role)

    def appoint(self, role: str, by: Person, until: datetime | None = None) -> None:
        """Change the person's role in this group, for all her children at once; it may end on a date.

        The last admin of a root stays one, also when two demotions race: LastAdmin. Who never heard that it
        was done, and says it again, changes nothing.
        """
        if role != "admin" or until:
            self.leave_an_admin(Membership.person_id != self.person_id)
        together = Membership.together(self.group_id, self.person_id)
        if all((held.held_role, held.role_until, held.role_by) == (role, until, by.id) for held in together):
            return
        AuditEntry.add(
            "appointed", actor_id=by.id, community_id=self.community_id, group_id=self.group_id,
            subject_id=self.person_id, role=role, until=until and until.isoformat(),
        )  # fmt: skip
        for held in together:
            held.role = role
            held.has_role_until(until, by.id)

    def end(self) -> None:
        """Leave the group. The last admin of a root can not; nor, from where she is without her roles, who has one."""
        if self.silent and (self.held_role != "member" or self.has_office):
            raise NotYet
        if self.role == "admin":
            self.leave_an_admin(Membership.id != self.id)
        if self.has_office:
            Office.end_with(self.group_id, self.person)
        db.session.delete(self)

    def leave_an_admin(self, others: sa.ColumnElement[bool]) -> None:
        """Raise LastAdmin where none of these others is admin of this root, without a date at which it ends.

        The root's row is locked while we look.
        """
        if self.group_id != self.community_id:
            return
        db.session.execute(sa.select(Group.id).where(Group.id == self.group_id).with_for_update())
        admins = sa.select(Membership.id).where(Membership.group_id == self.group_id, Membership.role == "admin")
        if db.session.scalar(admins.where(others, Membership.role_until.is_(None)).limit(1)) is None:
            raise LastAdmin


@dataclass
class Standing:
    """All memberships of one person: what every gate asks. Read once a request, in one query; offices in another."""

    person: Person
    memberships: list[Membership]
    offices: Offices = field(default_factory=lambda: Offices([]))

    @classmethod
    def of(cls, person: Person) -> "Standing":
        found = db.session.execute(_of_person(), {"person": person.id}).all()
        for held, group, child in found:
            set_committed_value(held, "group", group)
            set_committed_value(held, "child", child)
        memberships = [held for held, _group, _child in found]
        if acts_without_roles(person):
            for held in memberships:
                held.silent = True
            return cls(person, memberships)
        return cls(person, memberships, Offices(Office.of(person) if any(o.has_office for o in memberships) else []))

    def inside(self, group: Placed) -> list[Membership]:
        """Memberships in the group or anywhere below it."""
        path = group.path
        return [held for held in self.memberships if held.group.path.startswith(path)]

    def here(self, group: Placed) -> list[Membership]:
        """Memberships in the group itself: her own, and one for each child."""
        return [held for held in self.memberships if held.group_id == group.id]

    def hears(self, group: Placed) -> bool:
        """Whether what is announced in the group reaches this person."""
        return bool(self.inside(group))

    def role_in(self, group: Placed) -> str | None:
        """The strongest role held in the group or above it; None where there is no membership on that line."""
        return max((role for _where, role in self.held_on(group)), key=ROLES.index, default=None)

    def held_on(self, group: Placed) -> list[tuple[int, str]]:
        """(group, role) for all that is held on the line down to this group, by membership or office."""
        path = group.path
        held = [(one.group_id, one.role) for one in self.memberships if f"/{one.group_id}/" in path]
        return [*held, *self.offices.on(group)]

    def is_at_least(self, role: str, group: Placed) -> bool:
        held = self.role_in(group)
        return held is not None and ROLES.index(held) >= ROLES.index(role)

    def may_announce(self, group: Group) -> bool:
        if group.rests or Measure.silencing(self.person, group):
            return False
        return self.is_at_least("admin", group) or (group.posting == "everyone" and bool(self.here(group)))

    def communities(self) -> set[int]:
        """Those that she is in now, and those that came below another one with her."""
        once = {one.root for held in self.memberships if held.group.joined for one in held.group.joins}
        return {held.community_id for held in self.memberships} | once

    def leads(self) -> list[Group]:
        """The groups in which this person approves and answers for others."""
        return [held.group for held in self.memberships if held.role in ("admin", "moderator")]


@lru_cache(maxsize=1)
def _of_person() -> sa.Select[Membership, Group, Child]:
    """Three models side by side: cheaper than having them joined into one, and every page asks."""
    mine = sa.select(Membership, Group, Child).join(Membership.group).outerjoin(Membership.child)
    return mine.where(Membership.person_id == sa.bindparam("person")).order_by(Membership.id)


def standing(person: Person) -> Standing:
    """The person's standing, read once a request; a write that changes it calls `forget_standing`."""
    kept: Standing | None = g.get("standing")
    if kept is None or kept.person.id != person.id:
        kept = g.standing = Standing.of(person)
    return kept


def forget_standing() -> None:
    g.pop("standing", None)


def admit(group: Group, person: Person, child: Child | None = None, role: str = "member") -> Membership:
    """Make the person a member, perhaps for a child. Doing it again gives the same membership."""
    child_id = child.id if child else None
    same = Membership.child_id == child_id if child_id else Membership.child_id.is_(None)
    held = db.session.scalar(
        sa.select(Membership).where(Membership.group_id == group.id, Membership.person_id == person.id, same)
    )
    if held is None:
        together = Membership.together(group.id, person.id)
        # What was said before she came is there to read, and is not new to her.
        heard = Counter.now_at(group.community_id)
        held = Membership(
            group=group,
            community_id=group.community_id,
            person=person,
            child=child,
            role=role,
            heard_seq=heard,
            greeted=bool(together),
        )
        if together:  # what she wants to hear of the group is one thing, however many children she comes for
            held.level, held.muted_until = together[0].level, together[0].muted_until
        db.session.add(held)
        db.session.flush()
        Silence.end(person, group)
        admitted.send(person, held=held)
    forget_standing()
    return held
