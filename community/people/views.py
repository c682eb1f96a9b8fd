"""Me: one page with the ways to everything that is mine."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.database import now
from community.http import signed_in, writes
from community.languages import current
from community.people import entering, quiet  # noqa: F401  their pages hang on the blueprint
from community.people.blueprint import blueprint
from community.people.children import own_child
from community.people.language import CALLIGRAPHIC, PRICE, has_nastaliq, own_digits
from community.people.looks import chosen_looks
from community.people.models import WEEK, Child, Session
from community.people.session import acts_without_roles, me, sign_out

__all__ = ["blueprint", "chosen_looks", "own_child"]


@blueprint.get("/me")
@signed_in
def show() -> ResponseReturnValue:
    return render_template(
        "people/show.html", children=Child.of(me()), sessions=Session.of(me()), own_digits=own_digits(),
        price=PRICE, nastaliq=has_nastaliq() and current().code in CALLIGRAPHIC,
        passkey_offered=me().created < now() - WEEK, bare=acts_without_roles(me()),
    )  # fmt: skip


@blueprint.post("/me/digits")
@signed_in
@writes
def choose_digits() -> ResponseReturnValue:
    """Numbers in the digits of my script, or in 0-9."""
    me().native_digits = request.form.get("digits") == "own"
    return redirect("/me", code=303)


@blueprint.post("/me/letters")
@signed_in
@writes
def choose_letters() -> ResponseReturnValue:
    """Announcements in Nastaliq, whose font is then fetched, or in what the phone has."""
    me().nastaliq = request.form.get("letters") == "nastaliq"
    return redirect("/me", code=303)


@blueprint.post("/me/sign-out")
@writes
def leave_phone() -> ResponseReturnValue:
    """Also for who is out already: the second tap of a slow phone ends at the same door."""
    sign_out()
    return redirect("/", code=303)
