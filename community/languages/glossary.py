"""The words that a language keeps to: one for each term, so that "group" is the same thing on every page.

translations/terms.toml has the English terms; translations/<code>/glossary.toml the word for each, the stems that
it shows as, words to avoid, and exceptions with their reasons.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from community.languages.compiled import TRANSLATIONS
from community.languages.faults import PLACEHOLDER
from community.languages.folding import folded

# What stands between words: \b would split Indic ones at their vowel signs.
BETWEEN = re.compile(r"[\s.,:;!?।॥۔،؛؟᱾“”\"'()/-]+")


@dataclass(frozen=True)
class Terms:
    """What every language needs a word for, as English writes it, and what may stay in Latin letters."""

    forms: dict[str, re.Pattern[str]]
    latin: frozenset[str]
    elsewhere: dict[str, list[str]]
    _found: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False)

    def said_in(self, english: str) -> tuple[str, ...]:
        """Each term that the English says as a word, and means. Looked for once: every language asks."""
        if english not in self._found:
            self._found[english] = tuple(self._looked_for(english))
        return self._found[english]

    @cached_property
    def names(self) -> re.Pattern[str]:
        """What stays in Latin letters, the longer names first."""
        longest = sorted(self.latin, key=len, reverse=True)
        return re.compile(rf"(?<![A-Za-z])(?:{'|'.join(map(re.escape, longest))})(?![A-Za-z])")

    def _looked_for(self, english: str) -> Iterator[str]:
        said = PLACEHOLDER.sub("", english)
        for term, form in self.forms.items():
            if form.search(said) and english not in self.elsewhere.get(term, ()):
                yield term


@dataclass(frozen=True)
class Glossary:
    """`words`: the stems of each term, one of which a translation has; `avoid`: a word and what to say instead."""

    words: dict[str, list[str]] = field(default_factory=dict)
    avoid: dict[str, str] = field(default_factory=dict)
    exceptions: dict[tuple[str, str], str] = field(default_factory=dict)

    def keeps(self, term: str, translation: str) -> bool:
        stems = self.words.get(term, [])
        return any(folded(stem) in folded(translation) for stem in stems)

    def avoided_in(self, translation: str) -> Iterator[str]:
        text = folded(translation)
        words = set(BETWEEN.split(text))
        for word in self.avoid:
            wrong = folded(word)
            if wrong in words or (" " in wrong and wrong in text):
                yield word


def terms(folder: Path = TRANSLATIONS) -> Terms:
    return _terms(folder)


@cache
def _terms(folder: Path) -> Terms:
    told = _read(folder / "terms.toml")
    forms = {
        term: re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b", re.IGNORECASE)
        for term, words in told["terms"].items()
    }
    return Terms(forms, frozenset(told["latin"]), told["elsewhere"])


def glossary(code: str, folder: Path = TRANSLATIONS) -> Glossary:
    """The language's own; an empty one where nobody has begun it."""
    told = _read(folder / code / "glossary.toml")
    exceptions = {(each["why"], each["message"]): each["reason"] for each in told.get("exceptions", [])}
    return Glossary(told.get("terms", {}), told.get("avoid", {}), exceptions)


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return tomllib.load(file)
