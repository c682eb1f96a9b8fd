"""Put right what has gone out, and see how it was said before."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from community.announcements.brought import brought
from community.announcements.correction import Correction, correct
from community.announcements.held import look_at_correction
from community.announcements.models import LONGEST, Announcement
from community.announcements.views import blueprint, is_mine, looks_after, may_correct, seen_by_me
from community.form import Form
from community.groups.membership import standing
from community.http import Changed, missing, signed_in, writes
from community.languages import gettext as _
from community.media.models import Voice
from community.media.recording import recorded, voice_of
from community.people.session import me


def _corrected_by_me(announcement_id: int) -> Announcement:
    found = seen_by_me(announcement_id)
    if found.removed_at and (is_mine(found) or looks_after(found)):
        raise Changed(_l("This was removed. It can no longer be corrected."))
    if not may_correct(found):
        missing()
    return found


@blueprint.get("/announcements/<int:announcement_id>/correction")
@signed_in
def correction(announcement_id: int) -> ResponseReturnValue:
    found = _corrected_by_me(announcement_id)
    form = Form({"text": brought()[:LONGEST] or found.original.text})
    form.text("text", most=LONGEST)
    return _page(found, form)


def _page(found: Announcement, form: Form, voice: Voice | None = None, code: int = 200) -> ResponseReturnValue:
    page = render_template(
        "announcements/correction.html", said=found, group=found.audience.group, form=form, longest=LONGEST,
        voice=voice,
    )  # fmt: skip
    return page, code, {"Cache-Control": "no-store"}


@blueprint.post("/announcements/<int:announcement_id>/correction")
@signed_in
@recorded
@writes
def put_right(announcement_id: int) -> ResponseReturnValue:
    found, form = _corrected_by_me(announcement_id), Form(request.form)
    voice, unheard = voice_of(me(), found.community_id)
    needed = "" if voice else _("Say something, or write it here.")
    text = form.text("text", most=LONGEST, needed=needed)
    if unheard:
        form.wrong = {"voice": unheard}
    look_at_correction(form, text, found, me())
    if form.wrong:
        return _page(found, form, voice, 422)
    correct(found, text, me(), standing(me()).role_in(found.audience.group) or "member", voice)
    return redirect(f"/announcements/{found.id}", code=303)


@blueprint.get("/announcements/<int:announcement_id>/wordings")
@signed_in
def wordings(announcement_id: int) -> ResponseReturnValue:
    """Each wording with who and when, for whoever may read it. Of what was removed only for who looks after it."""
    found = seen_by_me(announcement_id)
    if found.seq is None:
        missing()
    return render_template(
        "announcements/wordings.html", said=found, group=found.audience.group, wordings=_steps(found),
        shown=not found.removed_at or looks_after(found),
    )  # fmt: skip


def _steps(found: Announcement) -> list[tuple[object, ...]]:
    """(words, who said them, with which role, when), the first wording first, how it is now last."""
    earlier = Correction.of(found)
    by = [(found.author, found.author_role, found.released_at)]
    by += [(one.author, one.author_role, one.created) for one in earlier]
    return [(words, *who) for words, who in zip([*earlier, found.original], by, strict=True)]
