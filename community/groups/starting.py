"""Beginning a community from a ready-made shape: a picture, a size, one button."""

from uuid import uuid4

import sqlalchemy as sa
from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from community.database import db
from community.exposure.names import unfit
from community.form import Form
from community.groups.membership import admit
from community.groups.models import Group
from community.groups.shapes import SHAPES, Shape
from community.groups.views import blueprint
from community.http import TooMany, missing, signed_in, writes
from community.languages import current
from community.people.attempts import Attempts
from community.people.models import Person, fingerprint
from community.people.session import me

MOST = 5  # communities that a person begins within a day


@blueprint.get("/communities/new")
@signed_in
def shapes() -> ResponseReturnValue:
    return render_template("groups/shapes.html", shapes=SHAPES.values())


@blueprint.get("/communities/new/<shape>")
@signed_in
def new_community(shape: str) -> ResponseReturnValue:
    return _page(SHAPES.get(shape) or missing(), Form({}))


def _page(shape: Shape, form: Form, code: int = 200) -> ResponseReturnValue:
    """The choice of a size. It holds a fresh key, so no phone may store it."""
    page = render_template("groups/begin.html", shape=shape, form=form, key=uuid4().hex)
    return page, code, {"Cache-Control": "no-store"}


@blueprint.post("/communities")
@signed_in
@writes
def begin() -> ResponseReturnValue:
    form = Form(request.form)
    shape = SHAPES.get(form.choice("shape", SHAPES, "")) or missing()
    name = form.line("name", most=80) or str(shape.name)
    if wrong := unfit(name):
        form.wrong["name"] = wrong
    sizes = [str(size) for size in shape.sizes]
    size, extra = int(form.choice("size", sizes, sizes[0])), form.ticked("extra")
    if form.wrong:
        return _page(shape, form, 422)
    start_key = started_with(me(), form)
    root = begun_with(start_key)
    if root is None:
        _count_one(me())
        root = shape.plant(name, size, current().code, extra=extra, start_key=start_key)
        admit(root, me(), role="admin")
        root.note("begun", me())
    return redirect(f"/groups/{root.id}", code=303)


def started_with(person: Person, form: Form) -> str:
    """The mark that this form's key leaves on what it begins: a double tap finds it there."""
    return fingerprint(f"{person.id}:{form.line('key', most=64) or uuid4().hex}")


def begun_with(start_key: str) -> Group | None:
    return db.session.scalar(sa.select(Group).where(Group.start_key == start_key))


def _count_one(person: Person) -> None:
    """Count this beginning; TooMany, and nothing counted, when there were five within a day."""
    what = f"begin:{person.id}"
    Attempts.count_one(what)
    day = sa.select(sa.func.sum(Attempts.count)).where(Attempts.key == fingerprint(what))
    if (db.session.scalar(day) or 0) > MOST:
        raise TooMany(_l("You have begun five courtyards today. Begin the next one tomorrow."))
