"""A ready sentence said: in one language, or in all of them at once."""

from collections.abc import Mapping
from datetime import date, time

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from community.languages import LANGUAGES, speaking
from community.languages.moments import at, on
from community.languages.numbers import grouped
from community.phrasebook.sentences import Sentence

SLOTS: dict[str, LazyString] = {
    "day": _l("Day"), "time": _l("Time"), "until": _l("Until"), "place": _l("Place"), "person": _l("Name"),
    "age": _l("Age"), "number": _l("How many"), "rupees": _l("Rupees"), "thing": _l("What"),
}  # fmt: skip


def said(sentence: Sentence, slots: Mapping[str, str], language: str, today: date) -> str:
    """The sentence in that language: its days and times stay true on whatever day they are read."""
    with speaking(language):
        return str(sentence.message) % {slot: _worded(slot, value, today) for slot, value in slots.items()}


def said_in_all(sentence: Sentence, slots: Mapping[str, str], today: date) -> dict[str, str]:
    """The sentence in every language, by its code."""
    return {code: said(sentence, slots, code, today) for code in LANGUAGES}


def _worded(slot: str, value: str, today: date) -> str:
    if slot == "day":
        return on(date.fromisoformat(value), today)
    if slot in ("time", "until"):
        return at(time.fromisoformat(value))
    return grouped(int(value)) if slot in ("number", "rupees") else value


def gapped(sentence: Sentence) -> Markup:
    """The sentence with the names of its slots in their places."""
    names = {slot: Markup('<span class="soft">{}</span>').format(SLOTS[slot]) for slot in sentence.slots}
    return Markup(str(sentence.message)) % names  # noqa: S704  a catalogue is ours
