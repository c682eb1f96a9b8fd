"""What was put into the slots of a ready sentence: read whole, refused in words, kept in one plain form.

A form says a day by a tile (`day`) or a date field (`day-date`), a time by three rows of tiles (`time-hour`,
`time-minute`, `time-part`) or as the page before had understood it (`time`, "19:30"), a place by a tile of one that
was used before (`place-known`) or by its letters (`place`). What a sentence has no slot for is not looked at.
"""

import re
from collections.abc import Mapping
from datetime import date

from community.form import Form
from community.languages import gettext as _
from community.phrasebook.sentences import Sentence

AHEAD = 366  # days
LETTERS = 60  # of a place, a name, a thing
DIGITS = {"age": 3, "number": 6, "rupees": 8}
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
# Which hours of the twelve-hour clock people say with each part of the day, and what is added to them.
PARTS: dict[str, dict[int, int]] = {
    "morning": {hour: hour for hour in range(1, 12)},
    "afternoon": {12: 12, **{hour: hour + 12 for hour in range(1, 6)}},
    "evening": {hour: hour + 12 for hour in range(3, 9)},
    "night": {12: 0, **{hour: hour for hour in range(1, 4)}, **{hour: hour + 12 for hour in range(7, 12)}},
}
MINUTES = ("00", "15", "30", "45")


def filled(sentence: Sentence, form: Form, today: date) -> dict[str, str]:
    """What is in each slot: a date and a time as ISO 8601 says them, a number in 0-9, letters cleaned, on one line.

    `form.wrong` has a sentence for each slot that holds none of these; what was typed is in `form.values`.
    """
    return {slot: _read(slot, form, today) for slot in sentence.slots}


def _read(slot: str, form: Form, today: date) -> str:
    if slot == "day":
        return _day(form, today)
    if slot in ("time", "until"):
        return _time(slot, form)
    return _number(slot, form) if slot in DIGITS else _letters(slot, form)


def _day(form: Form, today: date) -> str:
    """What was opened and typed counts more than a tile. What is no day stands where it was typed, beside the tile."""
    typed, tile = (form.line(field, most=LETTERS) for field in ("day-date", "day"))
    form.wrong.pop("day-date", None)
    try:
        there = date.fromisoformat(typed or tile)
    except ValueError:
        form.values["day"] = tile if typed else ""
        form.wrong["day"] = _("Choose a day.")
        return ""
    form.wrong.pop("day", None)
    if there < today:
        form.wrong["day"] = _("This day is over. Choose another.")
    elif (there - today).days > AHEAD:
        form.wrong["day"] = _("Choose a time between now and a year from now.")
    form.values |= {"day": there.isoformat(), "day-date": ""}
    return there.isoformat()


def _time(slot: str, form: Form) -> str:
    said = form.line(slot, most=LETTERS) or _tapped(slot, form)
    form.wrong.pop(slot, None)
    if not CLOCK.fullmatch(said):
        form.values[slot] = ""
        form.wrong[slot] = _("Choose a time.")
        return ""
    form.values.update(tiles(slot, said))
    return said


def _tapped(slot: str, form: Form) -> str:
    """The time that the tiles say together; "" where they say none."""
    part = form.choice(f"{slot}-part", PARTS, "")
    minute = form.choice(f"{slot}-minute", MINUTES, "00")
    hour = form.choice(f"{slot}-hour", map(str, range(1, 13)), "")
    there = PARTS[part].get(int(hour)) if part and hour else None
    return "" if there is None else f"{there:02}:{minute}"


def tiles(slot: str, said: str) -> Mapping[str, str]:
    """The tiles that say "19:30", and itself."""
    hour, minute = int(said[:2]), said[3:]
    part, tile = next((part, tile) for part, hours in PARTS.items() for tile, there in hours.items() if there == hour)
    return {slot: said, f"{slot}-part": part, f"{slot}-minute": minute, f"{slot}-hour": str(tile)}


def _number(slot: str, form: Form) -> str:
    number = form.number(slot)
    if number is None or len(str(number)) > DIGITS[slot] or (number == 0 and slot != "age"):
        form.wrong[slot] = _("Write a number.")
        return ""
    form.values[slot] = str(number)
    return str(number)


def _letters(slot: str, form: Form) -> str:
    typed = form.line(slot, most=LETTERS)
    said = typed or form.line(f"{slot}-known", most=LETTERS)
    form.wrong.pop(f"{slot}-known", None)
    form.values[slot] = said
    if not said:
        form.wrong[slot] = _("This is missing.")
    return said
