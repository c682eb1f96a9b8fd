"""The category of a group: one that the community has, or a new one."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.form import Form
from community.groups.gates import led_by
from community.groups.models import Category, Group
from community.groups.views import blueprint
from community.http import missing, signed_in, writes
from community.languages import gettext as _
from community.languages import in_order
from community.people.pictures import GROUP_PICTURES
from community.people.session import me

MOST = 60  # categories of a community


@blueprint.get("/groups/<int:group_id>/category")
@signed_in
def choose_category(group_id: int) -> ResponseReturnValue:
    return _page(led_by(me(), group_id), Form({}))


def _page(group: Group, form: Form, code: int = 200) -> ResponseReturnValue:
    own, known = group.category, Category.of(group.community_id)
    categories = sorted(known, key=lambda one: in_order(one.name, one.language))
    return render_template(
        "groups/category.html", group=group, form=form, own=own, categories=categories, pictures=GROUP_PICTURES,
        most=MOST,
    ), code  # fmt: skip


@blueprint.post("/groups/<int:group_id>/category")
@signed_in
@writes
def carry(group_id: int) -> ResponseReturnValue:
    """`category` is the number of one, 0 for none; without it the form names a new one."""
    group, form = led_by(me(), group_id), Form(request.form)
    chosen = form.number("category")
    category = _new(group, form) if chosen is None else _known(group, chosen)
    if form.wrong:
        return _page(group, form, 422)
    group.carry(category)
    group.note("category", me(), category=category and category.id)
    return redirect(f"/groups/{group.id}/settings", code=303)


def _known(group: Group, number: int) -> Category | None:
    found = {category.id: category for category in Category.of(group.community_id)}
    return found.get(number) or missing() if number else None


def _new(group: Group, form: Form) -> Category | None:
    """The category with this name: the one that is there already, or a new one."""
    name = form.line("name", most=80, needed=_("A category needs a name."))
    picture = form.choice("picture", GROUP_PICTURES, group.picture)
    known = Category.of(group.community_id)
    if same := [category for category in known if category.name == name]:
        return same[0]
    if len(known) >= MOST:
        form.wrong["name"] = _("There are sixty categories already. Choose one of them.")
    return None if form.wrong else Category.make(group.community_id, name, me().language, picture, group.colour)
