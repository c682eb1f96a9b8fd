"""Time as people say it, in the language of the page, written out on the server.

Phones do not know the months of Santali, so nothing is left to them. A zone is an IANA name ("Asia/Kolkata")
or a tzinfo. Digits are 0-9 unless `g.native_digits` asks for the script's own.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton

from community.languages.numbers import digits
from community.languages.tongues import current
from community.languages.translations import gettext as _

A_MONDAY = date(2024, 1, 1)


def when(moment: datetime, zone: str | tzinfo, *, now: datetime | None = None) -> str:
    """The moment as it is said there and now: "today, 9 in the morning", "Monday, 6:30 in the evening".

    Past six days it is the date alone, with the year where that is another one. What is yet to come keeps
    its clock however far it is. A naive moment raises ValueError.
    """
    there, today = _there(moment, zone), _today(zone, now)
    days = (there.date() - today).days
    if days < -1:
        return digits(_long_ago(there, today))
    return digits(_near(days, _clock(there)) if days <= 1 else _to_come(there, today))


def day(moment: datetime, zone: str | tzinfo, *, now: datetime | None = None) -> str:
    """The day alone: "today", "yesterday", "tomorrow", "Monday", "3 November", "3 November 2025"."""
    there, today = _there(moment, zone).date(), _today(zone, now)
    return digits(_day(there, today))


def clock(moment: datetime, zone: str | tzinfo) -> str:
    """The time of day alone, on the twelve-hour clock with its part of the day: "9:30 in the morning"."""
    return digits(_clock(_there(moment, zone)))


def weekday(number: int) -> str:
    """The name of a day of the week; Monday is 0."""
    return _weekday(current().locale, A_MONDAY + timedelta(days=number))


def on(there: date, today: date) -> str:
    """A day for words that are kept: "Tuesday 24 November" stays true on whatever day it is read. In 0-9."""
    return _coming_weekday(there, today)


def at(there: time) -> str:
    """A time of day for words that are kept, in 0-9: "9:30 in the morning"."""
    return _clock(there)


def ahead(today: date, days: int) -> Iterator[tuple[date, str, str]]:
    """So many days from today on: "today", "tomorrow", then weekdays, each with its date in words."""
    for there in (today + timedelta(number) for number in range(days)):
        near = (there - today).days <= 1
        name = _near_day((there - today).days) if near else _weekday(current().locale, there)
        yield there, name, digits(_month_day(current().locale, there, with_year=False))


def _there(moment: datetime, zone: str | tzinfo) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a naive moment belongs to no day")
    return moment.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone)


def _today(zone: str | tzinfo, now: datetime | None) -> date:
    return _there(now or datetime.now(UTC), zone).date()


def _near(days: int, clock: str) -> str:
    if days == 0:
        # Translators: clock is a whole time of day, "9 in the morning". Past or later today.
        return _("today, %(clock)s", clock=clock)
    if days == 1:
        # Translators: must not be taken for yesterday, where one word means both.
        return _("tomorrow, %(clock)s", clock=clock)
    # Translators: clock is a whole time of day, "6 in the evening".
    return _("yesterday, %(clock)s", clock=clock)


def _long_ago(there: datetime, today: date) -> str:
    if (today - there.date()).days > 6:
        return _dated(there.date(), today)
    # Translators: a day of the week just past, and a time of day: "Monday, 9 in the morning".
    return _("%(weekday)s, %(clock)s", weekday=_weekday(current().locale, there.date()), clock=_clock(there))


def _to_come(there: datetime, today: date) -> str:
    # Translators: a day two or more days ahead and a time: "Monday 9 November, 6 in the evening".
    return _("%(day)s, %(clock)s", day=_day(there.date(), today), clock=_clock(there))


def _day(there: date, today: date) -> str:
    days = (there - today).days
    if abs(days) <= 1:
        return _near_day(days)
    if abs(days) > 6:
        return _dated(there, today)
    return _weekday(current().locale, there) if days < 0 else _coming_weekday(there, today)


def _near_day(days: int) -> str:
    if days == 0:
        return _("today")
    # Translators: must not be taken for yesterday, where one word means both.
    return _("tomorrow") if days == 1 else _("yesterday")


def _coming_weekday(there: date, today: date) -> str:
    weekday = _weekday(current().locale, there)
    # Translators: a day of the next week, "Monday 9 November"; the date tells it from the Monday just past.
    return _("%(weekday)s %(date)s", weekday=weekday, date=_dated(there, today))


def _clock(there: datetime | time) -> str:
    """The parts of the day are ours: 12-4 after midnight, 4-12, 12-4, 4-8 in the evening, 8-12 at night."""
    hour = there.hour % 12 or 12
    return _part(there.hour, f"{hour}:{there.minute:02}" if there.minute else str(hour))


def _part(hour: int, time: str) -> str:
    if hour < 4:
        # Translators: from 12 at night to 4, counted to the new day: "2:30 after midnight".
        return _("%(time)s after midnight", time=time)
    if hour < 12:
        # Translators: from 4 to 12. time is "9" or "9:30".
        return _("%(time)s in the morning", time=time)
    if hour < 16:
        # Translators: from 12 noon to 4.
        return _("%(time)s in the afternoon", time=time)
    if hour < 20:
        # Translators: from 4 to 8.
        return _("%(time)s in the evening", time=time)
    # Translators: from 8 to 12 at night.
    return _("%(time)s at night", time=time)


def _dated(there: date, today: date) -> str:
    return _month_day(current().locale, there, with_year=there.year != today.year)


@lru_cache(maxsize=4096)
def _month_day(locale: str, there: date, *, with_year: bool) -> str:
    """Whole patterns of CLDR: seven of the languages put the month or the year first."""
    return format_date(there, "long", locale) if with_year else format_skeleton("MMMMd", there, locale=locale)


@lru_cache(maxsize=1024)
def _weekday(locale: str, there: date) -> str:
    return format_date(there, "EEEE", locale)
