"""Statements over a whole branch, however many groups it has: what coming together and parting both need."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from community.announcements.audience import Audience
from community.announcements.models import Announcement
from community.audit.models import AuditEntry
from community.bringing.models import PlaceCode
from community.database import Base, db
from community.groups.counter import Counter
from community.groups.joined import Joined
from community.groups.membership import Membership
from community.groups.models import Group
from community.oversight.models import GroupCounter

# What is said of them stands in `joining`, `parting` and `aside`; the audit log is never rewritten.
BY_NAME = {
    AuditEntry.__tablename__, Announcement.__tablename__, GroupCounter.__tablename__, Membership.__tablename__,
    PlaceCode.__tablename__,
}  # fmt: skip


def run(statement: sa.Executable) -> None:
    db.session.execute(statement.execution_options(synchronize_session=False))


def branch(path: str) -> sa.Select[int]:
    """The ids of the group with this path and of all below it."""
    return sa.select(Group.id).where(Group.below(path))


def placed() -> list[sa.Table]:
    """Every table, of whichever room, whose rows are in a group of a community."""
    known = (table for table in Base.metadata.sorted_tables if {"community_id", "group_id"} <= set(table.c.keys()))
    return [table for table in known if table.name not in BY_NAME]


def following() -> list[tuple[sa.Table, sa.Column[Any]]]:
    """Every table whose rows belong to a row that is in a group, or to an announcement; and by which column."""
    above = {Announcement.__tablename__, *(table.name for table in placed())}
    tables = (table for table in Base.metadata.sorted_tables if "community_id" in table.c and "group_id" not in table.c)
    found = [(table, column) for table in tables for column in table.c if _leads_to(column) & above]
    return [pair for pair in found if pair[0].name not in BY_NAME]


def _leads_to(column: sa.Column[Any]) -> set[str]:
    return {key.column.table.name for key in column.foreign_keys}


def said_in(path: str) -> sa.Select[int]:
    """The ids of the announcements of these groups."""
    said = sa.select(Announcement.id).join(Audience, Announcement.audience_id == Audience.id)
    return said.where(Audience.group_id.in_(branch(path)))


def rehome(path: str, before: int, after: int) -> None:
    """Whatever is in these groups and says the community of before says this one."""
    for table in placed():
        here = table.c.group_id.in_(branch(path))
        run(sa.update(table).where(here, table.c.community_id == before).values(community_id=after))
    for table, column in following():
        here = column.in_(_rows_in(next(iter(column.foreign_keys)).column.table, path))
        run(sa.update(table).where(here, table.c.community_id == before).values(community_id=after))


def _rows_in(table: sa.Table, path: str) -> sa.Select[int]:
    if table.name == Announcement.__tablename__:
        return said_in(path)
    return sa.select(table.c.id).where(table.c.group_id.in_(branch(path)))


def ancestors_of(path: Any) -> sa.ColumnElement[Any]:
    """`ancestors`, as the database stores them, from a path and the group's own id at its end."""
    own = sa.func.length(sa.cast(Group.id, sa.String))
    above = sa.func.rtrim(sa.func.substr(path, 2, sa.func.length(path) - own - 2), "/")
    if db.engine.dialect.name == "sqlite":
        return sa.literal("[", sa.String) + sa.func.replace(above, "/", ", ") + "]"
    return sa.cast(sa.func.string_to_array(above, "/"), sa.ARRAY(sa.BigInteger))


def hang(path: str, above: str, community_id: int) -> None:
    """Rewrite where the branch with this path hangs: `above` stands before its top group's own part."""
    cut = len(path.rstrip("/").rpartition("/")[0]) + 2
    new = sa.literal(above, sa.String) + sa.func.substr(Group.path, cut)
    values = {"path": new, "ancestors": ancestors_of(new), "community_id": community_id}
    run(sa.update(Group).where(Group.below(path)).values(values))


def shift_joins(path: str, by: int, but: int | None = None) -> None:
    """Mergers further down count in other numbers now; that of the group `but` is over."""
    told = sa.select(Group.joined).where(Group.below(path), Group.joined.is_not(None)).distinct()
    for before in db.session.scalars(told).all():
        after = " ".join(_shifted(before or "", by, but)) or None
        run(sa.update(Group).where(Group.below(path), Group.joined == before).values(joined=after))


def _shifted(told: str, by: int, but: int | None) -> Iterable[str]:
    for join in Joined.read(told):
        if join.root != but:
            yield str(Joined(join.root, join.floor + by, join.shift + by))


def counted(community_id: int) -> int:
    """The last `seq` of a community. Nobody takes the next one before we are done."""
    row = sa.select(Counter.seq).where(Counter.community_id == community_id).with_for_update()
    found = db.session.scalar(row)
    if found is None:
        db.session.add(Counter(community_id=community_id, seq=0))
        db.session.flush()
    return found or 0


def count_on(community_id: int, seq: int) -> None:
    run(sa.update(Counter).where(Counter.community_id == community_id).values(seq=seq))
