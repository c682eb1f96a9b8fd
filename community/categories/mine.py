"""All the categories that I am in, through which groups; and the way out of any: out of the groups that carry it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask import current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from itsdangerous import BadData, URLSafeTimedSerializer

from community.categories.shared import blueprint
from community.database import db
from community.groups.bans import Ban
from community.groups.category import Category, GroupCategory
from community.groups.membership import TAKE_BACK, LastAdmin, Membership, admit, forget_standing, standing
from community.groups.models import Group
from community.http import Changed, missing, signed_in, writes
from community.languages import in_order
from community.people.models import Child
from community.people.session import me


@dataclass
class Belonging:
    """A category that somebody is in, and the memberships through which she is."""

    category: Category
    through: list[Membership] = field(default_factory=list)


def belonging(memberships: Sequence[Membership]) -> list[Belonging]:
    """Every category that these memberships bring along, whether the community still uses it or not."""
    carried = sa.select(GroupCategory.group_id, Category).join(Category, Category.id == GroupCategory.category_id)
    groups = {held.group_id for held in memberships}
    found: dict[int, Belonging] = {}
    for group_id, category in db.session.execute(carried.where(GroupCategory.group_id.in_(groups))):
        through = found.setdefault(category.id, Belonging(category)).through
        through += [held for held in memberships if held.group_id == group_id]
    return sorted(
        found.values(), key=lambda one: in_order(one.category.name_in_my_language, one.category.language_of_name)
    )


@blueprint.get("/me/categories")
@signed_in
def mine() -> ResponseReturnValue:
    ticket = request.args.get("left", "")
    return render_template(
        "categories/mine.html", belongings=belonging(standing(me()).memberships), left=ticket if _read(ticket) else ""
    )


@blueprint.post("/me/categories/<int:category_id>/end")
@signed_in
@writes
def leave(category_id: int) -> ResponseReturnValue:
    """Out of all my groups that carry it, without a word to anybody."""
    held = next((one for one in belonging(standing(me()).memberships) if one.category.id == category_id), None)
    through = held.through if held else missing()
    try:
        for one in through:
            one.end()
    except LastAdmin:
        raise Changed(_l("You are the last admin here. Make somebody else an admin first.")) from None
    forget_standing()
    return redirect(f"/me/categories?left={left_with(me().id, *through)}", code=303)


@blueprint.post("/me/categories/undo")
@signed_in
@writes
def undo_leaving() -> ResponseReturnValue:
    """Back in, as before, within ten minutes, where the groups still stand open."""
    for group_id, child_id, level, heard in _read(request.form.get("left", "")) or _changed():
        group = db.session.get(Group, group_id)
        if group and not group.rests and not Ban.holds(me(), group):
            held = admit(group, me(), db.session.get(Child, child_id) if child_id else None)
            held.level, held.heard_seq = level, heard
    return redirect("/me/categories", code=303)


def _changed() -> list[Any]:
    raise Changed


def _tickets() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="category left")


def left_with(person_id: int, *left: Membership) -> str:
    """A ticket that brings these back to her. Roles are not in it: who gave one up is appointed anew."""
    held = [(one.group_id, one.child_id, one.level, one.heard_seq) for one in left]
    return str(_tickets().dumps([person_id, held]))


def _read(ticket: str) -> list[Any]:
    """What I left, by the ticket that leaving gave me; nothing where it is forged, another's or too old."""
    try:
        person, left = _tickets().loads(ticket, max_age=int(TAKE_BACK.total_seconds()))
    except BadData:
        return []
    return list(left) if person == me().id else []
