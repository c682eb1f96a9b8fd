"""What someone looks like: a picture, a colour, a name if she likes."""

import secrets
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.exposure.names import unfit
from community.form import Form
from community.http import signed_in, writes
from community.people.blueprint import blueprint
from community.people.pictures import COLOURS, PERSON_PICTURES, ROOMS
from community.people.session import me

LONGEST_NAME = 60


def offered_looks() -> dict[str, Any]:
    """What a page with a choice of looks needs: every picture, and every colour with its word."""
    return {"pictures": PERSON_PICTURES, "colours": COLOURS}


def chosen_looks(form: Form) -> tuple[str, str]:
    """(picture, colour) as chosen in the form, or by chance: nobody has to choose."""
    picture = form.choice("picture", PERSON_PICTURES, "") or secrets.choice(PERSON_PICTURES)
    return picture, form.choice("colour", ROOMS, "") or secrets.choice(ROOMS)


@blueprint.get("/me/looks")
@signed_in
def my_looks() -> ResponseReturnValue:
    return _page(Form({}), me().picture, me().colour)


@blueprint.post("/me/looks")
@signed_in
@writes
def change_my_looks() -> ResponseReturnValue:
    form = Form(request.form)
    name = form.line("name", most=LONGEST_NAME)
    if wrong := unfit(name):
        form.wrong["name"] = wrong
    picture = form.choice("picture", PERSON_PICTURES, me().picture)
    colour = form.choice("colour", ROOMS, me().colour)
    if form.wrong:
        return _page(form, picture, colour), 422
    me().look(picture, colour, name)
    return redirect("/me", code=303)


def _page(form: Form, picture: str, colour: str) -> str:
    name = form.values.get("name", me().name or "")
    return render_template(
        "people/looks.html", form=form, picture=picture, colour=colour, name=name, longest=LONGEST_NAME,
        **offered_looks(),
    )  # fmt: skip
