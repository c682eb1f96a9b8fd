"""Talk in a group: read it, say how far; one message, and what can be done about it. How one writes: `composing`."""

from blinker import signal
from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from community.announcements.feed import cards, matching, through
from community.announcements.line import Line, newest, pinned
from community.care import deciding, things
from community.care.kinds import Kind, adds
from community.form import Form
from community.groups.measures import REASONS, Measure
from community.groups.membership import standing
from community.groups.models import Group
from community.holding.kinds import holds
from community.http import Changed, missing, signed_in, writes
from community.outbox.models import handles
from community.people.session import me
from community.talk import emptying, held, reported
from community.talk.gates import looks_after, may_talk, read_by, talked_in_by
from community.talk.joining import watch
from community.talk.models import REACTIONS, Message, TalkMark
from community.talk.reading import door, page, thread
from community.talk.replies import may_answer

blueprint = Blueprint("talk", __name__)


def init_app(app: Flask) -> None:
    app.jinja_env.globals |= {"reaction_pictures": REACTIONS, "talk_of": _talk_of}
    holds(app, "message", held.KIND)
    handles(app, "empty-message", emptying.empty)
    adds("message", Kind("people", _l("Talk")))
    things.adds("message", reported.found)
    deciding.adds("message", reported.remove, reported.put_back)
    signal("erased").connect(emptying.unsay)
    watch()


def _talk_of(group: Group) -> int | None:
    """How many messages are new to me; None where there is no talk for me."""
    stand = standing(me())
    if not stand.here(group):
        return None
    last, new = door(me(), group)
    return new if last or may_talk(stand, group) else None


@blueprint.get("/groups/<int:group_id>/talk")
@signed_in
def show(group_id: int) -> ResponseReturnValue:
    group, stand = talked_in_by(me(), group_id), standing(me())
    return render_template(
        "talk/show.html", group=group, page=page(stand, group, Form(request.args).number("before")),
        talks=may_talk(stand, group), top=_top(group), muted=Measure.silencing(me(), group),
    )  # fmt: skip


def _top(group: Group) -> Line | None:
    """The announcement that stands above the talk: the one pinned last, else the newest."""
    stand = standing(me())
    held, audiences = stand.here(group), matching(stand, [group])
    reached = through(stand, held, audiences)
    heard = [one for one in audiences if one.group_id == group.id and reached[one.id]]
    said = [one for one in (*pinned(heard), *newest(heard)[:3]) if one.removed_at is None]
    shown = cards(stand, held, said[:1], heard)
    return shown[0].announcement if shown else None


@blueprint.post("/groups/<int:group_id>/talk/reading")
@signed_in
@writes
def read(group_id: int) -> ResponseReturnValue:
    """A page says how far it was read, once or more. Where there is no signal, phones keep this and say it later."""
    group = talked_in_by(me(), group_id)
    TalkMark.read(me(), group, Form(request.form).number("upto") or 0)
    if request.headers.get("Sec-Fetch-Dest") == "empty":
        return "", 204
    return redirect(url_for("talk.show", group_id=group.id), code=303)


@blueprint.get("/messages/<int:message_id>")
@signed_in
def message(message_id: int) -> ResponseReturnValue:
    """One message with its replies; for a reply, the way to what it answers."""
    found = read_by(me(), message_id)
    one, before = thread(standing(me()), found, Form(request.args).number("before"))
    return render_template(
        "talk/message.html", one=one, before=before, group=found.group, reasons=REASONS, back=_back(found)
    ), 200, {"Cache-Control": "no-store"}  # fmt: skip


def _back(found: Message) -> str:
    """Where it stands: a reply below what it answers, but as long as it waits, hers alone, at the end of the talk."""
    if found.parent_id and found.held_id is None:
        return f"/messages/{found.parent_id}"
    return f"/announcements/{found.announcement_id}" if found.announcement_id else f"/groups/{found.group_id}/talk"


@blueprint.post("/messages/<int:message_id>/removal")
@signed_in
@writes
def remove(message_id: int) -> ResponseReturnValue:
    """By its author, or by who looks after the group: then with a reason that she can hear."""
    found = read_by(me(), message_id)
    own = found.person_id == me().id
    if not own and not looks_after(standing(me()), found):
        missing()
    was = reported.as_it_was(found)
    if not own and (was or not found.removed_at):
        reason = Form(request.form).choice("reason", REASONS, "other")
        Measure.take(
            "removal", found.group, found.person, me(), reason=reason, what="message", thing_id=found.id, kept=was
        )
    found.remove(me())
    return redirect(f"{_back(found)}#m{found.id}", code=303)


@blueprint.post("/messages/<int:message_id>/undo")
@signed_in
@writes
def undo(message_id: int) -> ResponseReturnValue:
    """Only what she removed herself, for ten minutes, and where she may still say something."""
    found = read_by(me(), message_id)
    if found.person_id != me().id:
        missing()
    found.lock()
    if found.removed_at and not (found.can_be_undone and _may_say_it(found)):
        raise Changed
    found.restore(me(), held.why_held(me(), found.group, found.text))
    return redirect(f"{_back(found)}#m{found.id}", code=303)


def _may_say_it(found: Message) -> bool:
    """Raises Silenced with the way to why."""
    Measure.let_speak(me(), found.group)
    if found.announcement:
        return may_answer(standing(me()), found.announcement)
    return may_talk(standing(me()), found.group)


@blueprint.post("/messages/<int:message_id>/reaction")
@signed_in
@writes
def react(message_id: int) -> ResponseReturnValue:
    """One of five pictures; `given=0` takes it back. Twice is once."""
    found, form = read_by(me(), message_id), Form(request.form)
    picture, given = form.choice("picture", REACTIONS, "") or missing(), request.form.get("given") != "0"
    if given:
        Measure.let_speak(me(), found.group)
    if found.is_out and not found.is_gone and not found.group.rests:
        found.react(me(), picture, given=given)
    return redirect(f"{_back(found)}#m{found.id}", code=303)
