"""Sums along the way to the root. A community is summed by one transaction at a time."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from community.database import db, now
from community.groups.models import Group
from community.oversight.models import OWN, GroupCounter
from community.oversight.recount import Numbers, Place


def hold(community_id: int) -> None:
    """Whoever counts in this community waits for whoever does already (on SQLite all writers do); nobody else does."""
    if _is_postgres():
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(community_id)))


def _is_postgres() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"


def keep(community_id: int, found: Mapping[int, Numbers]) -> None:
    """Write these own numbers down; a group without a counter gets one."""
    kept = {"community_id": community_id, "counted_at": now()}
    rows = [kept | _ZERO | own | {"group_id": group_id} for group_id, own in found.items()]
    if rows:
        db.session.connection().execute(_kept([*next(iter(found.values())), "counted_at"]), rows)


def _kept(names: Sequence[str]) -> sa.Insert:
    new = (postgresql.insert if _is_postgres() else sqlite.insert)(GroupCounter)
    key = ["community_id", "group_id"]
    return new.on_conflict_do_update(index_elements=key, set_={name: new.excluded[name] for name in names})


_ZERO = dict.fromkeys((f"all_{name}" for name in OWN), 0)


def sum_up(community_id: int, groups: Iterable[Place]) -> None:
    """The sums of these groups and of all above them, from below to the root."""
    depth: dict[int, int] = {}
    for place in groups:
        depth |= {group_id: level for level, group_id in enumerate(place.lineage)}
    for level in sorted(set(depth.values()), reverse=True):
        _sum(community_id, [group_id for group_id, its in depth.items() if its == level])


def _sum(community_id: int, ids: Collection[int]) -> None:
    mine = sa.update(GroupCounter).where(GroupCounter.community_id == community_id, GroupCounter.group_id.in_(ids))
    inside = sa.orm.aliased(GroupCounter)
    below = _sums(inside).join(Group, Group.id == inside.group_id)
    below = below.where(Group.parent_id.in_(ids), inside.community_id == community_id).group_by(Group.parent_id)
    found = {row.parent_id: row for row in db.session.execute(below.add_columns(Group.parent_id))}
    plain = {f"all_{name}": getattr(GroupCounter, name) for name in OWN}
    db.session.execute(mine.values(plain).execution_options(synchronize_session=False))
    if found:
        _add(community_id, found)


def _sums(inside: type[GroupCounter]) -> sa.Select[tuple[int, ...]]:
    return sa.select(*(sa.func.sum(getattr(inside, f"all_{name}")).label(name) for name in OWN))


def _add(community_id: int, found: Mapping[int, sa.Row[tuple[int, ...]]]) -> None:
    table = GroupCounter.__table__
    mine = (table.c.community_id == community_id, table.c.group_id == sa.bindparam("of"))
    more = {f"all_{name}": table.c[name] + sa.bindparam(f"more_{name}") for name in OWN}
    rows = [
        {"of": group_id, **{f"more_{name}": int(getattr(row, name)) for name in OWN}} for group_id, row in found.items()
    ]
    db.session.connection().execute(sa.update(GroupCounter).where(*mine).values(more), rows)
