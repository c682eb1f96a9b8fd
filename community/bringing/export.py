"""What stands in a branch, as a sheet: the same columns that a sheet is brought in with, and how many are there.

It is sent as it is read, a thousand groups at a time. Of fewer than five people it says "few".
"""

import csv
import io
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from flask import Response, stream_with_context
from flask.typing import ResponseReturnValue

from community.bringing.known import LOT
from community.bringing.models import PlaceCode
from community.bringing.reading import FORMULA
from community.bringing.views import blueprint
from community.compression import leave_plain
from community.database import db
from community.groups.gates import led_by
from community.groups.membership import Membership
from community.groups.models import Category, Group, GroupCategory
from community.http import signed_in, writes
from community.languages import gettext as _
from community.people.models import Person
from community.people.session import me

FEW = 5
COLUMNS = ("code", "parent code", "name", "level", "picture", "category", "members", "looked after by")


@blueprint.post("/groups/<int:group_id>/places.csv")
@signed_in
@writes
def places(group_id: int) -> ResponseReturnValue:
    """A post, because it is noted who took it."""
    group = led_by(me(), group_id)
    group.note("exported", me())
    leave_plain()
    lines = stream_with_context(_lines(group.path, group.id, _("few")))
    headers = {"Content-Disposition": f'attachment; filename="places-{group.id}.csv"', "Cache-Control": "no-store"}
    return Response(lines, mimetype="text/csv", headers=headers)


def harmless(value: str) -> str:
    """A cell that no spreadsheet calculates: what begins like a formula gets a quote before it."""
    return f"'{value}" if value and value[0] in FORMULA else value


def _lines(path: str, top: int, few: str) -> Iterator[str]:
    """Each thousand groups as one piece of text. The mark at the beginning tells Excel that it is UTF-8."""
    yield "\ufeff" + _written([COLUMNS])
    after = ""
    while groups := _groups(path, after):
        yield _written(_rows(groups, top, few))
        after = groups[-1].path
        db.session.rollback()  # nothing is held while a slow phone takes its time
        db.session.expunge_all()


def _written(rows: Any) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def _groups(path: str, after: str) -> list[Any]:
    parent_code = sa.orm.aliased(PlaceCode)
    fields = (Group.id, Group.path, Group.parent_id, Group.name, Group.level, Group.picture, PlaceCode.code)
    wanted = sa.select(*fields, parent_code.code.label("above")).outerjoin(PlaceCode, PlaceCode.group_id == Group.id)
    wanted = wanted.outerjoin(parent_code, parent_code.group_id == Group.parent_id)
    return list(db.session.execute(wanted.where(Group.below(path), Group.path > after).order_by(Group.path).limit(LOT)))


def _rows(groups: list[Any], top: int, few: str) -> Iterator[tuple[str, ...]]:
    ids = [one.id for one in groups]
    categories, members, offices = _categories(ids), _members(ids), _offices(ids)
    for one in groups:
        count = members.get(one.id, 0)
        above = "" if one.id == top else "" if one.parent_id == top else one.above or f"#{one.parent_id}"
        yield (
            one.code or f"#{one.id}", above, one.name, one.level, one.picture, "; ".join(categories.get(one.id, [])),
            few if 0 < count < FEW else str(count), "; ".join(offices.get(one.id, [])),
        )  # fmt: skip


def _categories(ids: list[int]) -> dict[int, list[str]]:
    own = sa.select(GroupCategory.group_id, Category.name).join(Category, Category.id == GroupCategory.category_id)
    return _gathered(own.where(GroupCategory.group_id.in_(ids), GroupCategory.own).order_by(Category.id))


def _members(ids: list[int]) -> dict[int, int]:
    people = sa.func.count(sa.distinct(Membership.person_id))
    counted = sa.select(Membership.group_id, people).where(Membership.group_id.in_(ids))
    return {group_id: count for group_id, count in db.session.execute(counted.group_by(Membership.group_id))}


def _offices(ids: list[int]) -> dict[int, list[str]]:
    """Role and name of each who holds a role."""
    said = Membership.held_role + sa.literal(": ") + sa.func.coalesce(Person.name, "")
    held = sa.select(Membership.group_id, said).join(Person, Person.id == Membership.person_id)
    return _gathered(held.where(Membership.group_id.in_(ids), Membership.role != "member").order_by(Membership.id))


def _gathered(pairs: sa.Select[int, str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for group_id, word in db.session.execute(pairs):
        found.setdefault(group_id, []).append(word)
    return found
