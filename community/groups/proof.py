"""Before a powerful deed: who has a passkey (or another way) proves once more that it is she.

Powerful is what changes who holds a role, an office or a community; what is done to many groups at once, or to a group
with all that is inside it; and what opens somebody's room. tests/house/matrix.py lists the routes, and the database is
watched there for a route that is not listed.
"""

import functools
from datetime import timedelta
from typing import ClassVar, Protocol

from blinker import signal
from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from community.database import db, now, writing
from community.http import Refusal, View, Wrapped, here
from community.people.models import Person
from community.people.phones import opens_another
from community.people.session import current_session, me

proof_asked = signal("proof asked")  # sent with a Person: whoever has a way for her answers with a Way, or None
FRESH = timedelta(minutes=10)
PROOF = "proof"  # the field that brings it; all others are what she wants to do


class Way(Protocol):
    """One way to prove it. `template` asks for it, in a form with PROOF and with all that was sent before."""

    template: ClassVar[str]

    def is_shown(self, answer: str) -> bool:
        """Whether this is it; then it is noted, and a wrong one is counted. It does not commit."""


class Prove(Refusal):
    """She has a way to prove that it is she, and it is too long ago that she did.

    The page holds whatever was sent: with the proof it comes again, and goes on as if nothing had been asked.
    """

    code = 403

    def __init__(self, way: Way, *, wrong: bool) -> None:
        super().__init__(code=422 if wrong else None)
        self.way, self.wrong = way, wrong

    def page(self) -> Response:
        sent = [(name, value) for name, value in request.form.items(multi=True) if name != PROOF]
        shown = {"way": self.way, "wrong": self.wrong, "sent": sent, "action": _action(), "back": here()}
        answer = make_response(render_template(self.way.template, **shown), self.code)
        answer.headers["Cache-Control"] = "no-store"
        return answer


def _action() -> str:
    return request.full_path.removesuffix("?")


def prove(view: View[Wrapped]) -> View[Wrapped]:
    """Behind a proof not older than ten minutes, for who has a way to prove it. Below @signed_in, above @writes."""

    @functools.wraps(view)
    def gate(*args: Wrapped.args, **kwargs: Wrapped.kwargs) -> ResponseReturnValue:
        _demand()
        return view(*args, **kwargs)

    gate.asks_proof = True  # type: ignore[attr-defined]  # it is looked for: no powerful route goes without
    return gate


@opens_another.connect
def _before_another_phone(_person: Person) -> None:
    """Else whoever holds her open phone goes on, on his own, where there is no PIN of hers."""
    _demand()


def _demand() -> None:
    """Raises Prove. Who has set up nothing is asked for nothing."""
    own = current_session()
    if own is None or (own.proved_at and own.proved_at > now() - FRESH):
        return
    ways = [way for _receiver, way in proof_asked.send(me()) if way]
    if ways and not _shows(ways[0]):
        raise Prove(ways[0], wrong=PROOF in request.form)


def _shows(way: Way) -> bool:
    """In a commit of its own: what was counted against her stays, whatever becomes of the deed."""
    if PROOF not in request.form:
        return False
    with writing():
        shown = way.is_shown(request.form[PROOF])
        db.session.commit()
    return shown
