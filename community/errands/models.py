"""An errand and its deeds: rows, so that whoever dies between two batches loses nothing and repeats nothing."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.audit.models import AuditEntry
from community.database import Base, BigId, db, foreign, maybe_moment, moment, now, pk
from community.errands.kinds import Kind, Refused, kind_of
from community.groups.membership import Standing
from community.groups.models import Group
from community.outbox.models import LATER, Outbox
from community.people.models import Person

BATCH = 50  # deeds a commit
TAKE_BACK = timedelta(days=7)
Given = Mapping[str, Any]


class Errand(Base):
    """Work begun by a person in a group. Over when it ended or was stopped; then it can be undone for a week."""

    __tablename__ = "errand"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id), index=True)
    person_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Person.id))
    kind: Mapped[str] = mapped_column(sa.String(40))
    key: Mapped[str] = mapped_column(sa.String(80))
    given: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    turns: Mapped[int] = mapped_column(default=0)  # batches that were promised
    created: Mapped[moment]
    ended_at: Mapped[maybe_moment]
    stopped_at: Mapped[maybe_moment]
    stopped_for: Mapped[str | None] = mapped_column(sa.String(40))  # the key of a reason; none: somebody stopped it
    undo_at: Mapped[maybe_moment]  # since when it is being undone
    undo_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))
    undone_at: Mapped[maybe_moment]

    group: Mapped[Group] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])

    __table_args__ = (sa.UniqueConstraint("person_id", "key"),)

    @property
    def what(self) -> Kind:
        return kind_of(self.kind)

    @property
    def is_over(self) -> bool:
        return bool(self.ended_at or self.stopped_at)

    @property
    def runs(self) -> bool:
        return not self.is_over or self.is_being_undone

    @property
    def is_being_undone(self) -> bool:
        return bool(self.undo_at and not self.undone_at)

    @property
    def until(self) -> datetime | None:
        """Until when it can be undone; None where it can not, or has been."""
        over = self.ended_at or self.stopped_at
        if over is None or self.undo_at or not self.done or not self.what.undoable or now() >= over + TAKE_BACK:
            return None
        return over + TAKE_BACK

    def is_led_by(self, person: Person) -> bool:
        """Whether she holds, now, the role that this work needs."""
        return Standing.of(person).is_at_least(self.what.role, self.group)

    def inside(self, group_id: int, *, awake: bool = False) -> Group:
        """A group in the part of the tree where this errand is held, as it is now. Raises Refused."""
        group = db.session.get(Group, group_id)
        if group is None or not group.path.startswith(self.group.path):
            raise Refused("gone")
        if awake and group.rests:
            raise Refused("rests")
        return group

    def add(self, whats: Iterable[Given]) -> None:
        """More deeds, after those that are there. Not once it is over."""
        rows = (self._row(number, what) for number, what in enumerate(whats, self.total + 1))
        while some := list(islice(rows, 1000)):
            db.session.execute(sa.insert(Deed), some)
            self.total = some[-1]["number"]

    def _row(self, number: int, what: Given) -> dict[str, Any]:
        own = {"community_id": self.community_id, "errand_id": self.id, "number": number}
        return {**own, "what": dict(what), "outcome": "waiting", "reason": ""}

    def go_on(self) -> None:
        """Promise the next batch, in the commit of this one."""
        self.turns += 1
        Outbox.promise("errand", f"errand:{self.id}:{self.turns}", rank=LATER, errand=self.id)

    def stop(self, reason: str | None = None, by: Person | None = None) -> None:
        """Do no more of it. What was done stays done."""
        if self.is_over:
            return
        self.stopped_at, self.stopped_for = now(), reason
        self.note("errand stopped", by or self.person, reason=reason)

    def take_back(self, by: Person) -> None:
        """Undo it, the last deed first, in batches of its own."""
        self.undo_at, self.undo_by, self.stopped_for = now(), by.id, None
        self.note("errand undone", by)
        self.go_on()

    def note(self, action: str, by: Person, **details: Any) -> None:
        AuditEntry.add(
            action, actor_id=by.id, community_id=self.community_id, group_id=self.group_id, errand=self.id,
            kind=self.kind, **details,
        )  # fmt: skip

    @classmethod
    def locked(cls, number: int) -> "Errand | None":
        """The errand as it is now; who stops it waits for this batch."""
        held = sa.select(cls).where(cls.id == number).with_for_update()
        return db.session.scalar(held.execution_options(populate_existing=True))

    @classmethod
    def of(cls, person: Person, most: int = 50) -> list["Errand"]:
        """What she began, the latest first."""
        return list(
            db.session.scalars(sa.select(cls).where(cls.person_id == person.id).order_by(cls.id.desc()).limit(most))
        )

    @classmethod
    def under_way(cls, group: Group, most: int = 20) -> list["Errand"]:
        """What runs in this group, whoever began it."""
        runs = sa.or_(
            sa.and_(cls.ended_at.is_(None), cls.stopped_at.is_(None)),
            sa.and_(cls.undo_at.is_not(None), cls.undone_at.is_(None)),
        )
        return list(
            db.session.scalars(sa.select(cls).where(cls.group_id == group.id, runs).order_by(cls.id).limit(most))
        )


class Deed(Base):
    """One step of an errand: waiting · done · refused; after an undo undone, or kept where it could not be undone."""

    __tablename__ = "deed"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    errand_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Errand.id))
    number: Mapped[int]
    what: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    outcome: Mapped[str] = mapped_column(sa.String(8), default="waiting")
    reason: Mapped[str] = mapped_column(sa.String(40), default="")
    before: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))

    __table_args__ = (
        sa.UniqueConstraint("errand_id", "number"),
        sa.Index("ix_deed_of", "errand_id", "outcome", "number"),
    )

    @classmethod
    def some(cls, errand: Errand, outcome: str, most: int, *, last_first: bool = False) -> list["Deed"]:
        order = cls.number.desc() if last_first else cls.number
        found = sa.select(cls).where(cls.errand_id == errand.id, cls.outcome == outcome)
        return list(db.session.scalars(found.order_by(order).limit(most)))

    def settle(self, act: Callable[[], Any], good: str, bad: str) -> None:
        """Do it, or write down why not. What a refused deed had begun is taken back."""
        try:
            with db.session.begin_nested():
                before = act()
        except Refused as no:
            self.outcome, self.reason = bad, no.reason
        except IntegrityError:
            self.outcome, self.reason = bad, "changed"
        else:
            self.outcome, self.reason = good, ""
            self.before = before if good == "done" else self.before


def begin(  # noqa: PLR0917  the words of one sentence
    kind: str, group: Group, person: Person, key: str, given: Given, whats: Iterable[Given]
) -> Errand:
    """Begin an errand in the caller's transaction. The same person's same key gives the same errand.

    `whats` says what each deed is about: `{"group": id}`, or whatever the kind reads, with a "name" for its line.
    """
    known = db.session.scalar(sa.select(Errand).where(Errand.person_id == person.id, Errand.key == key))
    if known:
        return known
    errand = Errand(
        community_id=group.community_id, group=group, person=person, kind=kind, key=key, given=dict(given), total=0,
        done=0, refused=0, turns=0,
    )  # fmt: skip
    db.session.add(errand)
    db.session.flush()
    errand.add(whats)
    errand.note("errand begun", person, total=errand.total)
    errand.go_on()
    return errand
