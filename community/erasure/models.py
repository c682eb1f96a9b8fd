"""A person is to be erased: on a day, with a way back until then."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import Base, UtcDateTime, db, foreign, maybe_moment, moment, now, pk
from community.groups.membership import Membership, Standing
from community.groups.models import Group
from community.outbox.models import Outbox
from community.people.models import Person

WAY_BACK = timedelta(days=7)
NOTICE = timedelta(hours=48)  # for who was not here for years
OPEN = sa.text("done_at IS NULL AND undone_at IS NULL")


class Erasure(Base):
    """Of it nothing stays but this row: a number, and when."""

    __tablename__ = "erasure"

    id: Mapped[pk]
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    why: Mapped[str] = mapped_column(sa.String(10))  # asked · idle
    takes_voices: Mapped[bool] = mapped_column(default=True)  # and photos: what she recorded for others goes, too
    created: Mapped[moment]
    due: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[maybe_moment]
    done_at: Mapped[maybe_moment]

    person: Mapped[Person] = relationship()

    __table_args__ = (
        sa.Index("uq_erasure_open", "person_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )  # fmt: skip

    @classmethod
    def ask(cls, person: Person, *, takes_voices: bool = True, why: str = "asked") -> "Erasure":
        """Once, however often she taps."""
        if found := cls.of(person):
            found.takes_voices = takes_voices
            return found
        due = now() + (NOTICE if why == "idle" else WAY_BACK)
        made = cls(person=person, why=why, takes_voices=takes_voices, due=due)
        db.session.add(made)
        db.session.flush()
        person.asked_until = max(person.asked_until or due, due)  # her courtyard looks for it
        made.promise()
        return made

    def promise(self) -> None:
        Outbox.promise("erase", f"erase:{self.id}:{self.due:%Y%m%d%H%M}", self.due, erasure_id=self.id)

    @classmethod
    def of(cls, person: Person) -> "Erasure | None":
        """The one that is still to come."""
        mine = sa.select(cls).where(cls.person_id == person.id, cls.done_at.is_(None), cls.undone_at.is_(None))
        return db.session.scalar(mine)

    @classmethod
    def for_home(cls, person: Person) -> "Erasure | None":
        """Looked for only where there may be one."""
        return cls.of(person) if person.asked_until and person.asked_until > now() else None

    def undo(self) -> None:
        self.undone_at = self.undone_at or now()


def held_back(person: Person) -> list[Group]:
    """The communities that would be left with people and without an admin: she makes somebody else one first."""
    stand = Standing.of(person)
    tops = [held.group for held in stand.memberships if held.group.is_root and held.role == "admin"]
    return [root for root in tops if _has_others(root, person) and not _has_another_admin(root, person)]


def _has_others(root: Group, person: Person) -> bool:
    others = sa.select(Membership.id).where(Membership.community_id == root.id, Membership.person_id != person.id)
    return db.session.scalar(others.limit(1)) is not None


def _has_another_admin(root: Group, person: Person) -> bool:
    lasting = (Membership.role == "admin", Membership.role_until.is_(None), Membership.person_id != person.id)
    admins = sa.select(Membership.id).where(Membership.group_id == root.id, *lasting)
    return db.session.scalar(admins.limit(1)) is not None
