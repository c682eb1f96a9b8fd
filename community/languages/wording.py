"""What is wrong with one translation, as far as its letters tell."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from community.languages.faults import PLACEHOLDER
from community.languages.glossary import Terms
from community.languages.tongues import Language

SHORT, LONG = 12, 20  # an English label of so many letters fits its button; a translation of so many still does
# As Unicode begins the names of its letters.
SCRIPTS = {
    "Arab": "ARABIC", "Beng": "BENGALI", "Deva": "DEVANAGARI", "Gujr": "GUJARATI", "Guru": "GURMUKHI",
    "Knda": "KANNADA", "Latn": "LATIN", "Mlym": "MALAYALAM", "Olck": "OL CHIKI", "Orya": "ORIYA",
    "Taml": "TAMIL", "Telu": "TELUGU",
}  # fmt: skip
# Marks that shift what stands around them, or cannot be seen. U+200C and U+200D are letters' own business.
HIDDEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")
ENDS = {".": ".।۔᱾", "?": "?؟", ":": ":", "!": "!", "…": "…"}


def wrong_with(english: str, translation: str, language: Language, terms: Terms) -> Iterator[str]:
    """Each of: long, latin, script, hidden, spelling (not NFC), spaces, end."""
    letters = _letters(PLACEHOLDER.sub("", translation), terms)
    if len(english) <= SHORT and len(_bases(translation)) > LONG:
        yield "long"
    if language.script != "Latn" and re.search("[A-Za-z]", letters):
        yield "latin"
    if any(not _belongs(letter, language.script) for letter in letters):
        yield "script"
    if HIDDEN.search(translation):
        yield "hidden"
    if unicodedata.normalize("NFC", translation) != translation:
        yield "spelling"
    if translation != translation.strip() or "  " in translation:
        yield "spaces"
    if _end(english) != _end(translation) and not translation.endswith(")s"):
        yield "end"


def _bases(text: str) -> str:
    """The letters that take room: neither vowel signs nor joiners."""
    return "".join(each for each in text if unicodedata.category(each) not in ("Mn", "Cf"))


def _letters(text: str, terms: Terms) -> str:
    """Only letters and their signs, without the names that stay in Latin everywhere."""
    return "".join(each for each in terms.names.sub("", text) if unicodedata.category(each)[0] in "LM")


@cache
def _belongs(letter: str, script: str) -> bool:
    name = unicodedata.name(letter, "")
    return name.startswith((SCRIPTS[script], "LATIN", "COMBINING", "VARIATION")) or letter in "’ʼ"


def _end(text: str) -> str:
    """The kind of mark that the text ends with, as English writes it; none is an empty one."""
    last = text.rstrip("”\"'») ")[-1:]
    return next((kind for kind, marks in ENDS.items() if last and last in marks), "")
