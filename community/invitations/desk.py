"""The desk by the door: who looks after a group makes invitations here, shows them, prints them, ends them."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from community.compression import leave_plain
from community.database import db, now
from community.environment import is_loopback
from community.form import Form
from community.groups.gates import led_by
from community.groups.membership import standing
from community.groups.models import Group
from community.http import Changed, missing, public_url, signed_in, writes
from community.invitations.models import Invitation
from community.invitations.views import blueprint
from community.languages import DEFAULT, Language, current, offered, speaking
from community.languages import gettext as _
from community.people.qr import qr
from community.people.session import me

KINDS = ("link", "spoken")
USES = {"": None, "1": 1, "10": 10, "50": 50}
DAYS = {"30": timedelta(days=30), "2": timedelta(days=2)}
AGAIN = timedelta(seconds=10)  # the same wish within this time is a double tap


def address_of(invitation: Invitation) -> str:
    """What the QR says on the screen: our public address, or the one under which this phone reached us."""
    return f"{_host()}/j/{invitation.code}"


def _host() -> str:
    return current_app.config["PUBLIC_URL"] or request.host_url.rstrip("/")


def _led(invitation_id: int) -> Invitation:
    """An invitation into a group that I look after."""
    found = db.session.get(Invitation, invitation_id)
    if found is None or not standing(me()).is_at_least("moderator", found.group):
        missing()
    return found


def _live(invitation_id: int) -> Invitation:
    found = _led(invitation_id)
    if not found.is_live:
        raise Changed(_l("This invitation is closed."))
    return found


@blueprint.get("/groups/<int:group_id>/invitations")
@signed_in
def invitations(group_id: int) -> ResponseReturnValue:
    group = led_by(me(), group_id, "moderator")
    return render_template("invitations/list.html", group=group, invitations=Invitation.of(group), uses=USES, days=DAYS)


@blueprint.post("/groups/<int:group_id>/invitations")
@signed_in
@writes
def invite(group_id: int) -> ResponseReturnValue:
    group, form = led_by(me(), group_id, "moderator"), Form(request.form)
    if group.rests:
        raise Changed(_l("This group rests. Bring it back first, then invite."))
    spoken = form.choice("kind", KINDS, "link") == "spoken"
    most_uses = USES[form.choice("uses", USES, "")]
    lasts = DAYS[form.choice("days", DAYS, "2" if spoken else "30")]
    made = _just_made(group, spoken, most_uses) or Invitation.make(
        group, me(), spoken=spoken, most_uses=most_uses, lasts=lasts
    )
    db.session.flush()
    return redirect(f"/invitations/{made.id}", code=303)


def _just_made(group: Group, spoken: bool, most_uses: int | None) -> Invitation | None:
    same = (Invitation.group_id == group.id, Invitation.inviter_id == me().id, Invitation.spoken == spoken)
    fresh = sa.select(Invitation).where(*same, Invitation.created > now() - AGAIN, Invitation.revoked_at.is_(None))
    return next((one for one in db.session.scalars(fresh) if one.most_uses == most_uses and one.is_live), None)


@blueprint.get("/invitations/<int:invitation_id>")
@signed_in
def invitation(invitation_id: int) -> ResponseReturnValue:
    found = _live(invitation_id)
    leave_plain()
    address = f"{_host()}/code" if found.spoken else address_of(found)
    return render_template(
        "invitations/hand.html", invitation=found, group=found.group, address=address,
        qr=None if found.spoken else qr(address), elsewhere=not _is_here_only(address),
    )  # fmt: skip


def _is_here_only(address: str) -> bool:
    """Whether only this machine can open the address."""
    return is_loopback(urlsplit(address).hostname or "")


@blueprint.get("/invitations/<int:invitation_id>/poster")
@signed_in
def poster(invitation_id: int) -> ResponseReturnValue:
    found = _live(invitation_id)
    if found.spoken:
        missing()
    leave_plain()
    address = f"{public_url()}/j/{found.code}"
    return render_template(
        "invitations/poster.html", group=found.group, root=found.group.root, invitation=found, address=address,
        qr=qr(address), lines=_lines(found.group), elsewhere=not _is_here_only(address),
    )  # fmt: skip


@dataclass(frozen=True)
class Lines:
    """What the poster says in one language."""

    tongue: Language
    headline: str
    steps: tuple[str, str, str]
    free: str


def _lines(group: Group) -> list[Lines]:
    """In three languages at most, for one sheet: the group's own, that of who prints it, Hindi, English."""
    known = {tongue.code: tongue for tongue in offered()}
    codes = dict.fromkeys([group.language, current().code, DEFAULT, "en"])
    return [_said_in(known[code]) for code in codes if code in known][:3]


def _said_in(tongue: Language) -> Lines:
    with speaking(tongue.code):
        steps = _("Hold the camera here"), _("Tap the big button"), _("Listen")
        return Lines(tongue, _("Scan to come in"), steps, _("Free. No phone number is asked."))


@blueprint.post("/invitations/<int:invitation_id>/revocation")
@signed_in
@writes
def revoke(invitation_id: int) -> ResponseReturnValue:
    found = _led(invitation_id)
    found.revoke(me())
    return redirect(f"/groups/{found.group_id}/invitations", code=303)
