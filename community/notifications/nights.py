"""By a person's own clock: when her night is over, which day it is, when the next day's digest may ring."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MORNING = time(7)  # when a digest rings, unless her night lasts longer
USUAL = "Asia/Kolkata"


class Clock(NamedTuple):
    """Where she is, and when she is quiet there. The same hour twice: never."""

    zone: str
    quiet_from: int
    quiet_until: int


@lru_cache(maxsize=700)
def zone_of(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(USUAL)


@dataclass
class Nights:
    """Asked of many people at one moment: each clock is worked out once."""

    at: datetime
    ends: dict[Clock, datetime | None] = field(default_factory=dict)

    def end(self, clock: Clock) -> datetime | None:
        if clock not in self.ends:
            self.ends[clock] = night_ends(clock, self.at)
        return self.ends[clock]


def night_ends(person: Any, at: datetime) -> datetime | None:
    """When the person's quiet hours are over, if they are now. Equal hours mean that she has none."""
    there = at.astimezone(zone_of(person.zone))
    begins, ends = person.quiet_from, person.quiet_until
    night = (there.hour - begins) % 24 < (ends - begins) % 24
    if not night:
        return None
    morning = there.replace(hour=ends, minute=0, second=0, microsecond=0)
    return (morning if morning > there else morning + timedelta(days=1)).astimezone(at.tzinfo)


def day_of(person: Any, at: datetime) -> date:
    """Which day it is there."""
    return _day(person.zone, at)


@lru_cache(maxsize=1000)
def _day(zone: str, at: datetime) -> date:
    return at.astimezone(zone_of(zone)).date()


def digest_due(person: Any, day: date, at: datetime) -> datetime:
    """When the digest of the day after `day` rings: in the morning, after her quiet hours."""
    morning = datetime.combine(day + timedelta(days=1), MORNING, zone_of(person.zone)).astimezone(at.tzinfo)
    return night_ends(person, morning) or morning
