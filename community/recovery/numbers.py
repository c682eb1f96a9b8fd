"""Coming back by a number that was proven before; and proving one. Only where the operator has a carrier of messages.

Every answer is the same whether somebody has that number or not. Tries are counted in the database: by the hour for
each address, phone and number; by the day for each number, and for all.
"""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from community.form import Form
from community.groups.proof import prove as behind_proof
from community.http import TooMany, be_sure, signed_in, writes
from community.invitations.digits import digits_of, household
from community.languages import gettext as _
from community.people.attempts import Attempts
from community.people.models import Person
from community.people.session import current_session, me
from community.recovery import sending
from community.recovery.models import Number, mark_of
from community.recovery.sms import number_of

blueprint = Blueprint("numbers", __name__)
EACH_HOUR = {"address": 10, "phone": 5, "number": 3}  # messages asked for
TRIES = 10  # wrong digits an hour


@blueprint.get("/number")
def ask() -> ResponseReturnValue:
    return _page(Form({}))


def _page(form: Form, code: int = 200) -> ResponseReturnValue:
    return render_template("recovery/number.html", form=form), code, {"Cache-Control": "no-store"}


@blueprint.post("/number")
@writes
def come_back() -> ResponseReturnValue:
    """The digits go to the page of codes, and are counted there."""
    return _send(_page, None) or redirect("/code?sent=1", code=303)


def _send(page: Callable[..., ResponseReturnValue], proves: Person | None) -> ResponseReturnValue | None:
    """Promise a message; or the page that says why not. What it does is the same for known numbers and others."""
    form = Form(request.form)
    number = number_of(form.line("number", most=40))
    if number is None:
        form.wrong["number"] = _("This is no mobile number that we can write to.")
        return page(form, 422)
    if not _few_enough(mark_of(number)):
        return TooMany().page()
    if proves:
        Number.claim(proves, mark_of(number))
    sending.promise(number, proves=proves)
    return None


def _few_enough(mark: str) -> bool:
    own = current_session()
    phone = own.phone_id if own else session.get("phone") or f"none:{household()}"
    asked = {"address": household(), "phone": phone, "number": mark}
    counts = {what: Attempts.count_one(f"sms:{what}:{which}") for what, which in asked.items()}
    return all(count <= EACH_HOUR[what] for what, count in counts.items())


@blueprint.get("/me/number")
@signed_in
def mine() -> ResponseReturnValue:
    return _my_page(Form({}))


def _my_page(form: Form, code: int = 200) -> ResponseReturnValue:
    return render_template("recovery/my_number.html", form=form, number=Number.of(me())), code


@blueprint.post("/me/number")
@signed_in
@behind_proof
@writes
def claim() -> ResponseReturnValue:
    be_sure()
    return _send(_my_page, me()) or redirect("/me/number", code=303)


@blueprint.post("/me/number/proof")
@signed_in
@writes
def prove() -> ResponseReturnValue:
    be_sure()
    form, claimed = Form(request.form), Number.of(me())
    if Attempts.count_one(f"number:{me().id}") > TRIES:
        return TooMany().page()
    if claimed is None or not claimed.prove(digits_of(form.line("code", most=40))):
        form.wrong["code"] = _("No door opens with these digits. Look again, or ask for a new code.")
        return _my_page(form, 410)
    return redirect("/me/number", code=303)


@blueprint.post("/me/number/removal")
@signed_in
@writes
def forget() -> ResponseReturnValue:
    be_sure()
    if found := Number.of(me()):
        found.forget()
    return redirect("/me/number", code=303)
