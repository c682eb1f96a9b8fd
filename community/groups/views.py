"""Leaving a group, taking that back, and how much of it one wants to hear."""

from typing import Any

from flask import Blueprint, current_app, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from itsdangerous import BadData, URLSafeTimedSerializer

from community.database import db
from community.groups.bans import Ban
from community.groups.membership import TAKE_BACK, LastAdmin, Membership, admit, forget_standing, standing
from community.groups.models import Group
from community.http import Changed, missing, signed_in, writes
from community.people.models import Child
from community.people.session import me

blueprint = Blueprint("groups", __name__)


def mine(membership_id: int) -> Membership:
    """My own membership with this id."""
    found = next((held for held in standing(me()).memberships if held.id == membership_id), None)
    return found or missing()


@blueprint.post("/memberships/<int:membership_id>/end")
@signed_in
@writes
def leave(membership_id: int) -> ResponseReturnValue:
    held = mine(membership_id)
    try:
        held.end()
    except LastAdmin:
        raise Changed(_l("You are the last admin here. Make somebody else an admin first.")) from None
    forget_standing()
    return redirect(f"/groups?left={_ticket(held)}", code=303)


@blueprint.post("/memberships/undo")
@signed_in
@writes
def undo_leaving() -> ResponseReturnValue:
    """Back in, as before, within ten minutes of leaving by oneself."""
    ticket = read_ticket(request.form.get("left", ""))
    if ticket is None or ticket["person"] != me().id:
        raise Changed
    group = db.session.get(Group, ticket["group"])
    if group is None or group.rests or Ban.holds(me(), group):
        missing()
    child = db.session.get(Child, ticket["child"]) if ticket["child"] else None
    admit(group, me(), child).level = ticket.get("level", "everything")
    return redirect(f"/groups/{group.id}", code=303)


def _tickets() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="left")


def _ticket(held: Membership) -> str:
    # The role is not in it: who gave it up is appointed anew.
    return str(
        _tickets().dumps(
            {"group": held.group_id, "person": held.person_id, "child": held.child_id, "level": held.level}
        )
    )


def read_ticket(ticket: str) -> dict[str, Any] | None:
    """What somebody left, by the ticket that leaving gave her; None where it is forged or too old."""
    try:
        found: dict[str, Any] = _tickets().loads(ticket, max_age=int(TAKE_BACK.total_seconds()))
    except BadData:
        return None
    return found
