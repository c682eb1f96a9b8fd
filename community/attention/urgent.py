"""Is this urgent? The page for the second one, with a yes and a no."""

from flask import Flask, redirect, render_template
from flask.typing import ResponseReturnValue

from community.announcements.urgency import REASONS, Urgency
from community.attention.call import CallUrgent
from community.attention.views import blueprint
from community.database import db
from community.http import Changed, missing, signed_in, writes
from community.outbox.models import handles
from community.people.session import me


def init_app(app: Flask) -> None:
    handles(app, "call-urgent", CallUrgent())
    app.jinja_env.globals["urgent_reasons"] = REASONS


def _asked_of_me(urgency_id: int) -> Urgency:
    """What I could be the second one for. Raises Missing."""
    found = db.session.get(Urgency, urgency_id)
    if found is None or not found.waits_for(me()):
        missing()
    return found


@blueprint.get("/urgencies/<int:urgency_id>")
@signed_in
def question(urgency_id: int) -> ResponseReturnValue:
    found = _asked_of_me(urgency_id)
    said = found.announcement
    return render_template("attention/urgent.html", urgency=found, said=said, group=said.audience.group)


@blueprint.post("/urgencies/<int:urgency_id>/confirmation")
@signed_in
@writes
def confirm(urgency_id: int) -> ResponseReturnValue:
    return _answered(_asked_of_me(urgency_id), "confirmed")


@blueprint.post("/urgencies/<int:urgency_id>/refusal")
@signed_in
@writes
def refuse(urgency_id: int) -> ResponseReturnValue:
    return _answered(_asked_of_me(urgency_id), "refused")


def _answered(found: Urgency, answer: str) -> ResponseReturnValue:
    """A second tap of the same person is the first one."""
    if not found.answer_by(me(), answer) and (found.answer, found.answered_by) != (answer, me().id):
        raise Changed
    return redirect(f"/urgencies/{found.id}", code=303)
