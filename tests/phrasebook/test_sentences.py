"""Every ready sentence, in every language: whole, in its own script, in its own direction."""

import re
import unicodedata
from collections import Counter
from datetime import date

import pytest
from babel.messages.pofile import read_po
from flask import Flask

from community.form import Form
from community.languages import LANGUAGES, speaking
from community.languages.compiled import TRANSLATIONS
from community.phrasebook.saying import SLOTS, gapped, said, said_in_all
from community.phrasebook.sentences import CHAPTERS, SENTENCES, Sentence
from community.phrasebook.slots import MINUTES, PARTS, filled, tiles
from tests.sample import some

pytestmark = pytest.mark.sampled

TODAY = date(2026, 11, 23)
SLOT = re.compile(r"%\((\w+)\)s")
PUT = {
    "day": "2026-11-24", "time": "07:30", "until": "19:00", "place": "⟨place⟩", "person": "⟨person⟩", "age": "6",
    "number": "120000", "rupees": "250", "thing": "⟨thing⟩",
}  # fmt: skip
SHOWN = {"day": "24", "time": "7:30", "until": "7", "number": "1,20,000"}
ALL = [pytest.param(sentence, id=key) for key, sentence in SENTENCES.items()]


@pytest.fixture(autouse=True)
def spoken(app: Flask):
    with app.app_context():
        yield


def english(sentence: Sentence) -> str:
    with speaking("en"):
        return str(sentence.message)


def direction(text: str) -> str:
    """That of the first letter that has one: what `dir="auto"` and a notification go by."""
    strong = next(kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL"))
    return "ltr" if strong == "L" else "rtl"


def test_there_are_at_least_thirty_and_none_twice():
    listed = [sentence.key for chapter in CHAPTERS for sentence in chapter.sentences]

    assert len(listed) == len(set(listed)) == len(SENTENCES) >= 30
    assert len({english(sentence) for sentence in SENTENCES.values()}) == len(SENTENCES)


@pytest.mark.parametrize("sentence", ALL)
def test_its_slots_are_those_of_its_words_and_each_can_be_asked_for(sentence: Sentence):
    assert Counter(SLOT.findall(english(sentence))) == Counter(sentence.slots)
    assert set(sentence.slots) <= set(SLOTS)


@pytest.mark.parametrize("code", some(LANGUAGES, "sentences", normally=3))
def test_every_language_says_every_sentence_whole(code: str):
    with (TRANSLATIONS / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        words = {message.id: message.string for message in read_po(file)}

    for sentence in SENTENCES.values():
        text = said(sentence, {slot: PUT[slot] for slot in sentence.slots}, code, TODAY)

        assert words[english(sentence)], sentence.key
        assert "%" not in text, sentence.key
        assert [slot for slot in sentence.slots if SHOWN.get(slot, PUT[slot]) not in text] == [], (sentence.key, text)
        assert direction(text) == LANGUAGES[code].direction, (sentence.key, text)
        assert text.strip() == text, sentence.key


def test_no_two_languages_with_scripts_of_their_own_say_the_same():
    for sentence in SENTENCES.values():
        texts = said_in_all(sentence, {slot: PUT[slot] for slot in sentence.slots}, TODAY)

        assert texts.keys() == LANGUAGES.keys()
        assert len(set(texts.values())) > 18, sentence.key


def test_days_are_said_so_that_they_stay_true():
    text = said(SENTENCES["no-water"], {"day": "2026-11-24"}, "hi", TODAY)

    assert text == "पानी नहीं आएगा: मंगलवार, 24 नवंबर।"
    assert "2027" in said(SENTENCES["no-water"], {"day": "2027-01-02"}, "hi", TODAY)


def test_what_was_typed_is_never_read_as_a_slot():
    text = said(SENTENCES["flood"], {"place": "%(day)s 100%"}, "en", TODAY)

    assert text.endswith("%(day)s 100%.")


def test_before_it_is_filled_a_sentence_names_its_slots():
    with speaking("en"):
        assert gapped(SENTENCES["no-water"]) == 'Water will not come: <span class="soft">Day</span>.'


def test_every_time_that_tiles_can_say_is_found_again_on_the_tiles():
    for part, hours in PARTS.items():
        for hour in hours:
            for minute in MINUTES:
                form = Form({"day": "2026-11-24", "time-part": part, "time-hour": str(hour), "time-minute": minute})
                slots = filled(SENTENCES["water"], form, TODAY)
                assert form.wrong == {}
                assert said(SENTENCES["water"], slots, "en", TODAY)
                again = Form(dict(tiles("time", slots["time"])) | {"time": "", "day": "2026-11-24"})
                assert filled(SENTENCES["water"], again, TODAY) == slots


BAD: list[tuple[str, dict[str, str], str]] = [
    ("water", {}, "day"),
    ("water", {"day": "tomorrow"}, "day"),
    ("water", {"day": "2026-13-45"}, "day"),
    ("water", {"day": "2026-11-22"}, "day"),
    ("water", {"day": "2126-11-22"}, "day"),
    ("water", {"day-date": "9" * 5000}, "day"),
    ("water", {"time": "25:00"}, "time"),
    ("water", {"time-hour": "13", "time-part": "morning"}, "time"),
    ("water", {"time-hour": "7"}, "time"),
    ("water", {"time-hour": "12", "time-part": "morning"}, "time"),
    ("water", {"time-hour": "-7", "time-part": "evening"}, "time"),
    ("power-cut", {"until": "7"}, "until"),
    ("meeting", {"place": ""}, "place"),
    ("meeting", {"place": "\u202e\u2066 \u200f"}, "place"),
    ("meeting", {"place": "ग" * 2000}, "place"),
    ("fees", {"rupees": "many"}, "rupees"),
    ("fees", {"rupees": "-5"}, "rupees"),
    ("fees", {"rupees": "0"}, "rupees"),
    ("fees", {"rupees": "9" * 12}, "rupees"),
    ("lost-child", {"age": "1000"}, "age"),
]


@pytest.mark.parametrize(("key", "fields", "slot"), BAD)
def test_what_is_no_day_time_place_or_number_is_refused_in_words(key: str, fields: dict[str, str], slot: str):
    with speaking("hi"):
        form = Form(fields)
        filled(SENTENCES[key], form, TODAY)

    assert form.wrong[slot].endswith("।")
    assert set(form.wrong) <= set(SENTENCES[key].slots)


def test_bidi_controls_leave_a_place_and_its_letters_stay():
    form = Form({"place": "\u202eगाँव \u2067का चौक"})

    assert filled(SENTENCES["flood"], form, TODAY) == {"place": "गाँव का चौक"}
    assert form.wrong == {}


def test_numbers_are_read_in_any_script():
    form = Form({"rupees": "२५०", "day": "2026-11-24"})

    assert filled(SENTENCES["fees"], form, TODAY) == {"rupees": "250", "day": "2026-11-24"}
