"""A passkey: made on a phone of hers, shown to come in, shown again before roles change hands, taken away."""

from typing import ClassVar

from flask import Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from community.database import db, now
from community.form import Form
from community.groups.proof import FRESH, PROOF, Way, proof_asked, prove
from community.http import Refusal, be_sure, missing, signed_in, writes
from community.people.models import HIGHEST_ID, Person, Session
from community.people.pictures import picture_word
from community.people.session import current_session, me, sign_in, someone
from community.phones.digits import digits_in
from community.phones.models import Pin
from community.recovery import ceremony
from community.recovery.ceremony import LONGEST, NoProof
from community.recovery.models import MOST, Passkey
from community.recovery.views import blueprint


class Unproven(Refusal):
    """Wrong, too old, unknown, or none at all: one answer."""

    code = 410
    symbol = "lock"
    said = _l("That did not work on this phone. Try again, or say a code.")
    button = _l("I have a code")
    href = "/code"


class ByPasskey:
    template: ClassVar[str] = "recovery/asked.html"

    def is_shown(self, answer: str) -> bool:
        try:
            found = _called(answer, me())
        except NoProof:
            return False
        found.used(found.sign_count, current_session() or missing())
        return True


class ByPin:
    """The six digits of hers on this phone. They are counted as at its door."""

    template: ClassVar[str] = "phones/asked.html"

    def __init__(self, pin: Pin) -> None:
        self.pin = pin

    def is_shown(self, answer: str) -> bool:
        digits, own = digits_in(answer), current_session() or missing()
        if not digits or not self.pin.answer(digits):
            return False
        own.proved_at = now()
        return True


@proof_asked.connect
def _way_of(person: Person) -> Way | None:
    """A passkey; else the PIN that she has on this phone, unless it was typed just now.

    No PIN stands for a passkey: whoever holds her open phone can choose one.
    """
    if Passkey.asks(person):
        return ByPasskey()
    own = current_session()
    pin = own and Pin.of(own.phone_id, person.id)
    return ByPin(pin) if own and pin and not _was_typed(own) else None


def _was_typed(own: Session) -> bool:
    return own.opened_at is not None and own.opened_at > now() - FRESH


@blueprint.get("/passkeys")
def door() -> ResponseReturnValue:
    return render_template("recovery/door.html", possible=ceremony.is_possible())


@blueprint.post("/passkeys/question")
def question() -> ResponseReturnValue:
    """Writes nothing: what is asked stands in the browser's own cookie."""
    return _json(ceremony.ask())


def _json(text: str) -> Response:
    return Response(text, content_type="application/json", headers={"Cache-Control": "no-store"})


@blueprint.post("/passkeys")
@writes
def enter() -> ResponseReturnValue:
    found = _shown()
    found.used(found.sign_count, sign_in(found.person))
    return redirect("/", code=303)


def _shown() -> Passkey:
    """The passkey that this request shows. Raises Unproven."""
    try:
        return _called(Form(request.form).line("answer", most=LONGEST))
    except NoProof:
        raise Unproven(code=410 if someone() else 401) from None


def _called(answer: str, person: Person | None = None) -> Passkey:
    """Raises NoProof."""
    found = Passkey.called(ceremony.called(answer))
    if found is None or (person and found.person_id != person.id):
        raise NoProof
    about = {"about": PROOF} if person else {}
    found.sign_count = ceremony.read(answer, found.public_key, found.sign_count, **about)
    return found


@blueprint.get("/me/passkeys")
@signed_in
def mine() -> ResponseReturnValue:
    return render_template(
        "recovery/passkeys.html", passkeys=Passkey.of(me()), most=MOST, possible=ceremony.is_possible(),
        asks=Passkey.asks(me()),
    )  # fmt: skip


@blueprint.post("/me/passkeys/question")
@signed_in
def new_question() -> ResponseReturnValue:
    be_sure()
    name = me().name or picture_word(me().picture)
    return _json(ceremony.ask_for_new(me(), name, [one.credential for one in Passkey.of(me())]))


@blueprint.post("/me/passkeys")
@signed_in
@prove
@writes
def keep() -> ResponseReturnValue:
    """A second one only where the first was shown lately: else a thief of an open phone makes one of his own."""
    be_sure()
    kept, own = Passkey.of(me()), current_session() or missing()
    try:
        made = ceremony.read_new(Form(request.form).line("answer", most=LONGEST))
    except NoProof:
        raise Unproven from None
    if len(kept) < MOST and Passkey.called(made.credential) is None:
        Passkey.keep(me(), made.credential, made.public_key, made.sign_count, own.phone.label)
    return redirect("/me/passkeys", code=303)


@blueprint.post("/passkeys/<int:passkey_id>/removal")
@signed_in
@writes
def remove(passkey_id: int) -> ResponseReturnValue:
    found, own = db.session.get(Passkey, min(passkey_id, HIGHEST_ID)), current_session()
    if found is None or own is None or found.person_id != me().id:
        missing()
    if found.asks_until is None:
        be_sure()
        found.remove(shown=own.proved_at is not None and own.proved_at > now() - FRESH)
    return redirect("/me/passkeys", code=303)


@blueprint.post("/me/proof/question")
@signed_in
def proof_question() -> ResponseReturnValue:
    return _json(ceremony.ask([one.credential for one in Passkey.of(me())], about=PROOF))
