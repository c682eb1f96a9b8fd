"""By what she comes in, and what rings for her: phones, passkeys, ways back."""

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from community.belongings.part import Part, Wanted
from community.people.models import Phone, Session
from community.people.sign_in import Recovery
from community.recovery.models import Passkey
from community.subscriptions.models import Listener, Subscription


def _phones(who: int) -> Wanted:
    fields = (
        Phone.label.label("phone"),
        Session.created.label("moment"),
        Session.seen,
        Session.ended_at,
        Session.saver,
    )
    return sa.select(*fields).join(Phone, Session.phone_id == Phone.id).where(Session.person_id == who)


def _subscriptions(who: int) -> Wanted:
    fields = (Phone.label.label("phone"), Listener.created.label("moment"), Subscription.seen, Subscription.ended_at)
    pushed = sa.select(*fields).join(Subscription, Listener.subscription_id == Subscription.id)
    return pushed.join(Phone, Subscription.phone_id == Phone.id).where(Listener.person_id == who)


def _returns(who: int) -> Wanted:
    one = Recovery
    fields = (one.created.label("moment"), one.used_at, one.refused_at, one.restored_at)
    return sa.select(*fields).where(one.person_id == who).order_by(one.id)


def _passkeys(who: int) -> Wanted:
    fields = (Passkey.label.label("phone"), Passkey.created.label("moment"), Passkey.used_at)
    return sa.select(*fields).where(Passkey.person_id == who).order_by(Passkey.id)


PARTS = (
    Part("phones", _l("My phones"), ("session",), _phones, "phone"),
    Part("recoveries", _l("Move to another phone"), ("recovery",), _returns),
    Part("passkeys", _l("Open with my finger or face"), ("passkey",), _passkeys, "phone"),
    Part("bell", _l("Hear it on this phone"), ("listener",), _subscriptions, "phone"),
)  # fmt: skip
