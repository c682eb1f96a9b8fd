"""The desk for templates: what each new group of a level gets in this branch; and those that are there, by errand."""

from uuid import uuid4

import sqlalchemy as sa
from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from community.database import db
from community.delegation.levels import MOST, LevelTemplate, TemplateGroup
from community.delegation.views import blueprint
from community.errands.models import begin
from community.form import Form
from community.groups.gates import led_by
from community.groups.membership import standing
from community.groups.models import Category, Group
from community.groups.proof import prove
from community.http import Changed, missing, signed_in, writes
from community.languages import gettext as _
from community.people.pictures import GROUP_PICTURES, ROOMS
from community.people.session import me

TEMPLATES = 20  # of one branch
FULL = _l("There is no room for more here.")


@blueprint.get("/groups/<int:group_id>/templates")
@signed_in
def templates(group_id: int) -> ResponseReturnValue:
    return _list(led_by(me(), group_id), Form({}))


def _list(group: Group, form: Form, code: int = 200) -> ResponseReturnValue:
    levels = sa.select(Group.level).where(Group.below(group.path), Group.id != group.id, Group.level != "")
    named = list(db.session.scalars(levels.distinct().order_by(Group.level).limit(40)))
    return render_template(
        "delegation/templates.html", group=group, templates=LevelTemplate.of(group), levels=named, form=form
    ), code


@blueprint.post("/groups/<int:group_id>/templates")
@signed_in
@prove
@writes
def make_template(group_id: int) -> ResponseReturnValue:
    """For a level by its name; the same name twice is the same template."""
    group, form = led_by(me(), group_id), Form(request.form)
    level = form.line("level", most=40, needed=_("What is it about?"))
    if form.wrong:
        return _list(group, form, 422)
    known = LevelTemplate.of(group)
    found = next((one for one in known if one.level == level), None)
    if found is None and len(known) >= TEMPLATES:
        raise Changed(FULL)
    return redirect(f"/templates/{(found or _made(group, level)).id}", code=303)


def _made(group: Group, level: str) -> LevelTemplate:
    made = LevelTemplate(community_id=group.community_id, group=group, level=level, made_by=me().id)
    db.session.add(made)
    db.session.flush()
    group.note("template made", me(), template=made.id)
    return made


def held_template(template_id: int) -> LevelTemplate:
    """A template of a branch that I look after."""
    found = db.session.get(LevelTemplate, template_id)
    if found is None or not standing(me()).is_at_least("admin", found.group):
        missing()
    return found


@blueprint.get("/templates/<int:template_id>")
@signed_in
def template(template_id: int) -> ResponseReturnValue:
    return _page(held_template(template_id), Form({}))


def _page(found: LevelTemplate, form: Form, code: int = 200) -> ResponseReturnValue:
    there = db.session.scalar(sa.select(sa.func.count()).select_from(found.targets.order_by(None).subquery())) or 0
    return render_template(
        "delegation/template.html", template=found, group=found.group, form=form, pictures=GROUP_PICTURES, most=MOST,
        categories=Category.of(found.community_id), there=there, key=uuid4().hex,
    ), code, {"Cache-Control": "no-store"}  # fmt: skip


@blueprint.post("/templates/<int:template_id>/groups")
@signed_in
@prove
@writes
def add_to_template(template_id: int) -> ResponseReturnValue:
    """One more group that each gets: from now on, and where it was brought to by an errand."""
    found, form = held_template(template_id), Form(request.form)
    category, picture = _category(found, form), form.choice("picture", GROUP_PICTURES, "")
    name = form.line("name", most=80) or (category.name if category else "")
    if not name:
        form.wrong["name"] = _("A group needs a name.")
    if form.wrong:
        return _page(found, form, 422)
    if len(found.groups) >= MOST:
        raise Changed(FULL)
    if all(one.name != name for one in found.groups):
        _add(found, name, category, picture)
    return redirect(f"/templates/{found.id}", code=303)


def _category(found: LevelTemplate, form: Form) -> Category | None:
    number = form.number("category")
    known = {one.id: one for one in Category.of(found.community_id)}
    return known.get(number) or missing() if number else None


def _add(found: LevelTemplate, name: str, category: Category | None, picture: str) -> None:
    """It looks as its category does, unless something else was chosen."""
    picture = picture or (category.picture if category else found.group.picture)
    colour = category.colour if category else ROOMS[len(found.groups) % len(ROOMS)]
    language = category.language if category and name == category.name else me().language
    made = TemplateGroup(community_id=found.community_id, name=name, category=category, language=language)
    made.picture, made.colour = picture, colour
    found.groups.append(made)
    found.group.note("template changed", me(), template=found.id)


@blueprint.post("/templates/<int:template_id>/groups/<int:template_group_id>/removal")
@signed_in
@prove
@writes
def take_from_template(template_id: int, template_group_id: int) -> ResponseReturnValue:
    """No new group gets it any more; those that are there stay."""
    found = held_template(template_id)
    one = next((one for one in found.groups if one.id == template_group_id), None) or missing()
    found.groups.remove(one)
    found.group.note("template changed", me(), template=found.id)
    return redirect(f"/templates/{found.id}", code=303)


@blueprint.post("/templates/<int:template_id>/removal")
@signed_in
@prove
@writes
def end_template(template_id: int) -> ResponseReturnValue:
    found = held_template(template_id)
    db.session.delete(found)
    found.group.note("template ended", me(), template=found.id)
    return redirect(f"/groups/{found.group_id}/templates", code=303)


@blueprint.post("/templates/<int:template_id>/errand")
@signed_in
@prove
@writes
def bring(template_id: int) -> ResponseReturnValue:
    """What is missing, to all groups of the level that are there."""
    found, key = held_template(template_id), Form(request.form).line("key", most=32)
    whats = ({"group": group_id} for group_id in db.session.scalars(found.targets))
    errand = begin("level", found.group, me(), f"level:{found.id}:{key}", {"template": found.id}, whats)
    return redirect(f"/errands/{errand.id}", code=303)
