"""How often a phone may ring: what a community may take of a day, which all can see, and each person's own ceiling."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.announcements.today import today
from community.announcements.urgency import Urgency
from community.database import db, now
from community.days.models import CHOICES, Budget
from community.days.spending import used
from community.form import Form
from community.groups.gates import heard_by
from community.groups.membership import standing
from community.groups.models import Group
from community.http import missing, signed_in, writes
from community.notifications.nights import day_of
from community.people.session import me

blueprint = Blueprint("attention", __name__)
CEILINGS = range(1, 21)


@blueprint.get("/groups/<int:group_id>/attention")
@signed_in
def show(group_id: int) -> ResponseReturnValue:
    group = heard_by(me(), group_id)
    spent, most = today(group)
    return render_template(
        "attention/show.html", group=group, used=spent, most=most, owns=_owns(group), budget=_chosen(group),
        urgent=[one for one in Urgency.lately(group.community_id) if _is_for_me(one)], choices=CHOICES,
    )  # fmt: skip


def _owns(group: Group) -> bool:
    """Whether I am admin of the whole community."""
    return any(one.group_id == group.community_id and one.role == "admin" for one in standing(me()).memberships)


def _chosen(group: Group) -> Budget | None:
    return db.session.get(Budget, group.community_id)


def _is_for_me(one: Urgency) -> bool:
    group, stand = one.announcement.audience.group, standing(me())
    return stand.hears(group) or stand.is_at_least("moderator", group)


@blueprint.post("/groups/<int:group_id>/attention")
@signed_in
@writes
def choose(group_id: int) -> ResponseReturnValue:
    """How many announcements a day may ring for one member; only the top group's own admins say so."""
    group = heard_by(me(), group_id)
    if not group.is_root or not _owns(group):
        missing()
    number = Form(request.form).number("a_day")
    if number is not None and number in CHOICES and number != Budget.of(group.id):
        Budget.choose(group, number, me())
    return redirect(f"/groups/{group.id}/attention", code=303)


@blueprint.get("/me/attention")
@signed_in
def mine() -> ResponseReturnValue:
    spent = used(me(), day_of(me(), now()))
    roots = {held.community_id: held.group.root for held in standing(me()).memberships}
    return render_template(
        "attention/mine.html", used=len(spent), ceiling=me().ceiling, ceilings=CEILINGS,
        roots=[(root, Budget.of(root.id), spent.count(root.id)) for root in list(roots.values())[:20]],
        has_duty=any(held.role != "member" for held in standing(me()).memberships) or bool(standing(me()).offices.held),
    )  # fmt: skip


@blueprint.post("/me/attention")
@signed_in
@writes
def choose_mine() -> ResponseReturnValue:
    """`ceiling` so often a day at most; `on_call` whether an urgent duty may ring in my quiet hours."""
    form, person = Form(request.form), me()
    number = form.number("ceiling")
    if number is not None and number in CEILINGS:
        person.ceiling = number
    if duty := form.choice("on_call", ("yes", "no"), ""):
        person.on_call = duty == "yes"
    return redirect("/me/attention", code=303)
