"""The hours of a line of the roster, by the clock of its group."""

from datetime import datetime, time, timedelta

from community.duty.models import Duty
from community.notifications.nights import zone_of

DAY = 24 * 60  # minutes
WEEK = 7


def stands(duty: Duty, at: datetime, zone: str) -> bool:
    """Whether this moment is in its hours. What goes past midnight belongs to the day on which it began."""
    there = at.astimezone(zone_of(zone))
    minute, today = there.hour * 60 + there.minute, is_on(duty, there.weekday())
    if duty.begins == duty.until:
        return today
    if duty.begins < duty.until:
        return today and duty.begins <= minute < duty.until
    return (today and minute >= duty.begins) or (is_on(duty, (there.weekday() - 1) % WEEK) and minute < duty.until)


def is_on(duty: Duty, weekday: int) -> bool:
    return bool(duty.days >> weekday & 1)


def begins_next(duty: Duty, at: datetime, zone: str) -> datetime | None:
    """When its hours begin the next time after this moment; None where it stands on no day."""
    there = at.astimezone(zone_of(zone))
    for ahead in range(WEEK + 1):
        day = there.date() + timedelta(days=ahead)
        start = datetime.combine(day, time(duty.begins // 60, duty.begins % 60), there.tzinfo)
        if is_on(duty, day.weekday()) and start > there:
            return start.astimezone(at.tzinfo)
    return None
