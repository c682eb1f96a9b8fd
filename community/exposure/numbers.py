"""Numbers that lead to a person: phones, e-mail addresses, what looks like an Aadhaar. In the digits of any script."""

import re
import unicodedata
from zoneinfo import ZoneInfo

import phonenumbers
from babel.core import get_global
from phonenumbers import Leniency, PhoneNumberMatcher, PhoneNumberType

# Who is called at such a number is an office and never a person: a helpline can be passed on.
PUBLIC = {
    PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.UAN,
    PhoneNumberType.VOICEMAIL,
}  # fmt: skip
GAP = r"[\s.\-_/()*,|:\u2010-\u2015\u2022\u00b7]{0,3}"
SPREAD = re.compile(rf"(?<!\d)\+?\d(?:{GAP}\d){{9,13}}(?!{GAP}\d)")  # as people hide it: 98 76-54.32 (10)
LETTER_O = re.compile(r"(?<=\d)[oO](?=[\d\s.-]*\d)")
EMAIL = re.compile(r"[^\s@<>]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
AADHAAR = re.compile(r"(?<!\d)[2-9]\d{3}([ .\-_/\u2010-\u2015]?)\d{4}\1\d{4}(?:\1\d{4})?(?!\d)")
# The group of Verhoeff's check: how digits are multiplied, and how each place turns them around.
TIMES = ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 3, 4, 0, 6, 7, 8, 9, 5), (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
         (3, 4, 0, 1, 2, 8, 9, 5, 6, 7), (4, 0, 1, 2, 3, 9, 5, 6, 7, 8), (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
         (6, 5, 9, 8, 7, 1, 0, 4, 3, 2), (7, 6, 5, 9, 8, 2, 1, 0, 4, 3), (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
         (9, 8, 7, 6, 5, 4, 3, 2, 1, 0))  # fmt: skip
TURNS = ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 5, 7, 6, 2, 8, 3, 0, 9, 4), (5, 8, 0, 3, 7, 9, 6, 1, 4, 2),
         (8, 9, 1, 6, 0, 4, 3, 5, 2, 7), (9, 4, 5, 3, 1, 2, 6, 8, 7, 0), (4, 2, 8, 6, 5, 7, 3, 9, 0, 1),
         (2, 7, 9, 3, 8, 0, 6, 4, 1, 5), (7, 0, 4, 6, 9, 1, 3, 2, 5, 8))  # fmt: skip


def plain(text: str) -> str:
    """The same with the digits of every script, full-width and small ones included, as 0–9, and nothing invisible."""
    kept = (letter for letter in text if unicodedata.category(letter) != "Cf")
    digits = "".join(str(unicodedata.digit(letter, letter)) for letter in kept)
    return LETTER_O.sub("0", digits)


def has_aadhaar(text: str) -> bool:
    """Twelve digits, or sixteen as a virtual one, that pass Verhoeff's check; numbered things hardly ever do."""
    found = (re.sub(r"\D", "", one.group()) for one in AADHAAR.finditer(plain(text)))
    return any(checks(digits) for digits in found)


def checks(digits: str) -> bool:
    """Whether the last digit is the one that Verhoeff's check asks for."""
    state = 0
    for place, digit in enumerate(reversed(digits)):
        state = TIMES[state][TURNS[place % 8][int(digit)]]
    return state == 0


def has_contact(text: str, zone: str = "Asia/Kolkata") -> bool:
    """A phone number of a person, as one dials it where the clock shows `zone`, or an e-mail address."""
    text, region = plain(text), region_of(zone)
    written = (one.number for one in PhoneNumberMatcher(text, region, leniency=Leniency.VALID, max_tries=500))
    return bool(EMAIL.search(text)) or any(map(_is_a_persons, written)) or _is_spread(text, region)


def _is_spread(text: str, region: str) -> bool:
    for found in SPREAD.finditer(text):
        try:
            number = phonenumbers.parse(re.sub(r"[^\d+]", "", found.group()), region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) == PhoneNumberType.MOBILE:
            return True
    return False


def _is_a_persons(number: phonenumbers.PhoneNumber) -> bool:
    return phonenumbers.number_type(number) not in PUBLIC


def region_of(zone: str) -> str:
    """The country whose numbers are dialled without its code there."""
    return str(get_global("zone_territories").get(ZoneInfo(zone).key, "IN"))
