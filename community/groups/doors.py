"""The groups around a group, as their doors show them. Rows and not models: a page has many, and changes none."""

from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from community.database import db
from community.groups.models import Group
from community.media.models import Photo


class Front(NamedTuple):
    """The photo on a door, as far as its address goes."""

    key: str


class Door(NamedTuple):
    """A group from outside: its place in the tree, and what is seen of it."""

    id: int
    parent_id: int | None
    path: str
    name: str
    language: str
    picture: str
    colour: str
    joining: str
    rests: bool
    changed: datetime
    photo_key: str | None

    @property
    def photo(self) -> Front | None:
        return Front(self.photo_key) if self.photo_key else None


def around(group: Group) -> list[Door]:
    """The switcher's doors: siblings and sub-groups, standing ones, in their order; the group's own among them."""
    rows = db.session.execute(_around(), {"here": group.id, "parent": group.parent_id or -1})
    return [Door._make(row) for row in rows.all()]


@lru_cache(maxsize=1)
def _around() -> sa.Select[*tuple[Any, ...]]:
    here, photo = Group.__table__, Photo.__table__
    looks = ("id", "parent_id", "path", "name", "language", "picture", "colour", "joining", "rests", "changed")
    near = here.c.parent_id.in_((sa.bindparam("here"), sa.bindparam("parent")))
    doors = sa.select(*(here.c[look] for look in looks), photo.c.key).where(near, here.c.archived_at.is_(None))
    doors = doors.select_from(here.outerjoin(photo, photo.c.id == here.c.photo_id))
    return doors.order_by(here.c.position, here.c.id).limit(200)
