"""The languages: India's twenty-two, English, and Arabic for readers of the diaspora.

A language is declared here long before it can be offered; `complete` says that its catalogue and its
voices are, and `python -m community.languages.catalogue --check` holds it to that.
"""

from dataclasses import dataclass
from typing import Literal

from flask import current_app, g, has_app_context

Direction = Literal["ltr", "rtl"]

DEFAULT = "hi"


class UnknownLanguage(ValueError):
    """No such language here. The message is the code as it was given."""


@dataclass(frozen=True)
class Language:
    """One language: our short code, CLDR's locale id, its own name in its own script, where lines begin."""

    code: str
    locale: str
    autonym: str
    direction: Direction = "ltr"
    complete: bool = False


# Locale ids are not guessable: sd_IN is Devanagari and left to right, ar_IN does not exist.
_ALL = (
    Language("as", "as_IN", "অসমীয়া"),
    Language("bn", "bn_IN", "বাংলা"),
    Language("brx", "brx_IN", "बर’"),
    Language("doi", "doi_IN", "डोगरी"),
    Language("gu", "gu_IN", "ગુજરાતી"),
    Language("hi", "hi_IN", "हिन्दी", complete=True),
    Language("kn", "kn_IN", "ಕನ್ನಡ"),
    Language("ks", "ks_Arab_IN", "کٲشُر", "rtl"),
    Language("kok", "kok_Deva_IN", "कोंकणी"),
    Language("mai", "mai_IN", "मैथिली"),
    Language("ml", "ml_IN", "മലയാളം"),
    Language("mni", "mni_Beng_IN", "মৈতৈলোন্"),
    Language("mr", "mr_IN", "मराठी"),
    Language("ne", "ne_IN", "नेपाली"),
    Language("or", "or_IN", "ଓଡ଼ିଆ"),
    Language("pa", "pa_Guru_IN", "ਪੰਜਾਬੀ"),
    Language("sa", "sa_IN", "संस्कृत भाषा"),
    Language("sat", "sat_Olck_IN", "ᱥᱟᱱᱛᱟᱲᱤ"),
    Language("sd", "sd_Arab", "سنڌي", "rtl"),
    Language("ta", "ta_IN", "தமிழ்"),
    Language("te", "te_IN", "తెలుగు"),
    Language("ur", "ur_IN", "اردو", "rtl", complete=True),
    Language("en", "en_IN", "English", complete=True),
    Language("ar", "ar", "العربية", "rtl"),
)
LANGUAGES: dict[str, Language] = {tongue.code: tongue for tongue in _ALL}

# Not a language of people: every message in brackets, so that a test sees the words that `_()` missed.
PSEUDO = Language("xx", "en_IN", "⟦Pseudo⟧")


def language(code: str) -> Language:
    """The language of that code; UnknownLanguage (a ValueError) where there is none."""
    if code == PSEUDO.code and _pseudo_is_on():
        return PSEUDO
    try:
        return LANGUAGES[code]
    except KeyError:
        raise UnknownLanguage(code) from None


def offered() -> list[Language]:
    """The languages a person may choose: those that are complete, in the order of the table."""
    complete = [tongue for tongue in LANGUAGES.values() if tongue.complete]
    return [*complete, PSEUDO] if _pseudo_is_on() else complete


def current() -> Language:
    """The language of this page: `g.language`, Hindi until someone has set it. Needs an app context."""
    return language(g.get("language", DEFAULT))


def _pseudo_is_on() -> bool:
    return has_app_context() and bool(current_app.config.get("PSEUDO_LANGUAGE"))
