"""Places that are there already, found by their codes."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple, TypeVar

import sqlalchemy as sa

from community.bringing.models import PlaceCode
from community.database import db
from community.groups.models import Group

LOT = 1000  # values in one question to the database
Thing = TypeVar("Thing")


class Known(NamedTuple):
    """A group with a code."""

    id: int
    name: str
    level: str
    parent_id: int | None
    path: str


def lots(things: Iterable[Thing], most: int = LOT) -> Iterator[list[Thing]]:
    left = iter(things)
    while lot := list(islice(left, most)):
        yield lot


def known(community_id: int, codes: Iterable[str]) -> dict[str, Known]:
    """Those of the codes that the community knows. A group without one is known by its number, as in our own sheets."""
    wanted = set(codes)
    found: dict[str, Known] = {}
    for lot in lots(sorted(wanted)):
        found |= _by_code(community_id, lot)
    numbers = {int(code[1:]): code for code in wanted if code[:1] == "#" and code[1:].isdecimal() and len(code) < 16}
    for numbered in lots(sorted(numbers)):
        found |= {numbers[one.id]: one for one in _by_number(community_id, numbered)}
    return found


FIELDS = (Group.id, Group.name, Group.level, Group.parent_id, Group.path)


def _by_code(community_id: int, codes: list[str]) -> dict[str, Known]:
    coded = sa.select(PlaceCode.code, *FIELDS).join(Group, Group.id == PlaceCode.group_id)
    mine = coded.where(PlaceCode.community_id == community_id, PlaceCode.code.in_(codes))
    return {row.code: Known(*row[1:]) for row in db.session.execute(mine)}


def _by_number(community_id: int, numbers: list[int]) -> list[Known]:
    mine = sa.select(*FIELDS).where(Group.community_id == community_id, Group.id.in_(numbers))
    return [Known(*group) for group in db.session.execute(mine)]
