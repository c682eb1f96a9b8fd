"""The bytes of a photo or a voice, to who may have it: the address cannot be guessed, the content never changes."""

from collections.abc import Callable

import sqlalchemy as sa
from flask import Blueprint, Response, make_response, request
from flask.typing import ResponseReturnValue

from community.assets import FOREVER
from community.database import db
from community.form import clean
from community.groups.measures import Measure
from community.groups.membership import standing
from community.http import missing, signed_in
from community.media import store
from community.media.models import Photo, Voice
from community.people.models import Person
from community.people.session import me

blueprint = Blueprint("media", __name__)
KINDS = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg", "ogg": "audio/ogg", "m4a": "audio/mp4"}
TOLD: dict[str, Callable[[Person, Voice], sa.Select[int]]] = {}  # rows by which a voice was said to somebody outside


def tells(name: str, rows: Callable[[Person, Voice], sa.Select[int]]) -> None:
    """Whom these rows say it to hears the voice, also once she has left. Saying so twice is harmless."""
    TOLD[name] = rows


def photo_url(photo: Photo, width: int, kind: str = "webp") -> str:
    return f"/photos/{photo.key}/{width}.{kind}"


def voice_url(voice: Voice, kind: str = "ogg") -> str:
    return f"/voices/{voice.key}/voice.{kind}"


@blueprint.get("/photos/<key>/<int:width>.<kind>")
@signed_in
def show(key: str, width: int, kind: str) -> ResponseReturnValue:
    """One rendition. Only for people of the community that the photo was brought to."""
    photo, rendition = db.session.scalar(sa.select(Photo).where(Photo.key == clean(key))), f"{width}.{kind}"
    return _bytes(_content(photo, rendition), KINDS[kind])


@blueprint.get("/voices/<key>/<rendition>")
@signed_in
def hear(key: str, rendition: str) -> ResponseReturnValue:
    """One rendition, or the range of it that a player asks for. For the same people as a photo."""
    voice = db.session.scalar(sa.select(Voice).where(Voice.key == clean(key)))
    content = _content(voice, rendition)
    answer = _bytes(content, KINDS[rendition.rpartition(".")[2]])
    return answer.make_conditional(request, accept_ranges=True, complete_length=len(content))


def _content(kept: Photo | Voice | None, rendition: str) -> bytes:
    """Its bytes, if there is such a thing and it was brought to a community of mine. Raises Missing."""
    if kept is None or rendition not in kept.sizes:
        missing()
    if kept.owner_id != me().id and kept.community_id not in standing(me()).communities() and not _told_me(kept):
        missing()
    try:
        return store.current().read(kept.name_of(rendition))
    except FileNotFoundError:
        missing()


def _told_me(kept: Photo | Voice) -> bool:
    """Whether it says why a door was closed for me, or answers what I asked: I hear it from outside."""
    if isinstance(kept, Photo):
        return False
    mine = sa.select(Measure.id).where(Measure.person_id == me().id, Measure.voice_id == kept.id)
    said = [mine, *(rows(me(), kept) for rows in TOLD.values())]
    return any(db.session.scalar(rows.limit(1)) is not None for rows in said)


def _bytes(content: bytes, kind: str) -> Response:
    response = make_response(content)
    response.mimetype = kind
    # With "?passing" it is of a page that no phone keeps: static/sw/worker.js leaves it alone, too.
    response.headers["Cache-Control"] = "no-store" if "passing" in request.args else f"private, {FOREVER}"
    response.headers["Content-Disposition"] = "inline"
    response.set_etag("1")
    return response
