"""The categories that a group is given: some of those that the community shares."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.categories.shared import blueprint, in_my_order
from community.form import Form
from community.groups.category import CARRIED, Category
from community.groups.gates import led_by
from community.groups.membership import standing
from community.groups.models import Group
from community.groups.proof import prove
from community.http import missing, signed_in, writes
from community.languages import gettext as _
from community.people.session import me


@blueprint.get("/groups/<int:group_id>/category")
@signed_in
def choose(group_id: int) -> ResponseReturnValue:
    group = led_by(me(), group_id)
    return _page(group, {one.id for one in group.own_categories}, Form({}))


def _page(group: Group, own: set[int], form: Form, code: int = 200) -> ResponseReturnValue:
    # What it carries stays to be seen, also where the community uses it no more.
    known = Category.of(group.community_id)
    offered = [*known, *(one for one in group.own_categories if one.retired_at)]
    return render_template(
        "categories/carried.html", group=group, form=form, own=own, offered=in_my_order(offered),
        shares=_leads_root(group), above=in_my_order(group.inherited_categories),
    ), code  # fmt: skip


def _leads_root(group: Group) -> bool:
    """Whether I look after the list itself."""
    return standing(me()).is_at_least("admin", group.root)


@blueprint.post("/groups/<int:group_id>/category")
@signed_in
@prove
@writes
def carry(group_id: int) -> ResponseReturnValue:
    """`category` is the number of one, as often as there are; 0 is none."""
    group, form = led_by(me(), group_id), Form(request.form)
    chosen = _chosen(group)
    if len(chosen) > CARRIED:
        form.wrong["category"] = _("Choose up to six")
        return _page(group, {one.id for one in chosen}, form, 422)
    group.carry(*chosen)
    group.note("category", me(), categories=[one.id for one in chosen])
    return redirect(f"/groups/{group.id}/settings", code=303)


def _chosen(group: Group) -> list[Category]:
    """Those that the form names. Raises Missing for another community's, and for a new one that is used no more."""
    named = {number for value in request.form.getlist("category") if (number := Form({"one": value}).number("one"))}
    offered = {one.id: one for one in (*Category.of(group.community_id), *group.own_categories)}
    return [offered.get(number) or missing() for number in sorted(named)]
