"""A month as a wall calendar has it, in the reader's language: the page behind which a room is hidden."""

import calendar
from dataclasses import dataclass
from datetime import date

from babel.dates import format_skeleton, get_day_names
from flask_babel import get_locale


@dataclass(frozen=True)
class Month:
    title: str
    days: list[str]  # the week's days, short, from its first
    weeks: list[list[int]]  # 0 where no day of this month stands


def month_of(day: date) -> Month:
    locale = get_locale()
    first = locale.first_week_day
    names = get_day_names("abbreviated", "stand-alone", locale)
    weeks = calendar.Calendar(first).monthdayscalendar(day.year, day.month)
    return Month(format_skeleton("yMMMM", day, locale=locale), [names[(first + n) % 7] for n in range(7)], weeks)
