"""A photo's bytes, to who may see it: its address cannot be guessed, and its content never changes."""

import sqlalchemy as sa
from flask import Blueprint, Response, make_response
from flask.typing import ResponseReturnValue

from community.assets import FOREVER
from community.database import db
from community.form import clean
from community.groups.membership import standing
from community.http import missing, signed_in
from community.media import store
from community.media.models import Photo
from community.people.session import me

blueprint = Blueprint("media", __name__)
KINDS = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}


def photo_url(photo: Photo, width: int, kind: str = "webp") -> str:
    return f"/photos/{photo.key}/{width}.{kind}"


@blueprint.get("/photos/<key>/<int:width>.<kind>")
@signed_in
def show(key: str, width: int, kind: str) -> ResponseReturnValue:
    """One rendition. Only for people of the community that the photo was brought to."""
    photo, rendition = db.session.scalar(sa.select(Photo).where(Photo.key == clean(key))), f"{width}.{kind}"
    if photo is None or rendition not in photo.sizes:
        missing()
    if photo.owner_id != me().id and photo.community_id not in standing(me()).communities():
        missing()
    try:
        return _bytes(store.current().read(photo.name_of(rendition)), KINDS[kind])
    except FileNotFoundError:
        missing()


def _bytes(content: bytes, kind: str) -> Response:
    response = make_response(content)
    response.mimetype = kind
    response.headers["Cache-Control"] = f"private, {FOREVER}"
    response.headers["Content-Disposition"] = "inline"
    response.set_etag("1")
    return response
