"""The pages of replies to an announcement, and of looking for words in a group's talk."""

from uuid import uuid4

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.announcements.models import Announcement, KeyReused
from community.announcements.views import seen_by_me
from community.audit.models import AuditEntry
from community.compression import leave_plain
from community.form import Form, submission_key
from community.groups.membership import standing
from community.http import signed_in, writes
from community.languages import gettext as _
from community.media.recording import recorded
from community.media.upload import photographed
from community.people.session import me
from community.talk.composing import Written, resting, too_many, wait_words
from community.talk.finding import Found, find
from community.talk.gates import talked_in_by
from community.talk.held import why_held
from community.talk.models import LONGEST, Message
from community.talk.reading import shown
from community.talk.replies import Below, answered_by_me, below, heard_by_me, may_answer, may_switch, switched_by_me
from community.talk.views import blueprint

PLAIN = {"Cache-Control": "no-store"}
ASKED = 60  # letters


@blueprint.app_template_global()
def replies_below(said: Announcement) -> Below:
    return below(said, me())


@blueprint.app_template_global()
def may_reply_to(said: Announcement) -> bool:
    return may_answer(standing(me()), said)


@blueprint.app_template_global()
def may_switch_replies(said: Announcement) -> bool:
    return may_switch(said)


@blueprint.get("/announcements/<int:announcement_id>/replies")
@signed_in
def replies(announcement_id: int) -> ResponseReturnValue:
    said = seen_by_me(announcement_id)
    return render_template(
        "talk/replies.html", said=said, group=said.audience.group,
        under=below(said, me(), Form(request.args).number("before")),
    )  # fmt: skip


@blueprint.get("/announcements/<int:announcement_id>/replies/new")
@signed_in
def new_reply(announcement_id: int) -> ResponseReturnValue:
    said = answered_by_me(announcement_id)
    return _composer(said, Written(said.audience.group, Form({}), None))


def _composer(said: Announcement, written: Written, code: int = 200, **headers: str) -> ResponseReturnValue:
    written.wait()
    page = render_template("talk/reply.html", said=said, written=written, key=uuid4().hex, longest=LONGEST)
    return page, code, {**PLAIN, **headers}


@blueprint.post("/announcements/<int:announcement_id>/replies")
@signed_in
@photographed
@recorded
@writes
def reply(announcement_id: int) -> ResponseReturnValue:
    """Counted, and held, as talk in the announcement's group is."""
    said = heard_by_me(announcement_id)
    group, key = said.audience.group, submission_key(request.form)
    written, sent = Written.read(group), Message.sent(me(), key)
    if not sent and not may_answer(standing(me()), said):
        written.form.wrong["text"] = resting(group) or _("Nobody can reply to this.")
        return _composer(said, written, 409)
    if written.form.wrong:
        return _composer(said, written, 422)
    if not sent and (seconds := too_many(group)):
        written.form.wrong["text"] = wait_words(seconds)
        return _composer(said, written, 429, **{"Retry-After": str(seconds)})
    try:
        made = _say(said, written, key, sent)
    except KeyReused:
        written.form.wrong["text"] = _("You sent this before with other words. Look at it and send it again.")
        return _composer(said, written, 422)
    written.arrived(made)
    return redirect(f"/announcements/{said.id}/replies#m{made.id}", code=303)


def _say(said: Announcement, written: Written, key: str, sent: Message | None) -> Message:
    """Raises KeyReused. Who answers for the announcement is told of what others see."""
    if sent and sent.announcement_id != said.id:
        raise KeyReused
    group, vouched = said.audience.group, written.form.ticked("vouched")
    why = [] if sent else why_held(me(), group, written.text, vouched=vouched)
    return Message.say(
        group, me(), key=key, text=written.text, photo=written.photo, voice=written.voice, announcement=said, why=why
    )


@blueprint.post("/announcements/<int:announcement_id>/replies/door")
@signed_in
@writes
def switch_replies(announcement_id: int) -> ResponseReturnValue:
    """Whether it is answered: `open`. What was answered before stands there again where it is opened."""
    said = switched_by_me(announcement_id)
    wanted = Form(request.form).ticked("open")
    if said.replies != wanted:
        said.replies = wanted
        AuditEntry.add(
            "replies opened" if wanted else "replies closed", actor_id=me().id, community_id=said.community_id,
            group_id=said.audience.group_id, subject_id=said.id,
        )  # fmt: skip
    return redirect(f"/announcements/{said.id}#below", code=303)


@blueprint.get("/groups/<int:group_id>/talk/search")
@signed_in
def search(group_id: int) -> ResponseReturnValue:
    group, form = talked_in_by(me(), group_id), Form(request.args)
    asked = form.line("q", most=ASKED)[:ASKED]
    leave_plain()  # what the address looks for stands among other people's words
    found = find(group, me(), asked, form.number("before")) if asked else Found([])
    page = render_template(
        "talk/search.html", group=group, form=form, asked=asked, before=found.before,
        shown=shown(found.messages, standing(me())),
    )  # fmt: skip
    return page, 200, PLAIN
