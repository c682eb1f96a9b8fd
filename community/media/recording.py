"""A voice that came with a form. It is encoded before the request's transaction begins: that takes a second or so."""

import functools
from typing import IO

from flask import g, request
from flask.typing import ResponseReturnValue

from community.form import clean
from community.http import View, Wrapped
from community.languages import gettext as _
from community.media import parts
from community.media.models import Voice
from community.media.sound import NotAVoice, prepare
from community.people.models import Person
from community.people.session import me


def recorded(view: View[Wrapped]) -> View[Wrapped]:
    """Prepare the form's `voice`, if there is one, for `voice_of`. Stands between @signed_in and @writes."""

    @functools.wraps(view)
    def first(*args: Wrapped.args, **kwargs: Wrapped.kwargs) -> ResponseReturnValue:
        g.spoken, g.not_a_voice = None, ""
        try:
            if stream := _came():
                g.spoken = prepare(stream)
        except NotAVoice as no:
            g.not_a_voice = no.reason
        return view(*args, **kwargs)

    return first


def _came() -> IO[bytes] | None:
    """The recording: whole with the form, or in parts before it."""
    upload, key = request.files.get("voice"), request.form.get("voice_parts", "")
    if upload and upload.filename:
        return upload.stream
    if not key:
        return None
    if stream := parts.found(me(), key):
        return stream
    g.not_a_voice = "lost"
    return None


def voice_of(owner: Person, community_id: int) -> tuple[Voice | None, str]:
    """(the voice that came with this form, or with its first try; what to say if it was none)."""
    words = {
        "not_a_voice": _("This file is not a voice. Record it again."),
        "video": _("This is a video. Record only the voice."),
        "too_large": _("This recording is too big to send. Say it shorter."),
        "too_long": _("This is longer than three minutes. Say it shorter."),
        "silent": _("Nothing can be heard in it. Speak close to the phone."),
        "lost": _("The recording did not arrive. Record it again."),
    }
    if g.spoken:
        return Voice.keep(g.spoken, owner_id=owner.id, community_id=community_id), ""
    problem = words[g.not_a_voice] if g.not_a_voice else ""
    return _first_try(owner, community_id), problem


def _first_try(owner: Person, community_id: int) -> Voice | None:
    """The voice that an earlier, refused form brought into this community; the form names it again."""
    voice = Voice.brought_by(owner, clean(request.form.get("voice_key", "")))
    return voice if voice and voice.community_id == community_id else None
