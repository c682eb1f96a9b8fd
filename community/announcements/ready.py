"""Ready sentences: choose one, fill its slots, look at it. It is sent as any announcement is."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from community.announcements.composer import chapters_page, composer, slots_page
from community.announcements.draft import Draft
from community.form import Form
from community.groups.gates import announced_in_by
from community.http import missing, signed_in
from community.people.session import me
from community.phrasebook.sentences import SENTENCES

blueprint = Blueprint("ready", __name__)


@blueprint.get("/groups/<int:group_id>/announcements/ready")
@signed_in
def index(group_id: int) -> ResponseReturnValue:
    return chapters_page(Draft(announced_in_by(me(), group_id), Form({})))


@blueprint.get("/groups/<int:group_id>/announcements/ready/<sentence>")
@signed_in
def fill(group_id: int, sentence: str) -> ResponseReturnValue:
    group = announced_in_by(me(), group_id)
    return slots_page(Draft(group, Form({}), ready=SENTENCES.get(sentence) or missing()))


@blueprint.post("/groups/<int:group_id>/announcements/ready")
@signed_in
def look(group_id: int) -> ResponseReturnValue:
    """The sentence as it is filled, or what is wrong with it. Nothing is written; a post keeps names out of logs."""
    draft = Draft.read(announced_in_by(me(), group_id), request.form, me())
    if "again" in request.form and draft.ready:
        return slots_page(draft)
    return composer(draft, 422 if draft.form.wrong else 200)
