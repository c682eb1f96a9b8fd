"""A voice that came with a form. It is encoded before the request's transaction begins: that takes a second or so."""

import functools
from collections.abc import Callable
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


def recorded_as(*fields: str) -> Callable[[View[Wrapped]], View[Wrapped]]:
    """Prepare these fields of the form, as far as they are there, for `voice_of`. Between @signed_in and @writes."""

    def decorate(view: View[Wrapped]) -> View[Wrapped]:
        @functools.wraps(view)
        def first(*args: Wrapped.args, **kwargs: Wrapped.kwargs) -> ResponseReturnValue:
            g.spoken, g.not_a_voice = {}, {}
            for field in fields:
                _prepare(field)
            return view(*args, **kwargs)

        return first

    return decorate


def recorded(view: View[Wrapped]) -> View[Wrapped]:
    """The same, of the form's `voice`."""
    return recorded_as("voice")(view)


def _prepare(field: str) -> None:
    try:
        if stream := _came(field):
            g.spoken[field] = prepare(stream)
    except NotAVoice as no:
        g.not_a_voice[field] = no.reason


def _came(field: str) -> IO[bytes] | None:
    """The recording: whole with the form, or in parts before it."""
    upload, key = request.files.get(field), request.form.get(f"{field}_parts", "")
    if upload and upload.filename:
        return upload.stream
    if not key:
        return None
    if stream := parts.found(me(), key):
        return stream
    g.not_a_voice[field] = "lost"
    return None


def voice_of(owner: Person, community_id: int, field: str = "voice") -> tuple[Voice | None, str]:
    """(the voice that came with this form, or with its first try; what to say if it was none)."""
    words = {
        "not_a_voice": _("This file is not a voice. Record it again."),
        "video": _("This is a video. Record only the voice."),
        "too_large": _("This recording is too big to send. Say it shorter."),
        "too_long": _("This is longer than three minutes. Say it shorter."),
        "silent": _("Nothing can be heard in it. Speak close to the phone."),
        "lost": _("The recording did not arrive. Record it again."),
    }
    if spoken := g.spoken.get(field):
        return Voice.keep(spoken, owner_id=owner.id, community_id=community_id), ""
    problem = words[g.not_a_voice[field]] if field in g.not_a_voice else ""
    return _first_try(owner, community_id, field), problem


def _first_try(owner: Person, community_id: int, field: str) -> Voice | None:
    """The voice that an earlier, refused form brought into this community; the form names it again."""
    voice = Voice.brought_by(owner, clean(request.form.get(f"{field}_key", "")))
    return voice if voice and voice.community_id == community_id else None
