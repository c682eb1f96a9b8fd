"""An audience cut into ranges of groups: each is a batch of its own, which another worker may take.

Groups are walked, not members. The ranges lie edge to edge along `path`, so a group that is moved meanwhile falls into
one or the other; a sweep looks once more where the tree changed while the batches ran.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from community.announcements.audience import Audience, inside
from community.announcements.models import Announcement
from community.database import db, now
from community.groups.membership import Membership
from community.groups.models import Group
from community.outbox.models import LATER, Errand, Outbox
from community.subscriptions.models import Listener

MOST = 800  # phones in a batch
GROUPS = 2000  # groups that one step walks
SWEEP = timedelta(minutes=10)


class Walked(NamedTuple):
    """A group on the way, with how many phones listen there."""

    id: int
    path: str
    phones: int


class FanOut(Errand):
    """Promise a batch for each range; where the audience has more groups than one step walks, promise the next step.

    Its arguments: `announcement_id`; `after`, the path to go on behind, and `edge`, where the last batch ended;
    `again`, to try anew where sending had failed; `sweep`, to look only where the tree has changed since the release;
    `language`, to bring words that came later.
    """

    goes_out = False

    def settle(self, row: Outbox, result: Any) -> None:
        said = db.session.get_one(Announcement, row.args["announcement_id"])
        if not said.is_live or (row.args.get("sweep") and not _tree_changed(said)):
            return
        after = row.args.get("after", "")
        upto = _end(said.audience, after)
        walked, edge = _walked(said.audience, after, upto), row.args.get("edge", after)
        for number, asked in enumerate(_batches(walked, edge)):
            asked |= {"announcement_id": said.id, "again": bool(row.args.get("again"))}
            asked |= {name: row.args[name] for name in ("language",) if name in row.args}
            Outbox.promise("push", f"push:{said.id}:{row.id}:{number}", rank=LATER, **asked)
        _go_on(row, said, upto, walked[-1].path if walked else edge)


def _go_on(row: Outbox, said: Announcement, upto: str | None, edge: str) -> None:
    """The next step, where groups are left; after the last one a sweep."""
    if upto:
        rest = row.args | {"after": upto, "edge": edge}
        Outbox.promise("fan-out", f"fan-out:{said.id}:{row.id}", **rest)
    elif "sweep" not in row.args and "language" not in row.args:
        swept = {"announcement_id": said.id, "sweep": True}
        Outbox.promise("fan-out", f"sweep:{said.id}:{row.id}", now() + SWEEP, rank=LATER, **swept)


def _tree_changed(said: Announcement) -> bool:
    changed = sa.select(Group.id).where(Group.below(said.audience.group.path), Group.changed > said.released_at)
    return db.session.scalar(changed.limit(1)) is not None


def _end(audience: Audience, after: str) -> str | None:
    """The path at which a step that begins behind `after` ends; None where it is the last one."""
    walk = sa.select(Group.path).where(Group.below(audience.group.path), Group.path > after).order_by(Group.path)
    return db.session.scalar(walk.offset(GROUPS - 1).limit(1))


def _walked(audience: Audience, after: str, upto: str | None) -> list[Walked]:
    """The groups behind `after` that have anybody who listens. Both ends are said: a step never looks at all phones."""
    until = [Group.path <= upto] if upto else []
    phones = sa.func.count(sa.distinct(Listener.subscription_id))
    walk = (
        sa.select(Group.id, Group.path, phones)
        .join(Membership, Membership.group_id == Group.id)
        .join(Listener, Listener.person_id == Membership.person_id)
        .where(*inside(audience), Group.path > after, *until)
        .group_by(Group.id, Group.path)
        .order_by(Group.path)
    )
    return [Walked(*row) for row in db.session.execute(walk)]


def _batches(walked: list[Walked], after: str) -> Iterator[dict[str, Any]]:
    """What each batch is to look at: the groups behind `after` up to `upto`, or a window of one large group."""
    filled, last = 0, after
    for group in walked:
        if last != after and filled + group.phones > MOST:
            yield {"after": after, "upto": last}
            filled, after = 0, last
        if group.phones > MOST:
            yield from _windows(group.id)
            after = group.path
        filled, last = (0 if group.phones > MOST else filled + group.phones), group.path
    if last != after:
        yield {"after": after, "upto": last}


def _windows(group_id: int) -> Iterator[dict[str, int]]:
    """A group with more phones than a batch takes, cut by the ids of its people."""
    place = sa.func.row_number().over(order_by=Membership.person_id)
    people = (
        sa.select(Membership.person_id.label("person_id"), place.label("place"))
        .where(Membership.group_id == group_id, Membership.person_id.in_(sa.select(Listener.person_id)))
        .distinct()
        .subquery()
    )
    ends = sa.select(people.c.person_id).where(people.c.place % MOST == 0).order_by(people.c.person_id)
    above = 0
    for end in db.session.scalars(ends).all():
        yield {"group": group_id, "above": above, "until": end}
        above = end
    yield {"group": group_id, "above": above}
