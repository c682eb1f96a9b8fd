"""The lines of a feed: the newest of each audience, merged, in one statement; and what is pinned on top."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from community.announcements.audience import Audience
from community.announcements.floors import Since, start_of, stream_of
from community.announcements.models import Announcement, Translation
from community.database import db, now
from community.groups.models import Group
from community.languages import current
from community.media.models import Photo, Voice
from community.people.models import Person

PAGE = 20
PINNED = 3
FIRST = (1 << 62) - 1  # above every seq: nothing of this community was shown yet
Rows = sa.Select[*tuple[Any, ...]]
Heard = Audience | sa.Row[Any] | Since  # an audience, or its row alone, or from when on it is heard
Trace = sa.Row[Any]  # of a line, what tells whether it changed


class Line(NamedTuple):
    """A line of the feed: all that deciding about an announcement takes, and all that its sheet shows.

    Its words are those of the reader's language where there are such, else as they were said; `language` is theirs.
    A tuple of its own, because it is looked at twenty times: SQLAlchemy's rows search for a name at each look.
    """

    id: int
    community_id: int  # by whose numbers `seq` is told (`floors.stream_of`)
    audience_id: int
    author_id: int
    author_role: str
    kind: str
    seq: int
    released_at: datetime
    removed_at: datetime | None
    pinned_at: datetime | None
    language: str
    group_id: int
    text: str
    origin: str
    changed: str
    author_changed: str
    group_changed: str
    author_name: str | None
    author_picture: str
    author_colour: str
    group_name: str
    group_language: str
    zone: str
    photo_key: str | None
    width: int | None
    height: int | None
    sizes: dict[str, int] | None
    voice_key: str | None
    milliseconds: int | None
    voice_sizes: dict[str, int] | None
    remover_name: str | None
    remover_picture: str | None


def _raw(moment: Any) -> sa.ColumnElement[str]:
    """A moment as the database has it: it is only compared, and reading it into a datetime costs."""
    return sa.type_coerce(moment, sa.String)


# Tables and not models: a page reads twenty lines and changes none, and an entity for each costs more than the query.
SAID, AUDIENCE, GROUP, AUTHOR = (one.__table__ for one in (Announcement, Audience, Group, Person))
WORDS, PHOTO, VOICE = Translation.__table__, Photo.__table__, Voice.__table__
REMOVER = Person.__table__.alias("remover")
HERS = WORDS.alias("hers")  # in the reader's language
_FOUND_IN = {
    "group_id": AUDIENCE.c.group_id, "text": sa.func.coalesce(HERS.c.text, WORDS.c.text),
    "language": sa.func.coalesce(HERS.c.language, SAID.c.language),
    "origin": sa.func.coalesce(HERS.c.origin, WORDS.c.origin),
    "changed": _raw(SAID.c.changed), "author_changed": _raw(AUTHOR.c.changed), "group_changed": _raw(GROUP.c.changed),
    "author_name": AUTHOR.c.name, "author_picture": AUTHOR.c.picture, "author_colour": AUTHOR.c.colour,
    "group_name": GROUP.c.name, "group_language": GROUP.c.language, "zone": GROUP.c.zone,
    "photo_key": PHOTO.c.key, "width": PHOTO.c.width, "height": PHOTO.c.height,
    "sizes": PHOTO.c.sizes,
    "voice_key": VOICE.c.key, "milliseconds": VOICE.c.milliseconds, "voice_sizes": VOICE.c.sizes,
    "remover_name": REMOVER.c.name, "remover_picture": REMOVER.c.picture,
}  # fmt: skip
LINE = [_FOUND_IN[name] if name in _FOUND_IN else SAID.c[name] for name in Line._fields]


def newest(audiences: Sequence[Heard], before: Mapping[int, int] | None = None) -> list[Line]:
    """The newest announcements of these audiences, newest first; `before` says where an earlier page ended.

    Up to PAGE + 1 of them, so that a caller can tell whether there is more. Within a community the order is that
    of release (`seq`), whatever its clock showed; communities are merged by the moments.
    """
    if not audiences:
        return []
    values: dict[str, object] = {"now": now()}
    one_stream = len({stream_of(audience) for audience in audiences}) == 1
    for number, audience in enumerate(audiences):
        stream = audience.community_id if one_stream else stream_of(audience)
        end = (before or {}).get(stream, FIRST)
        values |= {f"audience_{number}": audience.id, f"end_{number}": end, f"start_{number}": start_of(audience)}
        values[f"stream_{number}"] = stream
    return _found(_newest_of(len(audiences), one_stream=one_stream), values)


@lru_cache(maxsize=256)
def _newest_of(branches: int, *, one_stream: bool) -> Rows:
    """The statement for so many audiences: the top of each by seq, merged by release."""
    tops = sa.union_all(*(sa.select(_top(number)) for number in range(branches))).subquery()
    if one_stream:
        chosen = sa.select(tops.c.id, tops.c.seq).order_by(tops.c.seq.desc()).limit(PAGE + 1).subquery()
        return _lines(chosen).order_by(chosen.c.seq.desc())
    # A clock that was set back must not hide anything: no release counts as older than one before it.
    moment = sa.func.max(tops.c.released_at).over(partition_by=tops.c.stream, order_by=tops.c.seq)
    merged = sa.select(tops.c.id, tops.c.seq, tops.c.stream, moment.label("moment")).subquery()
    order = [merged.c.moment.desc(), merged.c.seq.desc(), merged.c.id.desc()]
    chosen = sa.select(merged).order_by(*order).limit(PAGE + 1).subquery()
    lines = _lines(chosen, chosen.c.stream)
    return lines.order_by(chosen.c.moment.desc(), chosen.c.seq.desc(), chosen.c.id.desc())


def tops(audiences: Sequence[Heard]) -> list[Trace]:
    """What each of these audiences was told last, the newest first: enough to see whether anything about it changed."""
    values: dict[str, object] = {"now": now()}
    for number, audience in enumerate(audiences):
        values |= {f"audience_{number}": audience.id, f"end_{number}": FIRST, f"start_{number}": start_of(audience)}
        values[f"stream_{number}"] = stream_of(audience)
    return list(db.session.execute(_tops_of(len(audiences)), values).all()) if audiences else []


@lru_cache(maxsize=256)
def _tops_of(branches: int) -> Rows:
    tops = sa.union_all(*(sa.select(_top(number)) for number in range(branches))).subquery()
    looks = (SAID.c[name] for name in ("id", "audience_id", "author_id", "seq", "removed_at", "pinned_at"))
    shown = {"changed": SAID, "author_changed": AUTHOR, "group_changed": GROUP, "remover_changed": REMOVER}
    changes = (_raw(table.c.changed).label(name) for name, table in shown.items())
    marks = sa.select(*looks, *changes, AUDIENCE.c.group_id).select_from(SAID).join(tops, tops.c.id == SAID.c.id)
    marks = marks.join(AUDIENCE, AUDIENCE.c.id == SAID.c.audience_id).join(AUTHOR, AUTHOR.c.id == SAID.c.author_id)
    marks = marks.join(GROUP, GROUP.c.id == AUDIENCE.c.group_id).outerjoin(REMOVER, REMOVER.c.id == SAID.c.removed_by)
    return marks.order_by(SAID.c.released_at.desc(), SAID.c.id.desc())


def _lines(chosen: sa.Subquery | None = None, stream: Any = None) -> Rows:
    """All of each line. The `chosen` stand first: PostgreSQL joins so many tables in the order that is written."""
    said = sa.and_(WORDS.c.announcement_id == SAID.c.id, WORDS.c.language == SAID.c.language)
    columns = LINE if stream is None else [LINE[0], stream.label("community_id"), *LINE[2:]]
    first = SAID if chosen is None else chosen.join(SAID, SAID.c.id == chosen.c.id)
    lines = sa.select(*columns).select_from(first).join(AUDIENCE, AUDIENCE.c.id == SAID.c.audience_id)
    lines = lines.join(GROUP, GROUP.c.id == AUDIENCE.c.group_id).join(AUTHOR, AUTHOR.c.id == SAID.c.author_id)
    reads = sa.and_(HERS.c.announcement_id == SAID.c.id, HERS.c.language == sa.bindparam("reads"))
    reads = sa.and_(reads, HERS.c.stale_at.is_(None))
    lines = lines.join(WORDS, said).outerjoin(HERS, reads).outerjoin(PHOTO, PHOTO.c.id == SAID.c.photo_id)
    spoken = sa.case((HERS.c.id.is_not(None), HERS.c.voice_id), else_=WORDS.c.voice_id)
    lines = lines.outerjoin(VOICE, VOICE.c.id == spoken)
    return lines.outerjoin(REMOVER, REMOVER.c.id == SAID.c.removed_by)


def _top(number: int) -> sa.Subquery:
    stream = sa.bindparam(f"stream_{number}", type_=sa.BigInteger).label("stream")
    top = sa.select(SAID.c.id, stream, SAID.c.seq, SAID.c.released_at).where(
        SAID.c.audience_id == sa.bindparam(f"audience_{number}", type_=sa.BigInteger),
        SAID.c.seq < sa.bindparam(f"end_{number}", type_=sa.BigInteger),
        SAID.c.seq > sa.bindparam(f"start_{number}", type_=sa.BigInteger),
        unexpired(),
    )
    return top.order_by(SAID.c.seq.desc()).limit(PAGE + 1).subquery()


def unexpired() -> sa.ColumnElement[bool]:
    return sa.or_(SAID.c.expires.is_(None), SAID.c.expires > sa.bindparam("now"))


def told_lines(community_id: int, before: int | None) -> list[Line]:
    """The newest that was said to some only and that the community may look up; up to PAGE + 1."""
    top = db.session.scalars(_told(), {"community": community_id, "end": FIRST if before is None else before}).all()
    return _found(_these(), {"ids": top})


@lru_cache(maxsize=1)
def _told() -> sa.Select[int]:
    """Their ids, from one index. PostgreSQL would join everything that was ever said before it took the newest."""
    top = sa.select(SAID.c.id).where(SAID.c.community_id == sa.bindparam("community"), SAID.c.told == "listed")
    # A group that has closed its door since says no more than how much it was.
    shut = sa.select(AUDIENCE.c.id).join(GROUP, GROUP.c.id == AUDIENCE.c.group_id)
    shut = shut.where(AUDIENCE.c.id == SAID.c.audience_id, GROUP.c.parent_id.is_not(None), GROUP.c.joining != "link")
    top = top.where(SAID.c.seq < sa.bindparam("end"), ~shut.correlate(SAID).exists())
    return top.order_by(SAID.c.seq.desc()).limit(PAGE + 1)


@lru_cache(maxsize=1)
def _these() -> Rows:
    ids: sa.BindParameter[list[int]] = sa.bindparam("ids", expanding=True)
    return _lines().where(SAID.c.id.in_(ids)).order_by(SAID.c.seq.desc())


def place_after(shown: Sequence[Line], before: Mapping[int, int] | None) -> dict[int, int]:
    """Where the next page begins, once these were shown: for each community the lowest seq so far."""
    return {**(before or {}), **{said.community_id: said.seq or 0 for said in shown}}


def pinned(audiences: Sequence[Heard]) -> list[Line]:
    """What stands on top of a group's page, the last pinned first; at most PINNED."""
    starts = {audience.id: start_of(audience) for audience in audiences if audience.pins}
    if not starts:
        return []
    found = _found(_pinned(), {"audiences": list(starts), "now": now(), "most": PINNED * len(starts) + PINNED})
    return [one for one in found if one.seq > starts[one.audience_id]][:PINNED]


def _found(lines: Rows, values: Mapping[str, object]) -> list[Line]:
    return [Line(*row) for row in db.session.execute(lines, {**values, "reads": current().code})]


@lru_cache(maxsize=1)
def _pinned() -> Rows:
    audiences: sa.BindParameter[list[int]] = sa.bindparam("audiences", expanding=True)
    on_top = _lines().where(SAID.c.audience_id.in_(audiences), SAID.c.pinned_at.is_not(None))
    on_top = on_top.where(SAID.c.seq.is_not(None), unexpired())
    return on_top.order_by(SAID.c.pinned_at.desc(), SAID.c.id.desc()).limit(sa.bindparam("most"))
