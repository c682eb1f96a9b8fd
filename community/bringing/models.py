"""A sheet on its way into the tree, and the code by which a place is found again.

A sheet waits in parts: its wanted places, parents first. A part is brought in whole or not at all.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from community.database import Base, BigId, db, foreign, maybe_moment, moment, now, pk
from community.groups.membership import Standing
from community.groups.models import Group
from community.people.models import Person

PART = 500  # places that are brought in by one commit
KEPT = timedelta(days=7)  # so long a sheet waits for a yes, and can be undone afterwards
BUSY = ("reading", "coming", "undoing")


class PlaceCode(Base):
    """The code that an organisation gives a place: what a later sheet finds the group by."""

    __tablename__ = "place_code"

    community_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id), unique=True)


class BroughtSheet(Base):
    """A file that an admin brought, from its dry run to its undo.

    `state`: reading · refused · checked · coming · stopped · done · undoing · halted (a stopped undo) · undone.
    """

    __tablename__ = "brought_sheet"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Group.id))
    person_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Person.id))
    key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    raw: Mapped[bytes | None] = deferred(mapped_column(sa.LargeBinary))
    state: Mapped[str] = mapped_column(sa.String(10), default="reading")
    reason: Mapped[str] = mapped_column(sa.String(12), default="")  # why it was refused, or has stopped
    counts: Mapped[dict[str, int]] = mapped_column(sa.JSON, default=dict)  # what would be, by the dry run
    problems: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    parts: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)  # parts; going down while it is undone
    tries: Mapped[int] = mapped_column(default=0)  # how often somebody said yes or undo
    made: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)  # places that could not be brought in, or not be undone
    created: Mapped[moment]
    ended_at: Mapped[maybe_moment]
    asked_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))  # who said yes, or undo, last

    group: Mapped[Group] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    asker: Mapped[Person | None] = relationship(foreign_keys=[asked_by])

    @classmethod
    def of(cls, group: Group) -> list["BroughtSheet"]:
        """The latest sheets for this group, newest first."""
        wanted = sa.select(cls).where(cls.group_id == group.id)
        return list(db.session.scalars(wanted.order_by(cls.id.desc()).limit(20)))

    @property
    def is_busy(self) -> bool:
        return self.state in BUSY

    @property
    def until(self) -> datetime:
        """The last moment at which it can be undone."""
        return (self.ended_at or self.created) + KEPT

    @property
    def can_be_undone(self) -> bool:
        fresh = self.ended_at is not None and self.until > now()
        return self.state in ("done", "stopped", "halted") and fresh and self.done > 0

    @property
    def hindered(self) -> str:
        """Why it can not go on: who said yes is no admin here any more, or the group rests. '' where it can."""
        if self.asker is None or not Standing.of(self.asker).is_at_least("admin", self.group):
            return "role"
        return "rests" if self.group.rests and self.state == "coming" else ""

    def go(self, state: str, by: Person) -> None:
        self.state, self.asked_by, self.reason, self.ended_at = state, by.id, "", None
        self.asker, self.tries = by, self.tries + 1

    def stop(self, reason: str) -> None:
        self.state = "halted" if self.state == "undoing" else "stopped"
        self.reason, self.ended_at = reason, now()

    def part(self, number: int) -> "SheetPart":
        return db.session.get_one(SheetPart, (self.id, number))


class SheetPart(Base):
    """Some hundred places of a sheet: what is wanted until they are brought in, and then what became of each."""

    __tablename__ = "sheet_part"

    sheet_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(BroughtSheet.id), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    wanted: Mapped[list[Any]] = mapped_column(sa.JSON)  # wanted.Place
    became: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)  # [group, None or its name, level before]
