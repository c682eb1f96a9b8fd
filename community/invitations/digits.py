"""Coming in by digits that were said aloud: to one's own room, to the wish to come in, or to a role that is offered."""

from ipaddress import IPv6Address, ip_address, ip_network

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.delegation.models import Appointment, Void
from community.form import Form
from community.groups.codes import come_back
from community.http import TooMany, writes
from community.invitations.models import Invitation
from community.invitations.replies import spoken_at_doors
from community.invitations.requests import Ended
from community.invitations.views import EndedPage, blueprint, come_in, newcomer
from community.languages import gettext as _
from community.people.attempts import Attempts
from community.people.session import someone

TRIES = 10  # wrong spoken codes an hour and address
ALL_TRIES = 1000  # and from everywhere together: whoever has many addresses has no more luck


@blueprint.get("/code")
def ask_code() -> ResponseReturnValue:
    return _code_page(Form({}))


def _code_page(form: Form) -> str:
    return render_template("invitations/code.html", form=form, here=someone(), sent="sent" in request.args)


@blueprint.post("/code")
@spoken_at_doors
@writes
def accept_digits() -> ResponseReturnValue:
    """Digits said aloud: one's own room on another phone, or a wish to come in (never the group itself).

    Wrong ones are counted in the database, ten an hour and address; after that right ones are refused as well.
    While somebody guesses from everywhere, digits only ask to come in; those of somebody's room look wrong.
    """
    tries, everywhere = f"digits:{household()}", "digits from everywhere"
    if Attempts.count_one(tries) > TRIES:
        return TooMany().page()
    form = Form(request.form)
    only_ask = Attempts.count_one(everywhere) > ALL_TRIES
    answer = _open_with(digits_of(form.line("code", most=40)), only_ask=only_ask)
    if answer is None:
        form.wrong["code"] = _("No door opens with these digits. Look again, or ask for a new code.")
        return _code_page(form), EndedPage.code
    Attempts.take_back_one(tries)
    Attempts.take_back_one(everywhere)
    return answer


def household() -> str:
    """Where a try comes from: the address, or on IPv6 its /64, which is one household."""
    try:
        where = ip_address(request.remote_addr or "")
    except ValueError:
        return str(request.remote_addr)
    if isinstance(where, IPv6Address):
        return str(where.ipv4_mapped or ip_network((where, 64), strict=False))
    return str(where)


def digits_of(text: str) -> str:
    """The digits of any script in 0-9; spaces and dashes between them say nothing."""
    return "".join(str(int(letter)) for letter in text if letter.isdecimal())


def _open_with(digits: str, *, only_ask: bool) -> ResponseReturnValue | None:
    """What the digits open; None where that is nothing."""
    if not only_ask and come_back(digits):
        return redirect("/", code=303)
    try:
        return redirect(f"/a/{Appointment.with_digits(digits).code}", code=303)
    except Void:
        pass
    try:
        return come_in(Invitation.with_code(digits, spoken=True), newcomer())
    except (Ended, EndedPage):  # also the banned: right digits look wrong to her, and are counted
        return None
