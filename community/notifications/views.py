"""What phones report, and who was reached: counts for who looks after a branch, never a name."""

from datetime import timedelta

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.announcements.models import Announcement
from community.announcements.views import looked_after_by_me
from community.database import db, now
from community.http import Changed, TooMany, signed_in, writes
from community.notifications import reach, reports
from community.notifications.fanout import LIVES, lives
from community.outbox.models import Outbox
from community.people.attempts import Attempts
from community.people.session import current_session, me

blueprint = Blueprint("notifications", __name__)
HOURLY = 3000  # reports of one phone, or from one address where nobody is signed in: a village may share it
PAUSE = timedelta(hours=1)  # between two rounds of sending again


@blueprint.post("/deliveries")
@writes
def report() -> ResponseReturnValue:
    """`shown` and `opened` are tokens; `announcement`s are pages that were looked at here. The answer tells nothing."""
    own = current_session()
    if Attempts.count_one(f"deliveries:{own.phone_id if own else request.remote_addr}") > HOURLY:
        raise TooMany
    reports.shown(request.form.getlist("shown"))
    reports.opened(request.form.getlist("opened"))
    if own:
        reports.opened_on(own.phone_id, request.form.getlist("announcement"))
    return "", 204


@blueprint.get("/announcements/<int:announcement_id>/reach")
@signed_in
def show(announcement_id: int) -> ResponseReturnValue:
    found = looked_after_by_me(announcement_id)
    last = _last_round(found)
    return render_template(
        "notifications/reach.html", said=found, group=found.audience.group, told=reach.of(found),
        again=_may_go_again(found), last=last.created if last and last.created > now() - PAUSE else None,
    )  # fmt: skip


@blueprint.post("/announcements/<int:announcement_id>/resend")
@signed_in
@writes
def resend(announcement_id: int) -> ResponseReturnValue:
    """Another round to those whom it did not get through to. Within the hour a second tap adds nothing."""
    found = looked_after_by_me(announcement_id)
    if not _may_go_again(found):
        raise Changed
    last = _last_round(found)
    if last is None or last.created <= now() - PAUSE:
        number = int(last.key.rpartition(":")[2]) + 1 if last else 1
        Outbox.promise("fan-out", _round(found, number), announcement_id=found.id, again=True)
        found.audience.group.note("sent again", me(), subject_id=found.id)
    return redirect(f"/announcements/{found.id}/reach", code=303)


def _may_go_again(said: Announcement) -> bool:
    """While a push service would still take it."""
    fresh = said.released_at is not None and now() - said.released_at < lives(said)
    return fresh and said.is_live and not said.audience.group.rests


def _round(said: Announcement, number: int) -> str:
    return f"again:{said.id}:{number}"


def _last_round(said: Announcement) -> Outbox | None:
    keys = [_round(said, number + 1) for number in range(LIVES // PAUSE)]
    return db.session.scalar(sa.select(Outbox).where(Outbox.key.in_(keys)).order_by(Outbox.id.desc()).limit(1))
