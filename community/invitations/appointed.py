"""Taking a role on that was offered: a page that says what it is, and one tap."""

import secrets

from flask import redirect, render_template, session
from flask.typing import ResponseReturnValue

from community.delegation.models import Appointment, Void
from community.delegation.taking import gives, take_on
from community.form import Form
from community.groups.membership import LastAdmin
from community.http import signed_in, writes
from community.invitations.views import OFFERED, EndedPage, blueprint, newcomer
from community.people.language import speak_unless_chosen
from community.people.models import Person
from community.people.pictures import COLOURS, PERSON_PICTURES
from community.people.session import me, someone


@blueprint.get("/a/<code>")
def appointment(code: str) -> ResponseReturnValue:
    """Writes nothing. It says what the role is, for how long, and who offers it."""
    offer, person = _at(code), someone()
    if not offer.is_live:
        raise EndedPage
    speak_unless_chosen(offer.group.language)
    if person is None and "visit" not in session:
        session["visit"] = secrets.token_urlsafe(12)
    page = render_template(
        "delegation/take.html", offer=offer, group=offer.group, person=person, pictures=PERSON_PICTURES[:OFFERED],
        colours=COLOURS, form=Form({}), may=_may(offer, person),
    )  # fmt: skip
    return page, {"Cache-Control": "no-store"}


def _at(code: str) -> Appointment:
    try:
        return Appointment.with_code(code)
    except Void:
        raise EndedPage from None


def _may(offer: Appointment, person: Person | None) -> bool:
    """Whether there is anything in it for who looks at it."""
    return offer.person_id is None if person is None else offer.is_for(person) and gives(offer, person)


@blueprint.post("/a/<code>")
@writes
def take(code: str) -> ResponseReturnValue:
    """The role is hers; with digits said aloud, once somebody has looked at her."""
    offer = _at(code)
    speak_unless_chosen(offer.group.language)
    person = newcomer()
    if offer.spoken and offer.answer is None:
        return _waiting(offer, person)
    try:
        take_on(offer, person)
    except (Void, LastAdmin):
        raise EndedPage from None
    return redirect(f"/appointments/{offer.id}" if offer.hands_over else f"/groups/{offer.group_id}/roles", code=303)


def _waiting(offer: Appointment, person: Person) -> ResponseReturnValue:
    if not offer.is_live or not _may(offer, person):
        raise EndedPage
    try:
        offer.wait_with(person)
    except Void:
        raise EndedPage from None
    return redirect(f"/a/{offer.code}", code=303)


@blueprint.post("/a/<code>/refusal")
@signed_in
@writes
def refuse(code: str) -> ResponseReturnValue:
    """No, thank you: only who was asked by name is asked."""
    offer = _at(code)
    if offer.person_id != me().id:
        raise EndedPage
    try:
        offer.settle("declined", me())
    except Void:
        raise EndedPage from None
    return redirect("/", code=303)
