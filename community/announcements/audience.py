"""Whom an announcement is for: a group and all below it, of these only some categories, of their people some roles.

The one rule, which feed, fan-out, counts and "why did I get this" all follow: whoever is in a group below (by a
membership, as for everything that is heard) that carries any of the categories, and holds the role there: in it or
above it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from community.database import Base, BigId, db, foreign, pk
from community.groups.membership import ROLES, Membership
from community.groups.models import Category, Group, GroupCategory
from community.groups.offices import Office

EVERYBODY = "member"
HOLDERS = sa.text("role <> 'member'")
sa.Index(  # who holds a role: few among many
    "ix_membership_strong", Membership.community_id, Membership.person_id, sqlite_where=HOLDERS,
    postgresql_where=HOLDERS,
)  # fmt: skip
MOST = 12  # categories that one announcement is narrowed to


class Aimed(Protocol):
    """What says whom it is for: an audience, or one that nobody has announced to yet."""

    @property
    def group(self) -> Any: ...
    @property
    def role(self) -> Any: ...
    @property
    def narrowed(self) -> Any: ...


@dataclass(frozen=True)
class Aim:
    """An audience that is not kept."""

    group: Group
    narrowed: str = ""
    role: str = EVERYBODY

    @classmethod
    def at(cls, group: Group, categories: Iterable[Category] = (), role: str = EVERYBODY) -> "Aim":
        return cls(group, narrow(category.id for category in categories), role)


class AudienceCategory(Base):
    """One of the categories of an audience. It knows the group, too, so that one index finds what matches a reader."""

    __tablename__ = "audience_category"

    audience_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("audience.id"), primary_key=True)
    category_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Category.id), primary_key=True)
    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id))
    community_id: Mapped[foreign]

    __table_args__ = (sa.Index("ix_audience_category_group_id_category_id", "group_id", "category_id"),)


class Audience(Base):
    """Stored once for each group, set of categories and role, and pointed to."""

    __tablename__ = "audience"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Group.id))
    role: Mapped[str] = mapped_column(sa.String(10), default=EVERYBODY)  # who holds at least this role
    narrowed: Mapped[str] = mapped_column(
        sa.String(250), default=""
    )  # the ids of the categories, as `narrow` says them
    pins: Mapped[int] = mapped_column(default=0)  # how many of its announcements are pinned now

    group: Mapped[Group] = relationship()
    narrowings: Mapped[list[AudienceCategory]] = relationship(cascade="all, delete-orphan")
    categories: Mapped[list[Category]] = relationship(
        secondary="audience_category", order_by=Category.id, viewonly=True
    )

    __table_args__ = (sa.UniqueConstraint("group_id", "role", "narrowed"),)

    @classmethod
    def of(cls, group: Group, categories: Sequence[Category] = (), role: str = EVERYBODY) -> "Audience":
        """The one row for this audience, made if there is none. All categories, or none, are of its community."""
        aim = Aim.at(group, categories, role)
        same = (cls.group_id == group.id, cls.role == role, cls.narrowed == aim.narrowed)
        return db.session.scalar(sa.select(cls).where(*same)) or cls._make(aim)

    @classmethod
    def _make(cls, aim: Aim) -> "Audience":
        place = {"group_id": aim.group.id, "community_id": aim.group.community_id}
        made = cls(group=aim.group, community_id=aim.group.community_id, role=aim.role, narrowed=aim.narrowed)
        made.narrowings = [AudienceCategory(category_id=one, **place) for one in sorted(ids_in(aim.narrowed))]
        db.session.add(made)
        db.session.flush()
        return made

    @staticmethod
    def count(group: Group, categories: Sequence[Category] = (), role: str = EVERYBODY) -> int:
        """How many different people it reaches now."""
        return db.session.scalar(sa.select(sa.func.count()).select_from(hearers(Aim.at(group, categories, role)))) or 0


def narrow(categories: Iterable[int]) -> str:
    """A set of categories as one value: ascending ids with dots between; "" for all groups. Raises ValueError."""
    ids = sorted(set(categories))
    if len(ids) > MOST:
        raise ValueError("too many categories")
    return ".".join(map(str, ids))


@lru_cache(maxsize=4096)
def ids_in(narrowed: str) -> frozenset[int]:
    """The ids of the categories; empty where it is for all groups."""
    return frozenset(map(int, narrowed.split("."))) if narrowed else frozenset()


def at_least(role: str) -> tuple[str, ...]:
    """The roles that hold this one."""
    return ROLES[ROLES.index(role) :]


def inside(aim: Aimed) -> list[sa.ColumnElement[bool]]:
    """What is true of a group of the audience and of a membership in it, as things are now.

    Only ranges of `path`: no question is asked for one member after another.
    """
    return places(aim) + ([] if aim.role == EVERYBODY else _holds(aim))


def places(aim: Aimed) -> list[sa.ColumnElement[bool]]:
    """What is true of its groups. Those that rest inside it hear nothing."""
    awake = sa.or_(Group.rests.is_(False), Group.id == aim.group.id)
    conditions = [Group.below(aim.group.path), awake]
    if categories := ids_in(aim.narrowed):
        carries = sa.select(GroupCategory.group_id).where(GroupCategory.category_id.in_(sorted(categories)))
        conditions.append(Group.id.in_(carries))
    return conditions


def _holds(aim: Aimed) -> list[sa.ColumnElement[bool]]:
    """Whether the person of a membership holds the role in its group: there, or in one above it.

    First those who hold it anywhere, who are few: else every membership would be asked what is held above it.
    """
    held, place = aliased(Membership), aliased(Group)
    strong = sa.and_(held.role.in_(at_least(aim.role)), held.role != "member")
    community = aim.group.community_id
    office = (Office.community_id == community, Office.role.in_(at_least(aim.role)), Office.lasts())
    anywhere = sa.union_all(
        sa.select(held.person_id).where(held.community_id == community, strong),
        sa.select(Office.person_id).where(*office),
    )
    begins = sa.func.substr(Group.path, 1, sa.func.length(place.path)) == place.path
    above = sa.select(held.id).join(place, held.group_id == place.id).where(strong, begins)
    above = above.where(held.person_id == Membership.person_id).correlate(Membership, Group)
    carries = sa.and_(GroupCategory.category_id == Office.category_id, GroupCategory.group_id == Group.id)
    office_here = sa.select(Office.id).join(place, Office.group_id == place.id).join(GroupCategory, carries)
    office_here = office_here.where(*office, begins, Office.person_id == Membership.person_id).correlate(
        Membership, Group
    )
    return [Membership.person_id.in_(anywhere), sa.or_(above.exists(), office_here.exists())]


def hearers(aim: Aimed, *more: sa.ColumnElement[bool]) -> sa.Subquery:
    """The ids of the people it reaches now, each once; of those only, whose membership is like `more`."""
    reached = sa.select(Membership.person_id).distinct().join(Group, Membership.group_id == Group.id)
    return reached.where(*inside(aim), *more).subquery()
