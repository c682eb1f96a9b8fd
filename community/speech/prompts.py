"""The words of the app that stand alone: every message of the catalogue without a gap. Nothing is listed by hand."""

from functools import lru_cache

from babel.support import NullTranslations
from flask import current_app

from community.languages.translations import EXTENSION, Catalogues


def prompts(code: str, catalogues: Catalogues | None = None) -> dict[str, str]:
    """English message: its words in this language."""
    known = catalogues or current_app.extensions[EXTENSION]
    return _plain(known.of(code))


@lru_cache(maxsize=64)
def _plain(catalogue: NullTranslations) -> dict[str, str]:
    """Nothing with a gap to be filled, and no plurals (whose key is no string)."""
    known: dict[object, str] = getattr(catalogue, "_catalog", {})
    alone = {english: words for english, words in known.items() if isinstance(english, str) and english and words}
    return {english: words for english, words in alone.items() if "%(" not in english + words}


@lru_cache(maxsize=64)
def _english(catalogue: NullTranslations) -> dict[str, str]:
    return {" ".join(words.split()): english for english, words in _plain(catalogue).items()}


def english_of(words: str, code: str) -> str:
    """The message that these words of the language stand for; "" where they are nobody's but the page's."""
    catalogues: Catalogues = current_app.extensions[EXTENSION]
    return _english(catalogues.of(code)).get(words, "")
