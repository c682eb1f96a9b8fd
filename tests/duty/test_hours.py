"""Hours by the clock of the group, on their days, past midnight, and when they begin next."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.duty.hours import begins_next, stands
from community.duty.models import EVERY_DAY, Duty

MONDAY, TUESDAY, SUNDAY = 1, 2, 64
KOLKATA = "Asia/Kolkata"
HOUR = 60


def line(begins: int, until: int, days: int = EVERY_DAY) -> Duty:
    return Duty(days=days, begins=begins * HOUR, until=until * HOUR)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """On this day of November 2026 by the clock of India; the 23rd is a Monday."""
    from zoneinfo import ZoneInfo

    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo(KOLKATA)).astimezone(UTC)


@pytest.mark.parametrize(
    ("duty", "moment", "is_on"),
    [
        (line(0, 0), at(23, 3), True),
        (line(0, 0, MONDAY), at(24, 3), False),
        (line(6, 12), at(23, 6), True),
        (line(6, 12), at(23, 11, 59), True),
        (line(6, 12), at(23, 12), False),
        (line(6, 12), at(23, 5, 59), False),
        (line(22, 6, MONDAY), at(23, 23), True),
        (line(22, 6, MONDAY), at(24, 5, 59), True),
        (line(22, 6, MONDAY), at(24, 6), False),
        (line(22, 6, MONDAY), at(23, 3), False),
        (line(22, 6, SUNDAY), at(23, 3), True),
        (line(18, 0), at(23, 23, 59), True),
        (line(18, 0), at(24, 0), False),
    ],
)
def test_who_stands_there_now(duty: Duty, moment: datetime, is_on: bool) -> None:
    assert stands(duty, moment, KOLKATA) is is_on


def test_it_is_the_clock_of_the_group() -> None:
    moment = datetime(2026, 11, 23, 2, tzinfo=UTC)
    assert stands(line(6, 12), moment, KOLKATA)
    assert not stands(line(6, 12), moment, "UTC")


@given(st.integers(0, 23), st.integers(0, 23), st.integers(1, 127), st.integers(0, 7 * 24 * 60))
def test_hours_that_begin_next_have_begun_then(begins: int, until: int, days: int, minutes: int) -> None:
    from datetime import timedelta

    duty, moment = line(begins, until, days), at(23, 0) + timedelta(minutes=minutes)
    begun = begins_next(duty, moment, KOLKATA)
    assert begun is not None
    assert moment < begun <= moment + timedelta(days=7)
    assert stands(duty, begun, KOLKATA)


def test_who_stands_on_no_day_begins_never() -> None:
    assert begins_next(line(6, 12, days=0), at(23, 3), KOLKATA) is None
