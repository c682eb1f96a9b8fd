"""Coming in by digits that were said aloud: to one's own room, to the wish to come in, or to a role that is offered."""

from ipaddress import IPv6Address, ip_address, ip_network

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.delegation.models import Appointment, Void
from community.form import Form
from community.http import TooMany, writes
from community.invitations.models import Ended, Invitation
from community.invitations.views import EndedPage, blueprint, come_in, newcomer
from community.languages import gettext as _
from community.people.attempts import Attempts
from community.people.session import sign_in, someone
from community.people.sign_in import SignInCode

TRIES = 10  # wrong spoken codes an hour and address


@blueprint.get("/code")
def ask_code() -> ResponseReturnValue:
    return _code_page(Form({}))


def _code_page(form: Form) -> str:
    return render_template("invitations/code.html", form=form, here=someone())


@blueprint.post("/code")
@writes
def accept_digits() -> ResponseReturnValue:
    """Digits said aloud: one's own room on another phone, or a wish to come in (never the group itself).

    Wrong ones are counted in the database, ten an hour and address; after that right ones are refused as well.
    """
    tries = f"digits:{_address()}"
    if Attempts.count_one(tries) > TRIES:
        return TooMany().page()
    form = Form(request.form)
    answer = _open_with(_digits(form.line("code", most=40)))
    if answer is None:
        form.wrong["code"] = _("No door opens with these digits. Look again, or ask for a new code.")
        return _code_page(form), EndedPage.code
    Attempts.take_back_one(tries)
    return answer


def _address() -> str:
    """Where a try comes from: the address, or on IPv6 its /64, which is one household."""
    try:
        where = ip_address(request.remote_addr or "")
    except ValueError:
        return str(request.remote_addr)
    if isinstance(where, IPv6Address):
        return str(where.ipv4_mapped or ip_network((where, 64), strict=False))
    return str(where)


def _digits(text: str) -> str:
    """The digits of any script in 0-9; spaces and dashes between them say nothing."""
    return "".join(str(int(letter)) for letter in text if letter.isdecimal())


def _open_with(digits: str) -> ResponseReturnValue | None:
    """What the digits open; None where that is nothing."""
    own = SignInCode.find(digits, spoken=True)
    if own and own.spend():
        sign_in(own.person)
        return redirect("/", code=303)
    try:
        return redirect(f"/a/{Appointment.with_digits(digits).code}", code=303)
    except Void:
        pass
    try:
        return come_in(Invitation.with_code(digits, spoken=True), newcomer())
    except (Ended, EndedPage):  # also the banned: right digits look wrong to her, and are counted
        return None
