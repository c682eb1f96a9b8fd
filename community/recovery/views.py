"""Somebody came back by a code: her other phones can refuse it, and an admin above gives her roles back."""

from flask import Blueprint, Flask, redirect, render_template
from flask.typing import ResponseReturnValue

from community.audit.models import AuditEntry
from community.database import db, now
from community.groups.codes import may_help
from community.groups.gates import membership_led_by
from community.groups.membership import Membership, Standing, standing
from community.groups.proof import prove
from community.http import Changed, be_sure, missing, signed_in, writes
from community.outbox.models import handles
from community.people.models import HIGHEST_ID, Person
from community.people.session import current_session, me
from community.people.sign_in import Recovery
from community.recovery.ceremony import is_possible
from community.recovery.models import sms_is_on
from community.recovery.ring import ComesBack, HandsOver
from community.recovery.sending import Send

blueprint = Blueprint("recovery", __name__)


def init_app(app: Flask) -> None:
    """Where nobody carries messages, there is no page that offers one; nor a link where `be_sure` would refuse her."""
    handles(app, "sms", Send())
    handles(app, "recovery", ComesBack())
    handles(app, "hands-over", HandsOver())
    app.jinja_env.globals.update(passkeys_possible=is_possible, sms_is_on=sms_is_on, is_sure=_is_sure)


def _is_sure() -> bool:
    own = current_session()
    return own is None or not own.without_roles


@blueprint.post("/recoveries/<int:recovery_id>/refusal")
@signed_in
@writes
def refuse(recovery_id: int) -> ResponseReturnValue:
    """It was not I: whatever came in by that code is out. A second tap changes nothing."""
    found, phone = db.session.get(Recovery, min(recovery_id, HIGHEST_ID)), current_session()
    if found is None or phone is None or found.person_id != me().id:
        missing()
    if found.refused_at is None:
        be_sure()
        if not found.can_be_refused_on(phone):
            raise Changed
        found.refuse()
        _note_refusal(found)
    return redirect("/me/phones", code=303)


def _note_refusal(found: Recovery) -> None:
    """In each of her communities: whoever looks after it sees that somebody tried."""
    for community in sorted(standing(me()).communities()):
        AuditEntry.add(
            "recovery refused", actor_id=me().id, community_id=community, group_id=community, subject_id=me().id,
            issuer=found.issuer_id,
        )  # fmt: skip


@blueprint.get("/memberships/<int:membership_id>/recovery")
@signed_in
def came_back(membership_id: int) -> ResponseReturnValue:
    held, found = _restorable(membership_id)
    return render_template(
        "recovery/came_back.html", held=held, found=found, wait=waits_until(found, me()), theirs=_all(held.person)
    )


def _restorable(membership_id: int) -> tuple[Membership, Recovery]:
    """Somebody who came back, all of whose roles lie below mine; of the top group another owner will do."""
    held = membership_led_by(me(), min(membership_id, HIGHEST_ID), "admin")
    found = Recovery.waiting(held.person)
    if found is None or held.person_id == me().id or not may_help(standing(me()), held.person, beside=True):
        missing()
    return held, found


def waits_until(found: Recovery, admin: Person) -> bool:
    """Who gave the code waits until her phones can not refuse any more: one admin alone is never her at once."""
    return found.issuer_id == admin.id and now() < found.refusable_until


def _all(person: Person) -> list[Membership]:
    """What she gets back, each group once."""
    stand = Standing.of(person)
    held = {one.group_id: one for one in stand.memberships if one.role != "member" or one.has_office}
    return list(held.values())


@blueprint.post("/memberships/<int:membership_id>/recovery")
@signed_in
@prove
@writes
def restore(membership_id: int) -> ResponseReturnValue:
    """It is she: her roles, and what is private, are hers again on the phone with which she came back."""
    held, found = _restorable(membership_id)
    if waits_until(found, me()):
        raise Changed
    found.restore(me())
    AuditEntry.add(
        "roles given back", actor_id=me().id, community_id=held.community_id, group_id=held.group_id,
        subject_id=held.person_id,
    )  # fmt: skip
    return redirect(f"/memberships/{held.id}", code=303)
