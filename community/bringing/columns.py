"""What the columns of a sheet are, by the words above them.

The page's own words for them are known in every language; in English, Hindi and Urdu what else people write there.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import has_app_context

from community.languages.translations import in_all

LOOKED_AT = 15  # rows from the top in which the words above the columns are looked for

WORDS = {
    "code": (
        "code", "id", "place code", "place id", "group code", "group id", "unit code", "unique code", "lgd code",
        "udise", "udise code", "कोड", "जगह का कोड", "समूह का कोड", "پہچان", "کوڈ", "جگہ کا کوڈ", "گروپ کا کوڈ",
    ),
    "parent": (
        "parent", "parent code", "parent id", "above", "inside", "under", "upper code", "belongs to", "ऊपर",
        "ऊपर का कोड", "किसके अंदर", "मूल कोड", "اوپر", "اوپر کا کوڈ", "کس کے اندر",
    ),
    "name": (
        "name", "place", "place name", "name of place", "group", "group name", "unit", "unit name", "title", "नाम",
        "जगह", "जगह का नाम", "समूह", "समूह का नाम", "نام", "جگہ", "جگہ کا نام", "گروپ", "گروپ کا نام",
    ),
    "level": ("level", "kind", "type", "kind of place", "स्तर", "प्रकार", "سطح", "درجہ"),
    "picture": ("picture", "icon", "चित्र", "تصویر"),
    "category": ("category", "categories", "किस्म", "क़िस्म", "श्रेणी", "قسم", "زمرہ"),
    "bearer": (
        "office bearer", "office bearers", "office bearer name", "name of office bearer", "bearer", "in charge",
        "incharge", "person in charge", "officer", "officer name", "head", "admin", "contact person", "पदाधिकारी",
        "पदाधिकारी का नाम", "प्रभारी", "ज़िम्मेदार", "जिम्मेदार", "देखभाल", "عہدیدار", "عہدیدار کا نام", "انچارج", "ذمہ دار",
    ),
    "role": (
        "role", "post", "office", "designation", "office bearer role", "role of office bearer", "भूमिका", "पद", "काम",
        "کردار", "عہدہ", "کام",
    ),
}  # fmt: skip
LEVELS = (
    "country", "state", "zone", "region", "division", "district", "sub district", "subdistrict", "block", "tehsil",
    "taluk", "taluka", "mandal", "circle", "cluster", "sector", "city", "town", "gram panchayat", "panchayat",
    "village", "ward", "booth", "area", "colony", "school", "branch", "grade", "class", "standard", "section", "team",
    "राज्य", "प्रदेश", "मंडल", "ज़िला", "जिला", "ब्लॉक", "प्रखंड", "तहसील", "पंचायत", "ग्राम पंचायत", "गाँव", "गांव", "ग्राम", "शहर",
    "वार्ड", "बूथ", "क्षेत्र", "स्कूल", "विद्यालय", "शाखा", "कक्षा", "ریاست", "صوبہ", "ضلع", "بلاک", "تحصیل", "پنچایت", "گاؤں",
    "شہر", "وارڈ", "بوتھ", "علاقہ", "اسکول", "شاخ", "جماعت",
)  # fmt: skip
ROLES = {
    "admin": (
        "admin",
        "head",
        "in charge",
        "incharge",
        "president",
        "देखभाल",
        "प्रभारी",
        "अध्यक्ष",
        "ایڈمن",
        "دیکھ بھال",
        "انچارج",
        "صدر",
    ),
    "moderator": ("moderator", "helper", "secretary", "मदद", "सहायक", "सचिव", "مددگار", "مدد", "سیکریٹری"),
    "responder": ("responder", "answers", "जवाब", "जवाब देना", "جواب"),
}


def plain(word: str) -> str:
    """A word without case, accents of its script's presentation, stops and doubled spaces."""
    folded = unicodedata.normalize("NFKC", word).casefold()
    return " ".join(re.sub(r"[^\w\u0900-\u097f\u0600-\u06ff]+|_", " ", folded).split())


def _table(words: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {plain(word): field for field, known in words.items() for word in known}


FIELD_OF = _table(WORDS) | {plain(level): "path" for level in LEVELS}
ROLE_OF = _table(ROLES)
# The catalogues' own words for a column. Two stand in one message, with a comma between.
SHOWN = {
    "code": "Code",
    "name": "Name",
    "parent": "Code of the place above",
    "picture": "Picture",
    "category": "Category",
}
SHOWN_LEVELS = ("District", "Block", "Village", "School", "Grade")
BEARER_AND_ROLE = "Office bearer, role"


def field_of(word: str) -> str:
    """The field that a column with this word above it is, or ''."""
    return _fields(has_app_context()).get(plain(word), "")


@lru_cache
def _fields(_catalogues: bool) -> dict[str, str]:
    shown = {plain(said): field for field, message in SHOWN.items() for said in in_all(message)}
    for said in in_all(BEARER_AND_ROLE):
        shown |= dict(zip(map(plain, re.split("[,،、]", said)), ("bearer", "role"), strict=True))
    levels = {plain(said): "path" for message in SHOWN_LEVELS for said in in_all(message)}
    return levels | shown | FIELD_OF


class NoColumns(ValueError):
    """No row says what the columns are."""


class SameColumns(ValueError):
    """Two columns bear the same word."""


@dataclass(frozen=True)
class Columns:
    """Where what stands. `path` are the columns of levels, the highest first."""

    words: tuple[str, ...]
    fields: dict[str, int]
    path: tuple[int, ...]
    first: int  # the index of the first row below the words

    def is_heading(self, row: Sequence[str]) -> bool:
        """Whether a row says the columns once more, perhaps in another language."""
        said = [plain(cell) for cell in row if cell]
        return len(said) > 1 and all(map(field_of, said))


def columns_of(rows: Sequence[Sequence[str]]) -> Columns:
    """The columns by the row near the top that names most of them. Raises NoColumns, SameColumns."""
    found = [(_known(row, rows[at - 1] if at else ()), at) for at, row in enumerate(rows[:LOOKED_AT])]
    named, at = max(found, key=lambda one: (_worth(one[0], rows[one[1]]), -one[1]), default=([], 0))
    path = tuple(column for column, field in enumerate(named) if field == "path")
    fields = {field: column for column, field in enumerate(named) if field and field != "path"}
    if not path and not {"name", "code"} <= set(fields):
        raise NoColumns
    return Columns(tuple(_unlike(rows[at], named)), fields, path, at + 1)


def _worth(named: Sequence[str], row: Sequence[str]) -> int:
    """How many different columns a row names: a joint heading over several says one thing."""
    return len(
        {(field, plain(word) if field == "path" else "") for field, word in zip(named, row, strict=True) if field}
    )


def _known(row: Sequence[str], above: Sequence[str]) -> list[str]:
    """The field of each column, or ''. Under a joint heading (Office bearer: name, role) both words count."""
    named = []
    for column, word in enumerate(row):
        over = above[column] if column < len(above) else ""
        named.append(field_of(f"{over} {word}") or field_of(word))
    return named


def _unlike(row: Sequence[str], named: list[str]) -> list[str]:
    seen: set[str] = set()
    for word, field in zip(row, named, strict=True):
        mark = plain(word) if field == "path" else field
        if field and mark in seen:
            raise SameColumns(word)
        seen.add(mark)
    return list(row)
