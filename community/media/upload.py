"""A photo that came with a form. It is made small before the request's transaction begins: that takes seconds."""

import functools

from flask import g, request
from flask.typing import ResponseReturnValue

from community.form import clean
from community.http import View, Wrapped
from community.languages import gettext as _
from community.media.models import Photo
from community.media.picture import NotAPicture, prepare
from community.people.models import Person


def photographed(view: View[Wrapped]) -> View[Wrapped]:
    """Prepare the form's `photo`, if there is one, for `picture_of`. Stands between @signed_in and @writes."""

    @functools.wraps(view)
    def first(*args: Wrapped.args, **kwargs: Wrapped.kwargs) -> ResponseReturnValue:
        g.prepared, g.not_a_picture = None, ""
        upload = request.files.get("photo")
        if upload and upload.filename:
            try:
                g.prepared = prepare(upload.stream)
            except NotAPicture as no:
                g.not_a_picture = no.reason
        return view(*args, **kwargs)

    return first


def picture_of(owner: Person, community_id: int) -> tuple[Photo | None, str]:
    """(the photo that came with this form, or with its first try; what to say if it was none)."""
    words = {
        "not_a_picture": _("This file is not a photo. Choose a photo."),
        "too_large": _("This photo is too big to send. Take it anew, smaller."),
        "too_many_pixels": _("This photo has too many points. Take it anew, smaller."),
    }
    if g.prepared:
        return Photo.keep(g.prepared, owner_id=owner.id, community_id=community_id), ""
    problem = words.get(g.not_a_picture, words["not_a_picture"]) if g.not_a_picture else ""
    return _first_try(owner, community_id), problem


def _first_try(owner: Person, community_id: int) -> Photo | None:
    """The photo that an earlier, refused form brought into this community; the form names it again."""
    photo = Photo.brought_by(owner, clean(request.form.get("photo_key", "")))
    return photo if photo and photo.community_id == community_id else None
