"""Before roles change hands, or another phone is opened: who has a passkey (or another way) proves that it is she."""

import functools
from datetime import timedelta

from blinker import signal
from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from community.database import now
from community.http import Refusal, View, Wrapped, here
from community.people.models import Person
from community.people.phones import opens_another
from community.people.session import current_session, me

proof_asked = signal("proof asked")  # sent with a Person: whoever has a way for her answers with its address, or None
FRESH = timedelta(minutes=10)


class Prove(Refusal):
    """She has a way to prove that it is she, and it is too long ago that she did."""

    code = 403
    symbol = "lock"
    said = _l("First show that it is you. Then tap again.")
    button = _l("It is me")

    def __init__(self, way: str, back: str) -> None:
        super().__init__()
        self.href = f"{way}?next={back}"


def prove(view: View[Wrapped]) -> View[Wrapped]:
    """Behind a proof not older than ten minutes, for who has a way to prove it. Below @signed_in, above @writes."""

    @functools.wraps(view)
    def gate(*args: Wrapped.args, **kwargs: Wrapped.kwargs) -> ResponseReturnValue:
        demand_proof()
        return view(*args, **kwargs)

    return gate


@opens_another.connect
def _before_another_phone(_person: Person) -> None:
    """Else whoever holds her open phone goes on, on his own, where there is no PIN of hers."""
    demand_proof()


def demand_proof() -> None:
    """Raises Prove. Who has set up nothing is asked for nothing."""
    own = current_session()
    if own is None or (own.proved_at and own.proved_at > now() - FRESH):
        return
    if request.method != "POST":
        return
    ways = [way for _receiver, way in proof_asked.send(me()) if way]
    if ways:
        raise Prove(ways[0], here())
