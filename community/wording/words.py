"""The words of Aangan in one language, one by one, as people may look at them and say them better."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from babel.messages import Message
from babel.messages.pofile import read_po
from flask import current_app

from community.languages import Language, UnknownLanguage, language, offered
from community.languages.faults import texts
from community.languages.folding import folded
from community.people.models import fingerprint


@dataclass(frozen=True)
class Word:
    """One form of one message: its English, what it says now, and which files say it."""

    context: str
    english: tuple[str, ...]
    form: int
    said: str
    places: frozenset[str]
    note: str

    @property
    def key(self) -> str:
        """What it is called in an address: the same as long as its English is."""
        return fingerprint(f"{self.context}\4{self.english[0]}\4{self.form}")[:16]

    @property
    def meant(self) -> str:
        """The English of this form: one thing, or several."""
        return self.english[0] if self.form == 0 else self.english[-1]

    @property
    def longest(self) -> int:
        """A better word is not three times as long as both, or it fits no button."""
        return max(40, 3 * max(map(len, (*self.english, self.said))))


def improvable(code: str) -> Language | None:
    """The language, where it is on offer and nobody who grew up with it has checked its words."""
    try:
        tongue = language(code)
    except UnknownLanguage:
        return None
    return None if tongue.reviewed or tongue not in offered() else tongue


def words_of(tongue: Language) -> dict[str, Word]:
    """Every word of the language by its key, in the order of the catalogue."""
    return _read(Path(current_app.config["TRANSLATIONS"]), tongue)


@lru_cache(maxsize=4)
def _read(folder: Path, tongue: Language) -> dict[str, Word]:
    with (folder / tongue.code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=tongue.locale)
    found = [word for message in catalogue if message.id for word in _forms(message)]
    return {word.key: word for word in found}


def _forms(message: Message) -> Iterator[Word]:
    english, said = texts(message)
    places = frozenset(place for place, _line in message.locations)
    for form, text in enumerate(said):
        yield Word(message.context or "", english, form, text, places, " ".join(message.auto_comments))


def found(words: dict[str, Word], wanted: str) -> list[Word]:
    """Those that hold what was typed, in the language or in English; all of them where nothing was."""
    looked_for = folded(unicodedata.normalize("NFC", wanted))
    return [word for word in words.values() if looked_for in folded(word.said) or looked_for in folded(word.meant)]


def nearest(words: list[Word], endpoint: str) -> list[Word]:
    """First those of the page with this endpoint, then those of its room: templates are named after both."""
    room, _dot, page = endpoint.partition(".")
    own, around = f"templates/{room}/{page}.html", (f"templates/{room}/", f"community/{room}/")

    def distance(word: Word) -> int:
        if own in word.places:
            return 0
        return 1 if any(place.startswith(around) for place in word.places) else 2

    return sorted(words, key=distance) if room else words
