"""Why did I get this: said from the rule by which it came (`feed.through`), with the way to each group's settings."""

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from community.announcements.audience import EVERYBODY, ids_in
from community.announcements.feed import carried_by, through
from community.announcements.models import Announcement
from community.announcements.views import blueprint, seen_by_me
from community.groups.membership import Membership, Standing, standing
from community.groups.models import Category
from community.http import signed_in
from community.people.session import me


@dataclass(frozen=True)
class Reason:
    """One way in which it came: a membership, perhaps for a child, and what of it the audience asked for."""

    held: Membership
    categories: list[Category]  # of the audience's, those that her group carries
    role: str  # that she holds there; "" where it is for everybody


def reasons(stand: Standing, said: Announcement) -> list[Reason]:
    """All ways in which it reaches this person; none where she only said it, or looks after the place.

    What rests hears nothing from above, though she may read there what she once heard.
    """
    audience = said.audience
    held = [one for one in stand.memberships if not one.group.rests or one.group_id == audience.group_id]
    ways = through(stand, held, [audience])[audience.id]
    carried = carried_by([held.group_id for held in ways]) if audience.narrowed else {}
    names = {category.id: category for category in audience.categories} if audience.narrowed else {}
    return [
        Reason(
            held, [names[one] for one in sorted(ids_in(audience.narrowed) & carried.get(held.group_id, set()))],
            "" if audience.role == EVERYBODY else stand.role_in(held.group) or "",
        )
        for held in ways
    ]  # fmt: skip


@blueprint.get("/announcements/<int:announcement_id>/why")
@signed_in
def why(announcement_id: int) -> ResponseReturnValue:
    found = seen_by_me(announcement_id)
    return render_template(
        "announcements/why.html", said=found, group=found.audience.group, reasons=reasons(standing(me()), found),
        mine=found.author_id == me().id,
    )  # fmt: skip
