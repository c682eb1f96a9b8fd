"""A child in groups: coming for one, taking it out of everything, bringing it back."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from itsdangerous import BadData, URLSafeTimedSerializer

from community.database import db
from community.groups.bans import Ban
from community.groups.gates import open_to
from community.groups.membership import LastAdmin, Membership, admit, forget_standing, standing
from community.groups.models import Group
from community.groups.views import blueprint
from community.http import Changed, missing, signed_in, writes
from community.people.models import LONGEST_NICKNAME, Child
from community.people.pictures import PERSON_PICTURES
from community.people.session import me

TAKE_BACK = timedelta(minutes=10)


@blueprint.get("/groups/<int:group_id>/children")
@signed_in
def come_for_child(group_id: int) -> ResponseReturnValue:
    group = open_to(me(), group_id)
    if group.rests:
        missing()
    here = standing(me()).here(group)
    simply = group.joining == "link" or here or standing(me()).is_at_least("admin", group)
    return render_template(
        "groups/children.html", group=group, children=Child.of(me()), inside={held.child_id for held in here},
        asks=not simply, pictures=PERSON_PICTURES, longest=LONGEST_NICKNAME,
    )  # fmt: skip


@blueprint.post("/children/<int:child_id>/removal")
@signed_in
@writes
def take_out(child_id: int) -> ResponseReturnValue:
    child = Child.owned(me(), child_id) or missing()
    try:
        left = _leave_with(child)
    except LastAdmin:
        raise Changed(_l("You are the last admin here. Make somebody else an admin first.")) from None
    child.go()
    return redirect(f"/children?gone={child.id}&left={_ticket(child, left)}", code=303)


def _leave_with(child: Child) -> list[Membership]:
    """End what the parent holds for the child."""
    held = [one for one in standing(me()).memberships if one.child_id == child.id]
    for one in held:
        one.end()
    forget_standing()
    return held


@blueprint.post("/children/<int:child_id>/return")
@signed_in
@writes
def bring_back(child_id: int) -> ResponseReturnValue:
    """The child as before; within ten minutes in its groups again too, where they still stand open."""
    child = Child.owned(me(), child_id) or missing()
    left = list(_left_with(child, request.form.get("left", "")))
    child.come_back()
    for group, level, heard in left:
        held = admit(group, me(), child)
        held.level, held.heard_seq = level, heard
    return redirect("/children", code=303)


def _tickets() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="child")


def _ticket(child: Child, left: list[Membership]) -> str:
    # Roles are not in it: who gave one up is appointed anew.
    return str(_tickets().dumps([_leaving(child), [(one.group_id, one.level, one.heard_seq) for one in left]]))


def _leaving(child: Child) -> str:
    """This child, this time: an older ticket brings nothing back."""
    return f"{child.id} {child.gone_at}"


def _left_with(child: Child, ticket: str) -> Iterator[tuple[Group, str, int]]:
    """The groups of the ticket that still take the parent in, each with level and how far she had heard."""
    for group_id, level, heard in _read(child, ticket):
        group = db.session.get(Group, group_id)
        if group and not group.rests and not Ban.holds(me(), group):
            yield group, level, heard


def _read(child: Child, ticket: str) -> list[Any]:
    try:
        leaving, left = _tickets().loads(ticket, max_age=int(TAKE_BACK.total_seconds()))
    except BadData:
        return []
    return list(left) if leaving == _leaving(child) else []
