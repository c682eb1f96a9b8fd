"""Numbers as people write them, in the language of the page: lakhs, and the digits that a person wants.

Phones do not know the grouping of lakhs, so nothing is left to them. Digits are 0-9 unless `g.native_digits`
asks for the script's own.
"""

from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import format_decimal
from flask import g

from community.languages.tongues import current

LAKHS = "#,##,##0.###"

# CLDR's numbering systems, by their digit zero; the nine others follow it in Unicode.
ZEROS = {
    "arab": "٠",
    "arabext": "۰",
    "beng": "০",
    "deva": "०",
    "gujr": "૦",
    "guru": "੦",
    "knda": "೦",
    "mlym": "൦",
    "olck": "᱐",
    "orya": "୦",
    "tamldec": "௦",
    "telu": "౦",
}


def number(value: float | Decimal) -> str:
    """The number in lakhs and crores, 1,50,000, to three decimals, in every language alike."""
    return digits(grouped(value))


def digits(text: str) -> str:
    """The text with its 0-9 in the script's own, for who wants them so."""
    return text.translate(_native(current().locale)) if g.get("native_digits") else text


@lru_cache(maxsize=4096)
def grouped(value: float | Decimal) -> str:
    """The same in 0-9, for words that are kept and read by others."""
    # en_IN for its signs: Urdu, Kashmiri and Sindhi group otherwise in CLDR, and not by lakhs.
    return format_decimal(value, format=LAKHS, locale="en_IN")


@lru_cache(maxsize=64)
def _native(locale: str) -> dict[int, str]:
    """From 0-9 to the digits of the script; nothing where those are the script's own."""
    known = Locale.parse(locale)
    systems = (known.default_numbering_system, known.other_numbering_systems.get("native", ""))
    zero = next((ZEROS[system] for system in systems if system in ZEROS), "0")
    return {ord("0") + value: chr(ord(zero) + value) for value in range(10)}
