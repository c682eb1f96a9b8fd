"""A newcomer in a group: what holds there and the last ten announcements, until she has heard them."""

from collections.abc import Sequence
from datetime import timedelta

from flask import redirect, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from community.announcements.feed import cards, matching
from community.announcements.line import newest
from community.announcements.sheets import sheets
from community.database import now
from community.groups.gates import open_to
from community.groups.membership import Membership, standing
from community.groups.models import Group
from community.home.rooms import heard_here
from community.home.views import blueprint
from community.http import missing, signed_in, writes
from community.people.session import me

LAST = 10  # announcements
OFFERED_FOR = timedelta(days=7)


@blueprint.app_template_global()
def is_new_in(here: Sequence[Membership]) -> bool:
    """Whether she came in just now, and has not heard what holds in the group. Who leads it says what holds there."""
    leads = any(held.role in ("admin", "moderator") for held in here)
    return not leads and any(not held.greeted and held.created > now() - OFFERED_FOR for held in here)


@blueprint.get("/groups/<int:group_id>/rules")
@signed_in
def rules(group_id: int) -> ResponseReturnValue:
    """Also for who stands before the door; the news only for who hears it."""
    group = open_to(me(), group_id)
    return render_template(
        "home/rules.html", group=group, sheets=_last(group), new=is_new_in(standing(me()).here(group))
    )


def _last(group: Group) -> list[Markup]:
    stand = standing(me())
    inside = stand.inside(group)
    if not inside:
        return []
    mine = matching(stand, [held.group for held in stand.memberships if not held.group.rests or held in inside])
    audiences = heard_here(stand, mine, group, inside)
    shown = cards(stand, inside, newest(audiences, None)[:LAST], audiences)
    return sheets(shown, next=f"/groups/{group.id}/rules", here=group.id)


@blueprint.post("/groups/<int:group_id>/rules/hearing")
@signed_in
@writes
def hear_rules(group_id: int) -> ResponseReturnValue:
    """She knows them now. Twice is once."""
    here = [held for held in standing(me()).memberships if held.group_id == group_id] or missing()
    for held in here:
        held.greeted = True
    return redirect(f"/groups/{group_id}", code=303)
