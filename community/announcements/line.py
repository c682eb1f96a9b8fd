"""The lines of a feed: the newest of each audience, merged, in one statement; and what is pinned on top."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from community.announcements.audience import Audience
from community.announcements.models import Announcement, Translation
from community.database import db, now
from community.groups.models import Group
from community.media.models import Photo
from community.people.models import Person

PAGE = 20
PINNED = 3
FIRST = (1 << 62) - 1  # above every seq: nothing of this community was shown yet


def _raw(moment: Any, label: str) -> sa.Label[Any]:
    """A moment as the database has it: it is only compared, and reading it into a datetime costs."""
    return sa.type_coerce(moment, sa.String).label(label)


# A line of the feed: all that deciding about an announcement takes, and all that its sheet shows, in one row.
Remover = aliased(Person)
LINE = (
    Announcement.id, Announcement.community_id, Announcement.audience_id, Audience.group_id, Announcement.author_id,
    Announcement.author_role, Announcement.kind, Announcement.seq, Announcement.released_at, Announcement.removed_at,
    Announcement.pinned_at, Announcement.language, Translation.text,
    _raw(Announcement.changed, "changed"), _raw(Person.changed, "author_changed"), _raw(Group.changed, "group_changed"),
    Person.name.label("author_name"), Person.picture.label("author_picture"), Person.colour.label("author_colour"),
    Group.name.label("group_name"), Group.language.label("group_language"), Group.zone,
    Photo.key.label("photo_key"), Photo.width, Photo.height,
    Remover.name.label("remover_name"), Remover.picture.label("remover_picture"),
)  # fmt: skip
Line = sa.Row[Any]
Rows = sa.Select[*tuple[Any, ...]]


def newest(audiences: Sequence[Audience], before: Mapping[int, int] | None = None) -> list[Line]:
    """The newest announcements of these audiences, newest first; `before` says where an earlier page ended.

    Up to PAGE + 1 of them, so that a caller can tell whether there is more. Within a community the order is that
    of release (`seq`), whatever its clock showed; communities are merged by the moments.
    """
    if not audiences:
        return []
    values: dict[str, object] = {"now": now()}
    for number, audience in enumerate(audiences):
        values |= {f"audience_{number}": audience.id, f"end_{number}": (before or {}).get(audience.community_id, FIRST)}
    return list(db.session.execute(_newest_of(len(audiences)), values))


@lru_cache(maxsize=256)
def _newest_of(branches: int) -> Rows:
    """The statement for so many audiences: the top of each by seq, merged by release."""
    tops = sa.union_all(*(sa.select(_top(number)) for number in range(branches))).subquery()
    # A clock that was set back must not hide anything: no release counts as older than one before it.
    moment = sa.func.max(tops.c.released_at).over(partition_by=tops.c.community_id, order_by=tops.c.seq)
    merged = sa.select(tops.c.id, tops.c.seq, moment.label("moment")).subquery()
    chosen = _lines().join(merged, merged.c.id == Announcement.id)
    return chosen.order_by(merged.c.moment.desc(), merged.c.seq.desc(), merged.c.id.desc()).limit(PAGE + 1)


def _lines() -> Rows:
    said = Translation.language == Announcement.language
    lines = sa.select(*LINE).select_from(Announcement).join(Audience, Audience.id == Announcement.audience_id)
    lines = lines.join(Group, Group.id == Audience.group_id).join(Person, Person.id == Announcement.author_id)
    lines = lines.join(Translation, sa.and_(Translation.announcement_id == Announcement.id, said))
    lines = lines.outerjoin(Photo, Photo.id == Announcement.photo_id)
    return lines.outerjoin(Remover, Remover.id == Announcement.removed_by)


def _top(number: int) -> sa.Subquery:
    said = Announcement
    top = sa.select(said.id, said.community_id, said.seq, said.released_at).where(
        said.audience_id == sa.bindparam(f"audience_{number}", type_=sa.BigInteger),
        said.seq < sa.bindparam(f"end_{number}", type_=sa.BigInteger),
        unexpired(),
    )
    return top.order_by(said.seq.desc()).limit(PAGE + 1).subquery()


def unexpired() -> sa.ColumnElement[bool]:
    return sa.or_(Announcement.expires.is_(None), Announcement.expires > sa.bindparam("now"))


def place_after(shown: Sequence[Line], before: Mapping[int, int] | None) -> dict[int, int]:
    """Where the next page begins, once these were shown: for each community the lowest seq so far."""
    return {**(before or {}), **{said.community_id: said.seq or 0 for said in shown}}


def pinned(audiences: Sequence[Audience]) -> list[Line]:
    """What stands on top of a group's page, the last pinned first; at most PINNED."""
    ids = [audience.id for audience in audiences if audience.pins]
    if not ids:
        return []
    values = {"audiences": ids, "now": now()}
    return list(db.session.execute(_pinned(), values))


@lru_cache(maxsize=1)
def _pinned() -> Rows:
    audiences: sa.BindParameter[list[int]] = sa.bindparam("audiences", expanding=True)
    on_top = _lines().where(Announcement.audience_id.in_(audiences), Announcement.pinned_at.is_not(None))
    on_top = on_top.where(Announcement.seq.is_not(None), unexpired())
    return on_top.order_by(Announcement.pinned_at.desc(), Announcement.id.desc()).limit(PINNED)
