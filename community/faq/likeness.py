"""Words as they sound, kept beside an entry; and whether two texts are in the same words."""

from collections.abc import Iterator
from difflib import SequenceMatcher

from community.languages.folding import folded
from community.search.sounds import sound, spellings, words

COUNTED = 120  # words of a text
SAME = 0.8  # from there on two texts are said in the same words
SHORT = 15  # letters; what is shorter, others say as well


def all_words(text: str) -> Iterator[str]:
    """Of a text of any length."""
    yield from (word for part in text.split()[:COUNTED] for word in words(part))


def terms(question: str, answer: str) -> str:
    """Each word once, as spelling:sound; those of the question first, then a bar, then those of the answer."""
    return " | ".join(" ".join(dict.fromkeys(_terms(text))) for text in (question, answer))


def _terms(text: str) -> Iterator[str]:
    for word in all_words(text):
        yield from (f"{way}:{sound(way)}" for way in spellings(word)[:2])


def in_same_words(one: str, other: str) -> bool:
    """Whether `one` says what `other` says in its words, or in nearly the same."""
    mine, theirs = (" ".join(all_words(folded(text))) for text in (one, other))
    if not mine or not theirs:
        return False
    if len(theirs) > SHORT and (theirs in mine or (len(mine) > SHORT and mine in theirs)):
        return True
    return mine == theirs or SequenceMatcher(None, mine, theirs, autojunk=False).ratio() >= SAME
