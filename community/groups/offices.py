"""An office: one person, one role, in all groups of a category in a branch. One row, however many groups there are;
a group that gets the category tomorrow is hers tomorrow.

It hangs on her membership in the branch, and ends with it. Who holds none costs no statement.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.audit.models import NOBODY, AuditEntry
from community.database import Base, BigId, UtcDateTime, db, foreign, maybe_moment, moment, now, pk
from community.groups.models import Category, Group, GroupCategory
from community.people.models import Person


class Placed(Protocol):
    """What has a place in the tree: a group, or its door."""

    @property
    def id(self) -> int: ...
    @property
    def path(self) -> str: ...


class Office(Base):
    __tablename__ = "office"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Group.id))  # the branch
    category_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Category.id))
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    role: Mapped[str] = mapped_column(sa.String(10))
    until: Mapped[maybe_moment]
    created: Mapped[moment]
    given_by: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Person.id))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))

    group: Mapped[Group] = relationship()
    category: Mapped[Category] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    giver: Mapped[Person] = relationship(foreign_keys=[given_by])

    __table_args__ = (
        sa.Index(
            "uq_office_held", "group_id", "category_id", "person_id", unique=True,
            sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    @classmethod
    def lasts(cls) -> sa.ColumnElement[bool]:
        return sa.and_(cls.ended_at.is_(None), sa.or_(cls.until.is_(None), cls.until > now()))

    @classmethod
    def of(cls, person: Person) -> list["Office"]:
        mine = sa.select(cls).where(cls.person_id == person.id, cls.lasts()).order_by(cls.id)
        return list(db.session.scalars(mine.options(joinedload(cls.group), joinedload(cls.category))))

    @classmethod
    def over(cls, group: Group) -> list["Office"]:
        """The offices that hold in this group: of a category that it carries, given here or above."""
        carried = sa.select(GroupCategory.category_id).where(GroupCategory.group_id == group.id)
        found = sa.select(cls).where(cls.group_id.in_(group.lineage), cls.category_id.in_(carried), cls.lasts())
        whole = (joinedload(cls.person), joinedload(cls.group), joinedload(cls.category), joinedload(cls.giver))
        return list(db.session.scalars(found.options(*whole).order_by(cls.id).limit(200)))

    @property
    def held_in(self) -> sa.ColumnElement[bool]:
        """Of groups: whether this office holds there."""
        carried = sa.select(GroupCategory.group_id).where(GroupCategory.category_id == self.category_id)
        return sa.and_(Group.below(self.group.path), Group.id.in_(carried))

    def stands_at(self, group_id: Any) -> sa.ColumnElement[bool]:
        """Of a column of groups: whether it begins there, which is where its category begins, and not below."""
        begins = sa.select(GroupCategory.group_id).join(Group, Group.id == GroupCategory.group_id)
        begins = begins.where(GroupCategory.category_id == self.category_id, GroupCategory.own, self.held_in)
        carries = sa.select(GroupCategory.group_id).where(
            GroupCategory.category_id == self.category_id, GroupCategory.group_id == self.group_id
        )
        return sa.or_(group_id.in_(carries), group_id.in_(begins))

    @property
    def is_held_anew(self) -> bool:
        """Whether she was given the same office again after this one had ended."""
        cls = type(self)
        same = (cls.group_id == self.group_id, cls.category_id == self.category_id, cls.person_id == self.person_id)
        return db.session.scalar(sa.select(cls.id).where(*same, cls.ended_at.is_(None)).limit(1)) is not None

    def begin_again(self, by: Person) -> None:
        self.ended_at = self.ended_by = None
        self.note("office given", by)

    def end(self, by: Person) -> None:
        if self.ended_at is None:
            self.ended_at, self.ended_by = now(), by.id
            self.note("office ended", by)

    def note(self, action: str, by: Person) -> None:
        AuditEntry.add(
            action, actor_id=by.id, community_id=self.community_id, group_id=self.group_id, subject_id=self.person_id,
            category=self.category_id, role=self.role,
        )  # fmt: skip

    @classmethod
    def end_with(cls, group_id: int, person: Person) -> None:
        """She is not in the branch any more: what hung on that is over. The log says that it ended, and not whose."""
        held = sa.select(cls).where(cls.group_id == group_id, cls.person_id == person.id, cls.ended_at.is_(None))
        for office in db.session.scalars(held):
            office.ended_at, office.ended_by = now(), person.id
            AuditEntry.add(
                "office ended", actor_id=NOBODY, community_id=office.community_id, group_id=group_id,
                category=office.category_id, role=office.role,
            )  # fmt: skip


@dataclass
class Offices:
    """Those of one person, as her standing asks for them."""

    held: list[Office]
    known: dict[int, list[tuple[int, str]]] = field(default_factory=dict)

    def begin_in(self) -> sa.Select[int]:
        """Ids of the groups in which they begin to hold: one statement, however many she has."""
        begins = (
            sa.and_(
                GroupCategory.category_id == one.category_id,
                sa.or_(sa.and_(GroupCategory.own, Group.below(one.group.path)), Group.id == one.group_id),
            )
            for one in self.held
        )
        found = sa.select(GroupCategory.group_id).join(Group, Group.id == GroupCategory.group_id)
        return found.where(sa.or_(*begins))

    def on(self, group: Placed) -> list[tuple[int, str]]:
        """(group, role): where on the line down to this group an office begins to hold, and which role it is."""
        if not self.held:
            return []
        if group.id not in self.known:
            self.learn([group])
        return self.known[group.id]

    def learn(self, groups: Sequence[Placed]) -> None:
        """Ask for all of these at once: whoever holds no office asks nothing, who does asks one thing."""
        if not self.held:
            return
        lines = {group.id: [int(step) for step in group.path.strip("/").split("/")] for group in groups}
        carriers = _carriers({step for line in lines.values() for step in line}, self.held)
        for group_id, line in lines.items():
            self.known[group_id] = list(self._on(line, carriers))

    def _on(self, line: list[int], carriers: set[tuple[int, int]]) -> Iterator[tuple[int, str]]:
        for office in self.held:
            below = line[line.index(office.group_id) :] if office.group_id in line else []
            yield from [(step, office.role) for step in below if (step, office.category_id) in carriers][:1]


def _carriers(steps: set[int], offices: list[Office]) -> set[tuple[int, int]]:
    cls = GroupCategory
    wanted = (cls.group_id.in_(steps), cls.category_id.in_({office.category_id for office in offices}))
    return {
        (group_id, number)
        for group_id, number in db.session.execute(sa.select(cls.group_id, cls.category_id).where(*wanted))
    }
