"""A text as a machine voice must be given it. Each step stands against something that was heard to go wrong."""

import re
import unicodedata
from datetime import date
from functools import lru_cache

from babel.dates import format_skeleton
from babel.numbers import get_currency_name

from community.languages.tongues import LANGUAGES, Language
from community.speech.scripts import in_bengali, in_devanagari, is_meetei

# Letters with a dot, which NFC takes apart and a voice then leaves out or spells; Devanagari, Bengali, Gurmukhi.
WHOLE = {
    unicodedata.normalize("NFD", chr(point)): chr(point)
    for point in (*range(0x958, 0x960), 0x9DC, 0x9DD, 0x9DF, 0xA33, 0xA36, *range(0xA59, 0xA5C), 0xA5E)
}
ODIA = {"ଡ\u0b3c": "ଡ", "ଢ\u0b3c": "ଢ", "\u0b5c": "ଡ", "\u0b5d": "ଢ", "ୟା": "ଇଆ", "ୟେ": "ଇଏ", "ୟୁ": "ଇଉ", "ୟୋ": "ଇଓ"}
HIDDEN = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufe0f]")
PICTURES = re.compile("[\u2190-\u2bff\U0001f000-\U0001faff]")
ADDRESS = re.compile(r"https?://(?:www\.)?([^\s/?#]+)\S*")
RUPEES = re.compile(r"(?:₹|\bRs\.?)\s*(\d[\d,]*(?:\.\d+)?)")
GROUPED = re.compile(r"\d{1,3}(?:,\d{2,3})+(?!\d)")
PHONE = re.compile(r"(?<![\d.])\+?\d(?:[ -]?\d){6,}(?![\d.])")
DATE = re.compile(r"(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})(?:\2(\d{4}|\d{2}))?(?![\d/-]|\.\d)")
CLOCK = re.compile(r"(?<![\d:])(\d{1,2}):([0-5]\d)(?![\d:])")
DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")
MONTHS = 12


def prepared(text: str, code: str) -> str:
    """The text of this language as its voice pronounces it best: plain letters, and every number said as people do."""
    plain = _digits(HIDDEN.sub("", unicodedata.normalize("NFC", text)))
    plain = PICTURES.sub(" ", ADDRESS.sub(r"\1", plain))
    said = " ".join(_letters(_numbers(plain, LANGUAGES[code]), code).split())
    return f"{said}." if said[-1:].isdigit() else said  # a digit that stands alone at the end is not heard


def _digits(text: str) -> str:
    """0-9 for every script's own: one voice reads Persian digits as nothing."""
    return "".join(str(unicodedata.digit(letter)) if letter.isdecimal() else letter for letter in text)


def _numbers(text: str, tongue: Language) -> str:
    rupees = rupees_in(tongue)
    text = RUPEES.sub(lambda found: f"{found[1].replace(',', '')} {rupees}", text).replace("₹", f" {rupees} ")
    text = GROUPED.sub(lambda found: found[0].replace(",", ""), text)
    text = PHONE.sub(_one_by_one, text)
    text = DATE.sub(lambda found: _dated(found, tongue), text)
    return CLOCK.sub(_clock, text)


def _one_by_one(found: re.Match[str]) -> str:
    """A number of seven digits or more is called, not counted: each digit by itself."""
    return ", ".join(digit for digit in found[0] if digit.isdigit())


def _clock(found: re.Match[str]) -> str:
    """5:05 is five, zero, five; 5:00 is five."""
    hour, minute = int(found[1]), int(found[2])
    return f"{hour}" if not minute else f"{hour}, 0, {minute}" if minute < 10 else f"{hour}, {minute}"


def _dated(found: re.Match[str], tongue: Language) -> str:
    """Day and month, as India writes them; what can be neither is left as it stands."""
    day, month, year = int(found[1]), int(found[3]), found[4]
    # A dot or a dash alone is a fraction or a span.
    if not 1 <= month <= MONTHS or (found[2] != "/" and not year):
        return found[0]
    try:
        there = date(int(year) + (2000 if len(year) == 2 else 0) if year else 2000, month, day)
    except ValueError:
        return found[0]
    said = format_skeleton("MMMMd", there, locale=tongue.locale)
    return f"{said}, {there.year}" if year else said


@lru_cache(maxsize=64)
def rupees_in(tongue: Language) -> str:
    """ "rupees" without the land: it stands last everywhere but in Arabic."""
    words = get_currency_name("INR", 500, locale=tongue.locale).split()
    return words[0] if tongue.code == "ar" else words[-1]


def _letters(text: str, code: str) -> str:
    if code == "or":
        # Its voice makes two syllables of a letter with a dot and its vowel, and loses the vowel after ୟ.
        return _replaced(text, ODIA)
    if code == "ne":
        return text.translate(DEVANAGARI)  # its voice says 0-9 in English
    if code == "sat":
        text = in_devanagari(text)
    if code == "mni" and is_meetei(text):
        text = in_bengali(text)
    return _replaced(text, WHOLE)


def _replaced(text: str, letters: dict[str, str]) -> str:
    for apart, whole in letters.items():
        text = text.replace(apart, whole)
    return text
