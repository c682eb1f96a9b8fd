"""What the outbox counts: soon after a change what was marked; every night everything, which finds what went wrong."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from community.database import db, now
from community.groups.models import Group
from community.outbox.models import LATER, Outbox
from community.oversight.changes import promise_count
from community.oversight.models import CounterChange, CounterCheck, GroupCounter
from community.oversight.recount import Numbers, Place, places, recounted
from community.oversight.rollup import hold, keep, sum_up

AT_ONCE = 200  # groups in one commit: SQLite has one writer, and nobody shall wait long for it
# What changes by no clock, but that news grow old.
LASTING = ("groups", "people", "said", "waiting", "reports", "urgent", "questions", "rumours")
KEPT = timedelta(days=30)  # so long a night's result is shown


def count() -> None:
    """Count what was marked, the oldest community first; what is left over is promised anew."""
    community_id = db.session.scalar(sa.select(CounterChange.community_id).order_by(CounterChange.id).limit(1))
    if community_id is None:
        return
    hold(community_id)
    marked = _taken(community_id)
    found = places([Group.id.in_(marked)])
    renew(community_id, found)
    _forget(community_id, marked - {place.id for place in found})
    if db.session.scalar(sa.select(CounterChange.id).limit(1)):
        promise_count()
    promise_night()


def _taken(community_id: int) -> set[int]:
    """The groups of the oldest marks, which are taken away; a branch is marked group by group first."""
    mine = CounterChange.community_id == community_id
    oldest = sa.select(CounterChange.id).where(mine).order_by(CounterChange.id).limit(AT_ONCE)
    taken = sa.delete(CounterChange).where(CounterChange.id.in_(oldest))
    rows = db.session.execute(taken.returning(CounterChange.group_id, CounterChange.branch)).all()
    for group_id in {group_id for group_id, branch in rows if branch}:
        _spread(group_id)
    return {group_id for group_id, _branch in rows}


def _spread(group_id: int) -> None:
    path = db.session.scalar(sa.select(Group.path).where(Group.id == group_id))
    if path:
        _mark(sa.and_(Group.below(path), Group.id != group_id))


def _mark(where: sa.ColumnElement[bool]) -> None:
    marks = sa.select(Group.community_id, Group.id, sa.false()).where(where)
    db.session.execute(sa.insert(CounterChange).from_select(["community_id", "group_id", "branch"], marks))


def renew(community_id: int, found: Collection[Place]) -> dict[int, Numbers]:
    """Count these groups, write it down, sum it up. Groups whose place above gained or lost its admins come later."""
    own = recounted(community_id, found)
    _mark_below(community_id, own)
    keep(community_id, own)
    above = places([Group.id.in_(_unknown(community_id, found))])
    keep(community_id, recounted(community_id, above))  # a sum needs a row to stand in
    sum_up(community_id, found)
    return own


def _unknown(community_id: int, found: Collection[Place]) -> set[int]:
    above = {group_id for place in found for group_id in place.ancestors}
    known = sa.select(GroupCounter.group_id).where(
        GroupCounter.community_id == community_id, GroupCounter.group_id.in_(above)
    )
    return above - set(db.session.scalars(known))


def _mark_below(community_id: int, own: Mapping[int, Numbers]) -> None:
    """Whether nobody looks after a group hangs on the one above, too."""
    led = _kept(community_id, own, ("admins",))
    turned = [one for one, numbers in own.items() if bool(numbers["admins"]) != bool(led.get(one, {}).get("admins"))]
    if turned:
        _mark(Group.parent_id.in_(turned))


def _kept(community_id: int, ids: Collection[int], names: tuple[str, ...] = LASTING) -> dict[int, Numbers]:
    """These numbers as they are written down."""
    columns = [getattr(GroupCounter, name) for name in names]
    mine = (GroupCounter.community_id == community_id, GroupCounter.group_id.in_(ids))
    rows = db.session.execute(sa.select(GroupCounter.group_id, *columns).where(*mine))
    return {group_id: dict(zip(names, numbers, strict=True)) for group_id, *numbers in rows}


def _forget(community_id: int, gone: Collection[int]) -> None:
    if gone:
        mine = (GroupCounter.community_id == community_id, GroupCounter.group_id.in_(gone))
        db.session.execute(sa.delete(GroupCounter).where(*mine))


def promise_night() -> None:
    """Tonight everything is counted; called with each count, so that it begins with the first change."""
    day = now().date() + timedelta(days=1)
    at = datetime.combine(day, datetime.min.time(), UTC) - timedelta(hours=3)  # half past two in India
    at += timedelta(days=1) if at <= now() else timedelta()
    Outbox.promise("recount", f"recount:{at.date()}", at, rank=LATER, day=str(at.date()))


def recount(day: str, community_id: int | None = None, after: str = "") -> None:
    """Count all groups of a community anew, some at a time along `path`; without one, promise it for each."""
    if community_id is None:
        _begin(day)
        promise_night()
        return
    hold(community_id)
    found = places([Group.community_id == community_id, Group.path > after], AT_ONCE)
    _note(community_id, day, found)
    if len(found) == AT_ONCE:
        _go_on(day, community_id, db.session.scalar(sa.select(Group.path).where(Group.id == found[-1].id)) or "")


def _begin(day: str) -> None:
    db.session.execute(sa.delete(CounterCheck).where(CounterCheck.ended_at < now() - KEPT))
    for root in db.session.scalars(sa.select(Group.id).where(Group.parent_id.is_(None))):
        _go_on(day, root, "")


def _go_on(day: str, community_id: int, after: str) -> None:
    key = f"recount:{day}:{community_id}:{after.rstrip('/').rpartition('/')[2]}"
    Outbox.promise("recount", key, rank=LATER, day=day, community_id=community_id, after=after)


def _note(community_id: int, day: str, found: Collection[Place]) -> None:
    """Count them, and note how many were wrong though nothing had marked them."""
    before, torn = _kept(community_id, [place.id for place in found]), _torn(community_id, found)
    marked = _marked(community_id)
    own = renew(community_id, found)
    wrong = [
        place.id for place in found
        if place.id not in marked and (place.id in torn or _differs(before.get(place.id), own[place.id]))
    ]  # fmt: skip
    check = _check(community_id, day)
    check.looked, check.wrong, check.ended_at = check.looked + len(found), check.wrong + len(wrong), now()


def _differs(before: Numbers | None, after: Numbers) -> bool:
    """`said` grows old by itself, so it is wrong only where it was too small."""
    if before is None:
        return True
    return before["said"] < after["said"] or any(before[name] != after[name] for name in LASTING if name != "said")


def _torn(community_id: int, found: Collection[Place]) -> set[int]:
    """Groups whose sum is not that of what is written down of them and of those right below."""
    inside = sa.orm.aliased(GroupCounter)
    below = sa.select(sa.func.coalesce(sa.func.sum(inside.all_people), 0)).select_from(Group)
    below = below.join(inside, sa.and_(inside.group_id == Group.id, inside.community_id == community_id))
    below = below.where(Group.parent_id == GroupCounter.group_id).correlate(GroupCounter)
    mine = (GroupCounter.community_id == community_id, GroupCounter.group_id.in_([place.id for place in found]))
    whole = GroupCounter.people + below.scalar_subquery()
    return set(db.session.scalars(sa.select(GroupCounter.group_id).where(*mine, GroupCounter.all_people != whole)))


def _marked(community_id: int) -> set[int]:
    """What is known to be behind: marked groups, and all above them."""
    mine = sa.select(CounterChange.group_id).where(CounterChange.community_id == community_id).limit(10_000)
    return {group_id for place in places([Group.id.in_(set(db.session.scalars(mine)))]) for group_id in place.lineage}


def _check(community_id: int, day: str) -> CounterCheck:
    mine = sa.select(CounterCheck).where(CounterCheck.community_id == community_id, CounterCheck.day == day)
    found = db.session.scalar(mine)
    if found is None:
        found = CounterCheck(community_id=community_id, day=day, looked=0, wrong=0)
        db.session.add(found)
    return found
