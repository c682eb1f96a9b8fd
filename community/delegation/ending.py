"""The end of a role. Whoever's day has passed has lost it already (`Membership.role`); here it is written down,
and she is told on her courtyard.
"""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.audit.models import AuditEntry
from community.database import Base, db, foreign, maybe_moment, moment, now, pk
from community.groups.membership import Membership
from community.groups.models import Group
from community.groups.offices import Office
from community.outbox.models import LATER, Outbox
from community.people.models import Person

TOLD_FOR = timedelta(days=30)


class RoleEnd(Base):
    """A role that has ended by its date: told until she has seen it, for a month."""

    __tablename__ = "role_end"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Group.id))
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    role: Mapped[str] = mapped_column(sa.String(10))
    created: Mapped[moment]
    seen_at: Mapped[maybe_moment]

    group: Mapped[Group] = relationship()

    @classmethod
    def for_home(cls, person: Person) -> list["RoleEnd"]:
        if person.asked_until is None or person.asked_until < now():
            return []
        fresh = (cls.person_id == person.id, cls.seen_at.is_(None), cls.created > now() - TOLD_FOR)
        return list(db.session.scalars(sa.select(cls).where(*fresh).options(joinedload(cls.group)).order_by(cls.id)))


def promise_end(held: Membership) -> None:
    """Write it down when the day has come. Another day by then, or another role: the promise finds nothing to do."""
    if held.role_until:
        key = f"role-end:{held.id}:{held.role_until:%Y%m%d%H%M%S}"
        Outbox.promise("role-end", key, held.role_until, rank=LATER, membership_id=held.id)


def promise_office_end(office: Office) -> None:
    db.session.flush()
    if office.until:
        Outbox.promise("office-end", f"office-end:{office.id}", office.until, rank=LATER, office_id=office.id)


def end_role(membership_id: int) -> None:
    """What the outbox does on the day."""
    held = db.session.get(Membership, membership_id, populate_existing=True)
    if held is None or held.role_until is None or held.role_until > now() or held.held_role == "member":
        return
    _tell(held.person, held.group, held.held_role)
    _note("role ended", held.role_by or held.person_id, held.group, held.person_id, role=held.held_role)
    for one in Membership.together(held.group_id, held.person_id):
        one.role = "member"
        one.has_role_until(None, held.role_by or held.person_id)


def end_office(office_id: int) -> None:
    office = db.session.get(Office, office_id, populate_existing=True)
    if office is None or office.ended_at or office.until is None or office.until > now():
        return
    _tell(office.person, office.group, office.role)
    office.end(office.giver)
    forget_flag(office)


def forget_flag(office: Office) -> None:
    """Without an office left in this branch, her standing need not ask for any."""
    db.session.flush()
    hers = (Office.group_id == office.group_id, Office.person_id == office.person_id, Office.ended_at.is_(None))
    if db.session.scalar(sa.select(Office.id).where(*hers).limit(1)) is None:
        for held in Membership.together(office.group_id, office.person_id):
            held.has_office = False


def _tell(person: Person, group: Group, role: str) -> None:
    db.session.add(RoleEnd(group=group, community_id=group.community_id, person_id=person.id, role=role))
    until = now() + TOLD_FOR
    person.asked_until = max(person.asked_until or until, until)


def _note(action: str, actor_id: int, group: Group, subject_id: int, **details: str) -> None:
    AuditEntry.add(
        action, actor_id=actor_id, community_id=group.community_id, group_id=group.id, subject_id=subject_id, **details
    )
