"""When the last person leaves a phone, the browser itself empties it: that wipes everybody's, so only then."""

import sqlalchemy as sa
from flask import Flask, Response, request, session

from community.database import db
from community.people.models import Session
from community.subscriptions.models import Listener, Subscription

DOOR = "people.leave_phone"


def init_app(app: Flask) -> None:
    app.after_request(_empty)


def _empty(answer: Response) -> Response:
    """After she has signed out here. A page of hers that the worker still holds is gone either way.

    `left`: her phone says that something which somebody wrote has not left it; then only the browser's cache goes.
    """
    if request.endpoint == DOOR and answer.status_code == 303 and "_user_id" not in session:
        phone = session.get("phone")
        if isinstance(phone, int) and not _is_somebodys(phone):
            answer.headers["Clear-Site-Data"] = '"cache"' if "left" in request.args else '"cache", "storage"'
    return answer


def _is_somebodys(phone_id: int) -> bool:
    """Whether anybody is signed in on the phone, or is pushed to there."""
    opened = sa.select(Session.id).where(Session.phone_id == phone_id, Session.ended_at.is_(None))
    listens = sa.select(Listener.id).join(Subscription).where(Subscription.phone_id == phone_id)
    return db.session.scalar(sa.union_all(opened, listens).limit(1)) is not None
