"""The children whom a parent keeps: a picture, a colour, perhaps a nickname.

How a child leaves its groups and comes back stands in community/groups/children.py.
"""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.form import Form
from community.http import missing, signed_in, writes
from community.people.blueprint import blueprint
from community.people.looks import chosen_looks, offered_looks
from community.people.models import LONGEST_NICKNAME, Child, Person
from community.people.pictures import PERSON_PICTURES, ROOMS
from community.people.session import me


def own_child(person: Person, child_id: int) -> Child:
    """A child that this person keeps."""
    child = Child.owned(person, child_id)
    return child if child and not child.gone_at else missing()


@blueprint.get("/children")
@signed_in
def children() -> ResponseReturnValue:
    return _list(Form({}))


@blueprint.post("/children")
@signed_in
@writes
def keep_child() -> ResponseReturnValue:
    form = Form(request.form)
    nickname = form.line("nickname", most=LONGEST_NICKNAME)
    picture, colour = chosen_looks(form)
    if form.wrong:
        return _list(form), 422
    Child.keep(me(), picture, colour, nickname)
    return redirect("/children", code=303)


def _list(form: Form) -> str:
    kept = Child.of(me())
    gone = Form(request.args).number("gone")
    return render_template(
        "people/children.html", children=kept, form=form, gone=_gone(gone), left=request.args.get("left", ""),
        picture=form.values.get("picture") or _unused(PERSON_PICTURES, [child.picture for child in kept]),
        colour=form.values.get("colour") or _unused(ROOMS, [child.colour for child in kept]),
        longest=LONGEST_NICKNAME, **offered_looks(),
    )  # fmt: skip


def _unused(offered: tuple[str, ...], used: list[str]) -> str:
    """What is chosen beforehand: something that no other child of hers has."""
    return next((one for one in offered if one not in used), offered[0])


def _gone(child_id: int | None) -> Child | None:
    """The child that was just taken out, to be brought back: the page before says which."""
    child = Child.owned(me(), child_id) if child_id else None
    return child if child and child.gone_at else None


@blueprint.get("/children/<int:child_id>")
@signed_in
def child(child_id: int) -> ResponseReturnValue:
    found = own_child(me(), child_id)
    return _page(found, Form({}), found.picture, found.colour)


@blueprint.post("/children/<int:child_id>")
@signed_in
@writes
def change_child(child_id: int) -> ResponseReturnValue:
    found, form = own_child(me(), child_id), Form(request.form)
    nickname = form.line("nickname", most=LONGEST_NICKNAME)
    picture = form.choice("picture", PERSON_PICTURES, found.picture)
    colour = form.choice("colour", ROOMS, found.colour)
    if form.wrong:
        return _page(found, form, picture, colour), 422
    found.look(picture, colour, nickname)
    return redirect("/children", code=303)


def _page(child: Child, form: Form, picture: str, colour: str) -> str:
    nickname = form.values.get("nickname", child.nickname or "")
    return render_template(
        "people/child.html", child=child, form=form, picture=picture, colour=colour, nickname=nickname,
        longest=LONGEST_NICKNAME, **offered_looks(),
    )  # fmt: skip
