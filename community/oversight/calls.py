"""Calling the admin of a group: her phones ring once, and her courtyard says so for three days."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.database import Base, BigId, db, foreign, moment, now, pk
from community.groups.membership import Membership
from community.groups.models import Group
from community.languages import gettext as _
from community.languages import speaking
from community.notifications.payload import call
from community.notifications.ring import LASTS, Ring
from community.outbox.models import Outbox
from community.people.models import Person

STANDS = LASTS  # so long her courtyard says so
AGAIN = timedelta(days=1)  # so long a second call of the same admin is the first one


class AdminCall(Base):
    """Somebody above asks an admin to look at her group."""

    __tablename__ = "admin_call"

    id: Mapped[pk]
    community_id: Mapped[int] = mapped_column(BigId)
    group_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Group.id))
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    called_by: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Person.id))
    created: Mapped[moment]

    group: Mapped[Group] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    caller: Mapped[Person] = relationship(foreign_keys=[called_by])

    @classmethod
    def ring(cls, group: Group, by: Person) -> int:
        """Call all admins that the group has itself, but not whom somebody called today; how many were called."""
        called = {one.person_id for one in cls._lately(group)}
        people = [person for person in admins_of(group) if person.id not in {*called, by.id}]
        for person in people:
            cls._call(group, person, by)
        if people:
            group.note("called", by)
        return len(people)

    @classmethod
    def _lately(cls, group: Group) -> list["AdminCall"]:
        return list(db.session.scalars(sa.select(cls).where(cls.group_id == group.id, cls.created > now() - AGAIN)))

    @classmethod
    def _call(cls, group: Group, person: Person, by: Person) -> None:
        made = cls(community_id=group.community_id, group=group, person=person, caller=by)
        db.session.add(made)
        db.session.flush()
        person.asked_until = max(person.asked_until or now(), now() + STANDS)  # her courtyard looks for it
        Outbox.promise("call-admin", f"call-admin:{made.id}", call_id=made.id)

    @classmethod
    def for_home(cls, person: Person) -> list["AdminCall"]:
        """What this person was called for and may still do; looked for only where there may be anything."""
        if person.asked_until is None or person.asked_until < now():
            return []
        mine = sa.select(cls).where(cls.person_id == person.id, cls.created > now() - STANDS)
        mine = mine.options(joinedload(cls.group), joinedload(cls.caller)).order_by(cls.id.desc()).limit(10)
        newest = {found.group_id: found for found in reversed(list(db.session.scalars(mine)))}
        return [found for found in newest.values() if found.is_wanted()]

    def is_wanted(self) -> bool:
        """Whether she still is who looks after it."""
        return not self.group.rests and self.person_id in {person.id for person in admins_of(self.group)}


def admins_of(group: Group) -> list[Person]:
    held = sa.select(Membership.person_id).where(Membership.group_id == group.id, Membership.role == "admin")
    return list(db.session.scalars(sa.select(Person).where(Person.id.in_(held)).order_by(Person.id).limit(20)))


class CallAdmin(Ring):
    """Its argument is `call_id`. It names no group: others may look at her phone, too."""

    def called(self, row: Outbox) -> tuple[Person, Callable[[], bytes]] | None:
        found = db.session.get(AdminCall, row.args["call_id"])
        if found is None or not found.is_wanted() or found.created < now() - STANDS:
            return None
        return found.person, partial(_body, found)


def _body(found: AdminCall) -> bytes:
    language = found.person.language
    with speaking(language):
        return call(_("Somebody asks you to look at your group."), language, "/", f"c{found.id}")
