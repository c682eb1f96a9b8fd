"""The list that a community shares, looked after by who leads its top group: from the ready list, or its own."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.categories.naming import doubles, full, is_full, looks_of, name_of
from community.database import db
from community.form import Form
from community.groups.category import MOST, Category
from community.groups.gates import led_by
from community.groups.models import Group
from community.groups.ready import READY
from community.groups.settings import COLOURS
from community.http import Changed, missing, signed_in, writes
from community.languages import gettext as _
from community.languages import in_order
from community.people.pictures import GROUP_PICTURES
from community.people.session import me

blueprint = Blueprint("categories", __name__)


def in_my_order(found: list[Category]) -> list[Category]:
    return sorted(found, key=lambda one: in_order(one.name_in_my_language, one.language_of_name))


def _root(group_id: int) -> Group:
    root = led_by(me(), group_id)
    return root if root.is_root else missing()


def _led(category_id: int) -> tuple[Category, Group]:
    """A category of a community that I lead, in use or not, and its top group."""
    found = db.session.get(Category, category_id)
    return (found, _root(found.community_id)) if found else missing()


@blueprint.get("/groups/<int:group_id>/categories")
@signed_in
def shared(group_id: int) -> ResponseReturnValue:
    return _list(_root(group_id), Form({}))


def _list(root: Group, form: Form, code: int = 200) -> ResponseReturnValue:
    used, once = Category.of(root.id), Category.retired(root.id)
    taken = {one.key for one in (*used, *once)}
    return render_template(
        "categories/shared.html", group=root, form=form, used=in_my_order(used), once=once, most=MOST,
        ready=[one for one in READY.values() if one.key not in taken], pictures=GROUP_PICTURES, colours=COLOURS,
        retired=next((one for one in once if one.id == Form(request.args).number("retired")), None),
    ), code  # fmt: skip


@blueprint.post("/groups/<int:group_id>/categories")
@signed_in
@writes
def add(group_id: int) -> ResponseReturnValue:
    """`ready` is the key of one of the ready list; without it the form names a new one."""
    root, form = _root(group_id), Form(request.form)
    made = _taken(root, form) if "ready" in request.form else _made(root, form)
    if made is None:
        return _list(root, form, 422)
    made.note("category added", me())
    return redirect(f"/groups/{root.id}/categories", code=303)


def _taken(root: Group, form: Form) -> Category | None:
    """The one of the ready list; one that was typed before is it from now on, and one that is there is no mistake."""
    ready = READY.get(form.fields["ready"]) or missing()
    known = Category.called(root.id, ready.english)
    if known and not known.retired_at:
        known.key = ready.key
        return known
    if is_full(root):
        form.wrong["name"] = full()
        return None
    if known:
        known.key = ready.key
        known.come_back(me())
    return known or Category.take(root.id, ready.key)


def _made(root: Group, form: Form) -> Category | None:
    name, looks = name_of(form), looks_of(form, root.picture, root.colour)
    if not form.wrong and is_full(root):
        form.wrong["name"] = full()
    if not form.wrong and doubles(root.id, name):
        form.wrong["name"] = _("There is a category with this name already.")
    return None if form.wrong else Category.make(root.id, name, me().language, **looks)


@blueprint.get("/categories/<int:category_id>")
@signed_in
def show(category_id: int) -> ResponseReturnValue:
    category, root = _led(category_id)
    return _page(category, root, Form({"name": category.name}))


def _page(category: Category, root: Group, form: Form, code: int = 200) -> ResponseReturnValue:
    if code == 200:
        form.line("name", most=80)
        looks_of(form, category.picture, category.colour)
    return render_template(
        "categories/show.html", category=category, group=root, form=form, pictures=GROUP_PICTURES, colours=COLOURS
    ), code


@blueprint.post("/categories/<int:category_id>")
@signed_in
@writes
def change(category_id: int) -> ResponseReturnValue:
    """Other looks; another name only where the name is the community's own."""
    (category, root), form = _led(category_id), Form(request.form)
    looks = looks_of(form, category.picture, category.colour)
    name = category.name if category.key else _renamed(category, form)
    if form.wrong:
        return _page(category, root, form, 422)
    if name != category.name:
        category.name, category.language = name, me().language
    category.picture, category.colour = looks["picture"], looks["colour"]
    category.note("category changed", me())
    return redirect(f"/groups/{root.id}/categories", code=303)


def _renamed(category: Category, form: Form) -> str:
    name = name_of(form)
    if not form.wrong and doubles(category.community_id, name, but=category):
        form.wrong["name"] = _("There is a category with this name already.")
    return name


@blueprint.post("/categories/<int:category_id>/retirement")
@signed_in
@writes
def retire(category_id: int) -> ResponseReturnValue:
    category, root = _led(category_id)
    if not category.retired_at:
        category.retire(me())
    return redirect(f"/groups/{root.id}/categories?retired={category.id}", code=303)


@blueprint.post("/categories/<int:category_id>/return")
@signed_in
@writes
def bring_back(category_id: int) -> ResponseReturnValue:
    category, root = _led(category_id)
    if category.retired_at and is_full(root):
        raise Changed(full())
    if category.retired_at:
        category.come_back(me())
    return redirect(f"/groups/{root.id}/categories", code=303)
