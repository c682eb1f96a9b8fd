"""The words of an announcement: those of a language among them."""

from typing import Any

from community.languages import current


def heard(said: Any) -> Any:
    """Of an announcement's words those in the language of this page; where there are none, those that were said."""
    return words_in(said, current().code) or said.translations[0]


def words_in(said: Any, language: str) -> Any:
    """Of an announcement's words those in this language; None where there are none that are still true."""
    return next((words for words in said.translations if words.language == language and not words.stale_at), None)
