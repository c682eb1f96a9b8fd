"""How much was said today to those in a group, of how much may ring them in a day: the public number."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from community.announcements.feed import matching
from community.announcements.line import Line, newest
from community.database import now
from community.days.models import Budget
from community.groups.membership import standing
from community.groups.models import Group
from community.people.session import me


def used(group: Group, lines: Iterable[Line]) -> int:
    """Of these newest lines, those that went out today where the group is, in it or above it."""
    midnight = datetime.combine(
        now().astimezone(ZoneInfo(group.zone)).date(), datetime.min.time(), ZoneInfo(group.zone)
    )
    line = set(group.lineage)
    return sum(one.group_id in line and one.released_at >= midnight for one in lines)


def today(group: Group) -> tuple[int, int]:
    """What was used today of what may be used, as somebody in this group has heard it."""
    most = Budget.of(group.community_id)
    return min(most, used(group, newest(matching(standing(me()), [group])))), most
