"""An announcement's words by the machine voice of their language, where nobody's own voice is there."""

from flask import request
from flask.typing import ResponseReturnValue

from community.announcements.models import Announcement
from community.announcements.views import blueprint, seen_by_me
from community.announcements.words import words_in
from community.http import missing, signed_in
from community.languages import LANGUAGES, speaking
from community.languages import gettext as _
from community.speech.cupboard import PAGES
from community.speech.hearing import cupboard
from community.speech.machine import Speechless
from community.speech.views import Busy, can_say, sound


def _first(said: Announcement, code: str) -> str:
    """What is heard before the words: that they were put right."""
    with speaking(code):
        return _("This was corrected. Now it says:") + " " if said.corrected_at else ""


@blueprint.get("/announcements/<int:announcement_id>/speech")
@signed_in
def hear(announcement_id: int) -> ResponseReturnValue:
    """To whoever may read it, and as it is worded now: made when it is first asked for."""
    said = seen_by_me(announcement_id)
    code = request.args.get("language") or said.original.language
    words = words_in(said, code)
    if said.removed_at or said.withdrawn_at or not words or not words.text or code not in LANGUAGES:
        missing()
    if not can_say(code):
        missing()
    try:
        answer = sound(cupboard().make(((code, _first(said, code) + words.text),), PAGES))
    except Speechless:
        raise Busy from None
    answer.headers["Cache-Control"] = "private, no-cache"  # a correction says something else under this address
    return answer
