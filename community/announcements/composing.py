"""Announce: what the composer's pages send, and a long recording that comes ahead of it in parts."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from community.announcements.brought import brought
from community.announcements.composer import composer
from community.announcements.draft import Draft
from community.announcements.held import look_at, may_be_said
from community.announcements.models import LONGEST, Announcement, KeyReused
from community.announcements.urgency import may_alone, seconds_for
from community.announcements.views import blueprint
from community.form import KEY, Form, submission_key
from community.groups.gates import announced_in_by
from community.groups.membership import standing
from community.groups.models import Group
from community.http import Refusal, missing, signed_in, writes
from community.languages import gettext as _
from community.media import parts
from community.media.recording import recorded_as, voice_of
from community.media.upload import photographed, picture_of
from community.people.session import me


@blueprint.get("/groups/<int:group_id>/announcements/new")
@signed_in
def new(group_id: int) -> ResponseReturnValue:
    draft = Draft(announced_in_by(me(), group_id), Form({}))
    if words := brought():
        draft.form.values["text"] = words[:LONGEST]
    return composer(draft)


@blueprint.post("/groups/<int:group_id>/announcements")
@signed_in
@photographed
@recorded_as("voice", "reason_voice")
@writes
def create(group_id: int) -> ResponseReturnValue:
    group, key = announced_in_by(me(), group_id), submission_key(request.form)
    draft = drafted(group)
    # What was sent in time is not too late when a slow phone sends it again.
    sent = Announcement.sent(me(), key)
    if not sent and not may_be_said(draft, me()):
        return composer(draft, 422)
    try:
        said = draft.publish(me(), key=key, role=standing(me()).role_in(group) or "member")
    except KeyReused:
        draft.form.wrong["text"] = _("This form was sent before with other words. Look at it and send it again.")
        return composer(draft, 422)
    if not sent:
        look_at(said, vouched=draft.form.ticked("vouched"))
    if draft.pin and standing(me()).is_at_least("admin", group) and not said.pinned_at:
        said.pin(me(), up=True)
    return redirect(url_for("home.group", group_id=group.id) + "#waiting", code=303)


def drafted(group: Group) -> Draft:
    """All that came, and all that is wrong with it: a voice that was refused still counts as something said."""
    voice, unheard = voice_of(me(), group.community_id)
    why, unclear = voice_of(me(), group.community_id, "reason_voice") if request.form.get("urgent") else (None, "")
    draft = Draft.read(group, request.form, me(), voice, why)
    draft.photo, unseen = picture_of(me(), group.community_id)
    if unheard:
        draft.form.wrong.pop("text", None)
    if unclear:
        draft.form.wrong.pop("reason", None)
    problems = {"voice": unheard, "photo": unseen, "reason_voice": unclear}
    draft.form.wrong |= {field: problem for field, problem in problems.items() if problem}
    if draft.urgent and not _may_call_urgent(group):
        draft.form.wrong["reason"] = _(
            "Nobody else looks after this, and it was called urgent in the last 7 days. Say it as news."
        )
    return draft


def _may_call_urgent(group: Group) -> bool:
    """Who looks after it; alone only now and then."""
    if not standing(me()).is_at_least("admin", group):
        missing()
    return bool(seconds_for(group, me())) or may_alone(group, me())


@blueprint.patch("/groups/<int:group_id>/recordings/<key>")
@signed_in
def record(group_id: int, key: str) -> ResponseReturnValue:
    """A part of a recording, at its `Upload-Offset`: where the next part begins, also where this one came twice (409).

    The form that follows names the key as `voice_parts`.
    """
    announced_in_by(me(), group_id)
    offset = request.headers.get("Upload-Offset", "")
    if not KEY.fullmatch(key) or not offset.isdecimal() or len(offset) > 9:
        missing()
    try:
        return "", 204, {"Upload-Offset": str(parts.add(me(), key, int(offset), _part()))}
    except parts.Elsewhere as place:
        return "", 409, {"Upload-Offset": str(place.offset)}
    except OverflowError:
        raise Refusal(code=413) from None


def _part() -> bytes:
    content = request.stream.read(parts.PART + 1)
    if not content or len(content) > parts.PART:
        raise OverflowError
    return content
