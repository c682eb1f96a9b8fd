"""Announcements drawn. A sheet is drawn once for all who see it alike, and kept in this process while it is true.

The key holds all that a sheet shows: the moments when announcement, author and group last changed, and the reader's
marks. So nothing is ever taken out; what changed is simply asked for under another key.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask import current_app, g
from markupsafe import Markup

from community.announcements.feed import Card
from community.announcements.models import Announcement
from community.database import db
from community.languages import current

MOST = 4000  # sheets of about 1.5 KB
QUARTER = 900  # seconds: "today" ends with a quarter of an hour in every zone
_kept: dict[tuple[Any, ...], Markup] = {}


def sheets(cards: Sequence[Card], *, next: str, here: int | None = None) -> list[Markup]:
    """The cards as markup, in their order. `here` is the group whose page it is, `next` where a button leads back."""
    common = (current().code, bool(g.get("native_digits")), next, here, int(time.time()) // QUARTER)
    keys = [(*common, *_state(card)) for card in cards]
    drawn = {key: _kept[key] for key in keys if key in _kept}
    wanted = {key: card for key, card in zip(keys, cards, strict=True) if key not in drawn}
    if wanted:
        drawn |= _draw(wanted, next, here)
    return [drawn[key] for key in keys]


def _state(card: Card) -> tuple[Any, ...]:
    said = card.announcement
    children = tuple((child.id, child.picture, child.colour, child.nickname) for child in card.children)
    return said.id, said.changed, said.author_changed, said.group_changed, card.unread, children, card.acknowledged


def _draw(wanted: dict[tuple[Any, ...], Card], next: str, here: int | None) -> dict[tuple[Any, ...], Markup]:
    """Read these announcements whole and draw them by the one partial."""
    whole = _whole([card.announcement.id for card in wanted.values()])
    partial = current_app.jinja_env.get_template("announcements/parts.html").module
    drawn = {}
    for key, card in wanted.items():
        said = whole[card.announcement.id]
        is_from_elsewhere = said.audience.group_id != here
        drawn[key] = partial.sheet(replace(card, announcement=said), is_from_elsewhere, next)  # type: ignore[attr-defined]
    if current_app.config["FRAGMENT_CACHE"]:
        _keep(drawn)
    return drawn


def _keep(drawn: dict[tuple[Any, ...], Markup]) -> None:
    if len(_kept) > MOST:
        _kept.clear()
    _kept.update(drawn)


def _whole(ids: list[int]) -> dict[int, Announcement]:
    wanted = sa.select(Announcement).where(Announcement.id.in_(ids)).options(*Announcement.whole())
    return {said.id: said for said in db.session.scalars(wanted)}
