"""Where a community came below another one: from which `seq` on its people hear what is said above them.

What was said above before that is neither shown nor counted to them. Whoever is in both hears it by the other way, and
has heard of it what she has heard there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from community.announcements.audience import Audience
from community.groups.membership import Membership
from community.groups.models import Group

ALL_OF_IT = -(1 << 62)  # below every seq
TOGETHER = 1 << 50  # added to the id of a community that came below another one: its numbers since then


@dataclass(frozen=True, slots=True)
class Since:
    """An audience of which a person hears only what was said after `start`.

    `stream`: the community that it was a part of. What two of them said before they came together is merged by the
    moments, as if they were two still: their numbers say nothing of which was first.
    """

    audience: Any
    start: int
    stream: int

    def __getattr__(self, name: str) -> Any:
        return getattr(self.audience, name)


def start_of(audience: Any) -> int:
    """The `seq` after which it is heard."""
    return audience.start if isinstance(audience, Since) else ALL_OF_IT


def stream_of(audience: Any) -> int:
    """What is counted by one row of numbers with it."""
    return int(audience.stream if isinstance(audience, Since) else audience.community_id)


def floor_of(group: Group, place: int) -> int:
    """The `seq` after which who is in `group` hears what is said in the group `place` above it."""
    if not group.joined:
        return ALL_OF_IT
    line = group.lineage
    above = (one.floor for one in group.joins if place in line[: line.index(one.root)])
    return max(above, default=ALL_OF_IT)


def since(audiences: Iterable[Any], groups: Sequence[Group]) -> list[Any]:
    """The same audiences; those that these groups hear only from a floor on, or that came from elsewhere, say so."""
    if not any(group.joined for group in groups):
        return list(audiences)
    return [_since(audience, groups) for audience in audiences]


def _since(audience: Any, groups: Sequence[Group]) -> Any:
    hear = [group for group in groups if audience.group_id in group.lineage]
    start = min((floor_of(group, audience.group_id) for group in hear), default=ALL_OF_IT)
    streams = (root for group in hear if (root := _came_with(group, audience.group_id)))
    return Since(audience, start, next(streams, audience.community_id))


def _came_with(group: Group, place: int) -> int | None:
    """The last community on the way down to `place`, which is the group's own or above it, that came from elsewhere."""
    line = group.lineage
    above = [one.root for one in group.joins if line.index(one.root) <= line.index(place)]
    return max(above, key=line.index) + TOGETHER if above else None


def telling(audience: "Audience | Any", held: list[Membership]) -> list[Membership]:
    """Of the memberships by which an audience is heard, those whose watermark says how far.

    One that hears it only from a floor on says nothing of what was before, as long as another hears all of it.
    """
    if not any(one.group.joined for one in held):
        return held
    floors = {one.id: floor_of(one.group, audience.group_id) for one in held}
    lowest = min(floors.values())
    return [one for one in held if floors[one.id] == lowest or one.heard_seq > floors[one.id]]


def numbered(held: Sequence[Membership], community_id: int, seq: int) -> tuple[list[Membership], int]:
    """The memberships that a page of this community spoke of, and its `seq` as it is counted now.

    A phone that had no signal may say what was read before the community came below another one, or while it was there.
    """
    if own := [one for one in held if one.community_id == community_id]:
        return own, seq
    joins = [(one, join) for one in held for join in one.group.joins if join.root == community_id % TOGETHER]
    lift = max((join.shift for _one, join in joins), default=0) if community_id < TOGETHER else 0
    return [one for one, _join in joins], seq + lift
