from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import g

from community.languages import speaking
from community.languages.moments import clock, day, when
from community.languages.numbers import number
from community.languages.tongues import LANGUAGES

KOLKATA = ZoneInfo("Asia/Kolkata")
# Tuesday.
NOW = datetime(2026, 11, 3, 10, 0, tzinfo=KOLKATA)

pytestmark = pytest.mark.usefixtures("page")


def kolkata(month: int, day: int, hour: int, minute: int = 0, year: int = 2026) -> datetime:
    """A moment on Kolkata's clock, as the database gives it: in UTC."""
    return datetime(year, month, day, hour, minute, tzinfo=KOLKATA).astimezone(UTC)


MOMENTS = [
    (kolkata(11, 3, 9), "today, 9 in the morning", "आज सुबह 9 बजे", "آج صبح 9 بجے"),
    (
        kolkata(11, 3, 0, 0),
        "today, 12 after midnight",
        "आज आधी रात के बाद 12 बजे",
        "آج آدھی رات کے بعد 12 بجے",
    ),
    (kolkata(11, 2, 23, 59), "yesterday, 11:59 at night", "कल रात 11:59 बजे", "کل رات 11:59 بجے"),
    (kolkata(11, 2, 18), "yesterday, 6 in the evening", "कल शाम 6 बजे", "کل شام 6 بجے"),
    (
        kolkata(11, 1, 12, 5),
        "Sunday, 12:05 in the afternoon",
        "रविवार दोपहर 12:05 बजे",
        "اتوار کو دوپہر 12:05 بجے",
    ),
    (kolkata(10, 28, 9), "Wednesday, 9 in the morning", "बुधवार सुबह 9 बजे", "بدھ کو صبح 9 بجے"),
    (kolkata(10, 27, 9), "27 October", "27 अक्टूबर", "27 اکتوبر"),
    (kolkata(11, 3, 9, year=2025), "3 November 2025", "3 नवंबर 2025", "3 نومبر، 2025"),
    (kolkata(11, 3, 20), "today, 8 at night", "आज रात 8 बजे", "آج رات 8 بجے"),
    (kolkata(11, 4, 4), "tomorrow, 4 in the morning", "आने वाले कल सुबह 4 बजे", "آنے والے کل صبح 4 بجے"),
    (
        kolkata(11, 9, 16),
        "Monday 9 November, 4 in the evening",
        "सोमवार, 9 नवंबर, शाम 4 बजे",
        "پیر، 9 نومبر، شام 4 بجے",
    ),
    (kolkata(11, 10, 11), "10 November, 11 in the morning", "10 नवंबर, सुबह 11 बजे", "10 نومبر، صبح 11 بجے"),
    (
        kolkata(1, 26, 7, year=2027),
        "26 January 2027, 7 in the morning",
        "26 जनवरी 2027, सुबह 7 बजे",
        "26 جنوری، 2027، صبح 7 بجے",
    ),
]


@pytest.mark.parametrize(("moment", "english", "hindi", "urdu"), MOMENTS, ids=[said for _, said, *_ in MOMENTS])
def test_when_is_said_in_each_language(moment: datetime, english: str, hindi: str, urdu: str) -> None:
    for code, words in (("en", english), ("hi", hindi), ("ur", urdu)):
        with speaking(code):
            assert when(moment, "Asia/Kolkata", now=NOW) == words


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (kolkata(11, 3, 23, 59), "आज"),
        (kolkata(11, 4, 0, 0), "कल"),
        (kolkata(11, 4, 23, 59), "कल"),
        (kolkata(11, 5, 0, 0), "मंगलवार"),
        (kolkata(11, 9, 23, 59), "मंगलवार"),
        (kolkata(11, 10, 0, 0), "3 नवंबर"),
        (kolkata(1, 1, 0, 0, year=2027), "3 नवंबर 2026"),
        (kolkata(11, 2, 23, 59), "आने वाले कल"),
        (kolkata(11, 1, 23, 59), "मंगलवार, 3 नवंबर"),
        (kolkata(10, 27, 23, 59), "3 नवंबर"),
    ],
)
def test_a_day_ends_at_midnight_of_the_zone(now: datetime, words: str) -> None:
    with time_machine.travel(now, tick=False):
        assert day(kolkata(11, 3, 23, 30), KOLKATA) == words


def test_one_moment_has_another_day_elsewhere() -> None:
    moment = kolkata(11, 3, 0, 30)

    assert when(moment, "Asia/Kolkata", now=NOW) == "आज आधी रात के बाद 12:30 बजे"
    assert when(moment, "UTC", now=NOW) == "कल शाम 7 बजे"


def test_days_are_counted_by_the_calendar_where_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    moment = datetime(2026, 10, 24, 23, 30, tzinfo=berlin)

    assert day(moment, berlin, now=moment + timedelta(hours=24)) == "कल"
    assert day(moment, berlin, now=moment.astimezone(UTC) + timedelta(hours=25, minutes=30)) == "शनिवार"


@pytest.mark.parametrize(
    ("hour", "words"),
    [
        (0, "12 after midnight"),
        (3, "3 after midnight"),
        (4, "4 in the morning"),
        (11, "11 in the morning"),
        (12, "12 in the afternoon"),
        (15, "3 in the afternoon"),
        (16, "4 in the evening"),
        (19, "7 in the evening"),
        (20, "8 at night"),
        (23, "11 at night"),
    ],
)
def test_the_clock_names_the_part_of_the_day(hour: int, words: str) -> None:
    with speaking("en"):
        assert clock(kolkata(11, 3, hour), "Asia/Kolkata") == words


@pytest.mark.parametrize("say", [when, day, clock])
def test_a_naive_moment_is_refused(say) -> None:
    with pytest.raises(ValueError, match="naive"):
        say(datetime(2026, 11, 3, 9), "Asia/Kolkata")  # noqa: DTZ001


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_groups_by_lakhs_and_can_say_any_date(code: str) -> None:
    g.language = code

    assert number(150_000) == "1,50,000"
    for days in range(-400, 400, 9):
        words = when(NOW + timedelta(days=days), "Asia/Kolkata", now=NOW)
        assert words and not any(mark in words for mark in ("/", "-", "M0", "M1"))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (999, "999"),
        (-150_000, "-1,50,000"),
        (12_345_678.9, "1,23,45,678.9"),
        (Decimal("1234.5678"), "1,234.568"),
    ],
)
def test_numbers(value: float | Decimal, words: str) -> None:
    assert number(value) == words


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("hi", "१,५०,०००"),
        ("ur", "۱,۵۰,۰۰۰"),
        ("ks", "۱,۵۰,۰۰۰"),
        ("sd", "١,٥٠,٠٠٠"),
        ("ar", "١,٥٠,٠٠٠"),
        ("sat", "᱑,᱕᱐,᱐᱐᱐"),
        ("mni", "১,৫০,০০০"),
        ("ta", "௧,௫௦,௦௦௦"),
        ("en", "1,50,000"),
    ],
)
def test_native_digits_for_who_wants_them(code: str, words: str) -> None:
    g.language, g.native_digits = code, True
    assert number(150_000) == words


def test_native_digits_in_time_too() -> None:
    g.native_digits = True

    assert when(kolkata(11, 3, 9, 30), "Asia/Kolkata", now=NOW) == "आज सुबह ९:३० बजे"
    assert day(kolkata(11, 3, 9, year=2025), "Asia/Kolkata", now=NOW) == "३ नवंबर २०२५"
    assert clock(kolkata(11, 3, 9), "Asia/Kolkata") == "सुबह ९ बजे"
