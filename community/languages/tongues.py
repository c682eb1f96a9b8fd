"""The languages: India's twenty-two, English, and Arabic for readers of the diaspora.

A language is declared here long before it can be offered; `complete` says that its catalogue and its
voices are, and `python -m community.languages.catalogue --check` holds it to that.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from flask import current_app, g, has_app_context

from community.languages.reviews import review

Direction = Literal["ltr", "rtl"]

DEFAULT = "hi"


class UnknownLanguage(ValueError):
    """No such language here. The message is the code as it was given."""


@dataclass(frozen=True)
class Language:
    """One language: our short code, CLDR's locale id, its own name in its own script, that script (ISO 15924)."""

    code: str
    locale: str
    autonym: str
    script: str

    @property
    def direction(self) -> Direction:
        return "rtl" if self.script == "Arab" else "ltr"

    @property
    def complete(self) -> bool:
        """Whether people are offered it: its translators say so in translations/<code>/review.toml."""
        return self.code != PSEUDO.code and _review(self.code).complete

    @property
    def reviewed(self) -> bool:
        """Whether somebody whose language it is has read all of it; English is what the others are made from."""
        return self.code in ("en", PSEUDO.code) or bool(_review(self.code).native_speaker)


# By how many in India speak them (census of 2011), as the page of languages shows them; English and Arabic last.
# Locale ids are not guessable: sd_IN is Devanagari and left to right, ar_IN does not exist.
_ALL = (
    Language("hi", "hi_IN", "हिन्दी", "Deva"),
    Language("bn", "bn_IN", "বাংলা", "Beng"),
    Language("mr", "mr_IN", "मराठी", "Deva"),
    Language("te", "te_IN", "తెలుగు", "Telu"),
    Language("ta", "ta_IN", "தமிழ்", "Taml"),
    Language("gu", "gu_IN", "ગુજરાતી", "Gujr"),
    Language("ur", "ur_IN", "اردو", "Arab"),
    Language("kn", "kn_IN", "ಕನ್ನಡ", "Knda"),
    Language("or", "or_IN", "ଓଡ଼ିଆ", "Orya"),
    Language("ml", "ml_IN", "മലയാളം", "Mlym"),
    Language("pa", "pa_Guru_IN", "ਪੰਜਾਬੀ", "Guru"),
    Language("as", "as_IN", "অসমীয়া", "Beng"),
    Language("mai", "mai_IN", "मैथिली", "Deva"),
    Language("sat", "sat_Olck_IN", "ᱥᱟᱱᱛᱟᱲᱤ", "Olck"),
    Language("ks", "ks_Arab_IN", "کٲشُر", "Arab"),
    Language("ne", "ne_IN", "नेपाली", "Deva"),
    Language("sd", "sd_Arab", "سنڌي", "Arab"),
    Language("doi", "doi_IN", "डोगरी", "Deva"),
    Language("kok", "kok_Deva_IN", "कोंकणी", "Deva"),
    Language("mni", "mni_Beng_IN", "মৈতৈলোন্", "Beng"),
    Language("brx", "brx_IN", "बर’", "Deva"),
    Language("sa", "sa_IN", "संस्कृत भाषा", "Deva"),
    Language("en", "en_IN", "English", "Latn"),
    Language("ar", "ar", "العربية", "Arab"),
)
LANGUAGES: dict[str, Language] = {tongue.code: tongue for tongue in _ALL}

# Not a language of people: every message in brackets, so that a test sees the words that `_()` missed.
PSEUDO = Language("xx", "en_IN", "⟦Pseudo⟧", "Latn")

# Read once: what is complete changes with the code.
_review = cache(review)


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
