"""The pages of replies to an announcement, and of looking for words in a group's talk."""

from uuid import uuid4

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from community.announcements.composing import KEY
from community.announcements.models import Announcement, KeyReused
from community.announcements.views import seen_by_me
from community.audit.models import AuditEntry
from community.compression import leave_plain
from community.form import Form
from community.groups.membership import standing
from community.http import signed_in, writes
from community.languages import gettext as _
from community.media.models import Photo, Voice
from community.media.recording import recorded, voice_of
from community.media.upload import photographed, picture_of
from community.people.session import me
from community.talk.finding import Found, find
from community.talk.gates import talked_in_by
from community.talk.held import why_held
from community.talk.models import LONGEST, Message
from community.talk.reading import shown
from community.talk.replies import Below, answered_by_me, below, may_answer, may_switch, switched_by_me
from community.talk.rings import replied
from community.talk.views import blueprint, let_say

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
    return _composer(answered_by_me(announcement_id), Form({}))


def _composer(
    said: Announcement, form: Form, photo: Photo | None = None, voice: Voice | None = None, code: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "talk/reply.html", said=said, group=said.audience.group, form=form, key=uuid4().hex, photo=photo, voice=voice,
        longest=LONGEST,
    )  # fmt: skip
    return page, code, PLAIN


@blueprint.post("/announcements/<int:announcement_id>/replies")
@signed_in
@photographed
@recorded
@writes
def reply(announcement_id: int) -> ResponseReturnValue:
    said, form = answered_by_me(announcement_id), Form(request.form)
    group = said.audience.group
    voice, unheard = voice_of(me(), group.community_id)
    photo, unseen = picture_of(me(), group.community_id)
    needed = "" if voice or photo or unheard or unseen else _("Say something, or write it here.")
    text = form.text("text", most=LONGEST, needed=needed)
    form.wrong |= {field: problem for field, problem in (("voice", unheard), ("photo", unseen)) if problem}
    if form.wrong:
        return _composer(said, form, photo, voice, 422)
    try:
        made = _say(said, text, photo, voice)
    except KeyReused:
        form.wrong["text"] = _("This form was sent before with other words. Look at it and send it again.")
        return _composer(said, form, photo, voice, 422)
    return redirect(f"/announcements/{said.id}/replies#m{made.id}", code=303)


def _say(said: Announcement, text: str, photo: Photo | None, voice: Voice | None) -> Message:
    """Counted as talk in the announcement's group is. Raises TooMany."""
    key, group = request.form.get("key", ""), said.audience.group
    key = key if KEY.fullmatch(key) else uuid4().hex
    if not Message.sent(me(), key):
        let_say(me(), group)
    return Message.say(
        group, me(), key=key, text=text, photo=photo, voice=voice, announcement=said, why=why_held(me(), group, text)
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
