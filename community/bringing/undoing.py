"""One part of a sheet is taken out of the tree again: what it made, where nobody has come in and nothing was said."""

from typing import Any

import sqlalchemy as sa

from community.bringing.bearers import Bearer
from community.bringing.models import PlaceCode
from community.database import Base, db, now
from community.groups.models import Group, GroupCategory

# What a sheet makes with a group, and what counts what is in it: it goes along.
GOES_ALONG = {"group", "group_category", "place_code", "office_bearer"}


def take_out(became: list[Any]) -> tuple[list[Any], int]:
    """(what stays, of what had become of a part; how many names were put back). Callers take the last part first."""
    made = [group_id for group_id, before in became if before is None]
    changed = [(group_id, before) for group_id, before in became if before is not None]
    staying = _staying(made)
    _remove([group_id for group_id in made if group_id not in staying])
    back = sum(_put_back(group_id, *before) for group_id, before in changed)
    return [one for one in became if one[0] in staying], back


def _staying(made: list[int]) -> set[int]:
    """Groups in which something is, and all that they stand in."""
    parents = dict(row for row in db.session.execute(sa.select(Group.id, Group.parent_id).where(Group.id.in_(made))))
    staying = _used(made) | _holding(made)
    for group_id in reversed(made):  # children come after their parents
        if group_id in staying and (parent := parents.get(group_id)) in parents:
            staying.add(parent)
    return staying & parents.keys()


def _used(made: list[int]) -> set[int]:
    """Groups that anything else in the database names."""
    used = set(
        db.session.scalars(sa.select(Bearer.group_id).where(Bearer.group_id.in_(made), Bearer.person_id.is_not(None)))
    )
    for table in Base.metadata.sorted_tables:
        for column in table.columns if table.name not in GOES_ALONG else ():
            if any(key.column is Group.__table__.c.id for key in column.foreign_keys):
                used |= set(db.session.scalars(sa.select(column).where(column.in_(made)).distinct()))
    return used


def _holding(made: list[int]) -> set[int]:
    """Groups with a group inside that is not of this part: its own part has left it standing, or somebody made it."""
    inside = sa.select(Group.parent_id).where(Group.parent_id.in_(made), Group.id.not_in(made))
    return {parent for parent in db.session.scalars(inside.distinct()) if parent}


def _remove(gone: list[int]) -> None:
    for model in (Bearer, PlaceCode, GroupCategory):
        db.session.execute(_delete(model).where(model.group_id.in_(gone)))
    db.session.execute(_delete(Group).where(Group.id.in_(gone)))


def _delete(model: type[Base]) -> sa.Delete:
    return sa.delete(model).execution_options(synchronize_session=False)


def _put_back(group_id: int, name: str, level: str, new_name: str, new_level: str) -> int:
    """The name and level of before, unless somebody has given it others since."""
    as_left = sa.update(Group).where(Group.id == group_id, Group.name == new_name, Group.level == new_level)
    back = as_left.values(name=name, level=level, changed=now()).execution_options(synchronize_session=False)
    return len(db.session.scalars(back.returning(Group.id)).all())
