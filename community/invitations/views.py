"""Coming in: by link, from a neighbouring group; and the answer to who asks."""

import secrets

from flask import Blueprint, current_app, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from community.assets import assets
from community.database import db
from community.exposure.names import exposes
from community.form import Form
from community.groups import children, codes  # noqa: F401  their pages hang on the groups' blueprint
from community.groups.gates import open_to
from community.groups.membership import Membership, admit, standing
from community.groups.models import Group
from community.http import Changed, Refusal, missing, signed_in, writes
from community.invitations.consent import Consent
from community.invitations.models import Invitation
from community.invitations.replies import Replies, Unanswered, at_door, spoken_at_doors
from community.invitations.requests import Ended, JoinRequest
from community.languages import current
from community.people.language import speak_unless_chosen
from community.people.models import Child, Person
from community.people.pictures import COLOURS, PERSON_PICTURES, ROOMS
from community.people.session import me, sign_in, someone
from community.people.views import chosen_looks, own_child

blueprint = Blueprint("invitations", __name__)
OFFERED = 8  # pictures that a newcomer is shown


class EndedPage(Refusal):
    """An ended invitation: a closed door that says nothing of the group behind it."""

    code = 410
    symbol = "door"
    said = _l("This invitation is closed.")
    button = _l("I have a code")
    href = "/code"


@blueprint.get("/j/<code>")
def show(code: str) -> ResponseReturnValue:
    """Writes nothing: chat apps fetch it for their preview. The visit's cookie makes a double tap one person."""
    invitation = _live(code)
    speak_unless_chosen(invitation.group.language)
    person = someone()
    if person is None and "visit" not in session:
        session["visit"] = secrets.token_urlsafe(12)
    return render_template(
        "invitations/show.html", invitation=invitation, group=invitation.group, person=person,
        pictures=PERSON_PICTURES[:OFFERED], colours=COLOURS, form=Form({}), og_image=_preview(),
        member=person and standing(person).here(invitation.group),
        replies=at_door(invitation.group) if invitation.asks else None,
    )  # fmt: skip


def _preview() -> str:
    """The app's icon, in full: chat apps show it beside the link. '' where there is none."""
    icon = assets().url.get("icons/icon-512.png", "")
    return icon and (current_app.config["PUBLIC_URL"] or request.host_url.rstrip("/")) + icon


@blueprint.post("/j/<code>")
@spoken_at_doors
@writes
def accept(code: str) -> ResponseReturnValue:
    invitation = _live(code)
    speak_unless_chosen(invitation.group.language)
    return come_in(invitation, newcomer())


def _live(code: str, *, spoken: bool = False) -> Invitation:
    try:
        return Invitation.with_code(code, spoken=spoken)
    except Ended:
        raise EndedPage from None


def newcomer() -> Person:
    """Whoever is signed in, or somebody new with the picture that she chose, or one by chance."""
    if person := someone():
        return person
    form = Form(request.form)
    picture, colour = chosen_looks(form)
    visit = session.get("visit") or secrets.token_urlsafe(12)
    person = Person.arrive(
        visit,
        name=_name(form),
        picture=picture,
        colour=colour,
        language=current().code,
    )
    sign_in(person)
    return person


def _name(form: Form) -> str | None:
    """None where she gave none, or one that leads to her: she is let in all the same, and may give another."""
    name = form.line("name", most=60)[:60]
    return None if exposes(name) else name or None


def come_in(invitation: Invitation, person: Person) -> ResponseReturnValue:
    try:
        got = _redeemed(invitation, person)
    except Ended:
        raise EndedPage from None
    except Unanswered as asked:
        return asked.replies.page()
    Consent.note(person, invitation.group)
    return redirect(f"/groups/{got.group_id}" if isinstance(got, Membership) else "/#asked", code=303)


def _redeemed(invitation: Invitation, person: Person) -> Membership | JoinRequest:
    """A wish without its answers leaves nothing behind, not even the child whom it was for."""
    replies = Replies.read(invitation.group, person) if invitation.asks else None
    with db.session.begin_nested():
        got = invitation.redeem(person, _child_to_bring(person))
        if replies:
            replies.go_with(got) if isinstance(got, JoinRequest) else replies.go()
    return got


def _child_to_bring(person: Person) -> Child | None:
    """The child that a parent comes for: one she keeps, or a new one with the picture that she chose."""
    form = Form(request.form)
    if number := form.number("child"):
        return own_child(person, number)
    picture = form.choice("child_picture", PERSON_PICTURES, "")
    if not picture:
        return None
    nickname = form.line("nickname", most=30)[:30]
    return Child.keep(person, picture, secrets.choice(ROOMS), nickname)


@blueprint.post("/groups/<int:group_id>/membership")
@signed_in
@spoken_at_doors
@writes
def join(group_id: int) -> ResponseReturnValue:
    """Come into a group of my community, or ask to, as the group wants it."""
    group, person = open_to(me(), group_id), me()
    if not _may_simply_join(group):
        return _asked(group, person)
    child = _child_to_bring(person)
    if group.joining != "link" and not standing(person).here(group):
        group.note("came in from above", person)
    admit(group, person, child)
    return redirect(f"/groups/{group.id}", code=303)


def _asked(group: Group, person: Person) -> ResponseReturnValue:
    replies = Replies.read(group, person)
    try:
        with db.session.begin_nested():
            replies.go_with(JoinRequest.ask(group, person, _child_to_bring(person)))
    except Unanswered as asked:
        return asked.replies.page()
    return redirect("/#asked", code=303)


def _may_simply_join(group: Group) -> bool:
    """Also for a second child, and for who leads from above (its members see it)."""
    stand = standing(me())
    if group.rests or (group.joining == "invite" and not stand.role_in(group)):
        missing()
    return group.joining == "link" or bool(stand.here(group)) or stand.is_at_least("admin", group)


@blueprint.post("/requests/<int:request_id>/withdrawal")
@signed_in
@writes
def withdraw(request_id: int) -> ResponseReturnValue:
    found = db.session.get(JoinRequest, request_id)
    if found is None or found.person_id != me().id:
        missing()
    found.withdraw()
    return redirect("/", code=303)


def request_led_by_me(request_id: int) -> JoinRequest:
    """Somebody's wish to come in, if it is mine to answer."""
    found = db.session.get(JoinRequest, request_id)
    if found is None or not standing(me()).is_at_least("moderator", found.group):
        missing()
    return found


@blueprint.post("/requests/<int:request_id>/approval")
@signed_in
@writes
def approve(request_id: int) -> ResponseReturnValue:
    found = request_led_by_me(request_id)
    try:
        found.approve(me())
    except Ended:
        raise Changed(_l("There is no place left, or the door was closed to this person.")) from None
    return _answered(found)


@blueprint.post("/requests/<int:request_id>/refusal")
@signed_in
@writes
def decline(request_id: int) -> ResponseReturnValue:
    found = request_led_by_me(request_id)
    found.decline(me())
    return _answered(found)


def _answered(found: JoinRequest) -> ResponseReturnValue:
    """Back to the courtyard, which offers to undo what was just answered."""
    return redirect(f"/?answered={found.id}#requests", code=303)


@blueprint.post("/requests/<int:request_id>/undo")
@signed_in
@writes
def undo(request_id: int) -> ResponseReturnValue:
    found = request_led_by_me(request_id)
    if found.answer is not None and not found.undo(me()):
        raise Changed
    return redirect("/#requests", code=303)
