"""Words made alike that people take for the same: for searching, for comparing, for the glossary."""

import hashlib
import re
import unicodedata
from functools import lru_cache
from typing import Any

# Nukta (a dot that many leave out), signs that join letters or keep them apart, Arabic vowel signs and the tatweel.
DROPPED = dict.fromkeys(map(ord, "\u093c\u09bc\u0a3c\u0abc\u0b3c\u200b\u200c\u200d\u2060\ufeff\u00ad\u0640\u0670"))
DROPPED |= dict.fromkeys(range(0x064B, 0x0653))
# One sound, several letters: keyboards for Arabic and for Urdu write others, Assamese is typed on Bengali's; nasal
# signs are swapped; Malayalam and Bengali have one letter for a consonant that ends a syllable, or two.
ALIKE = str.maketrans(
    {
        **dict(zip("يىئكةۀهھأإآٱۂؤ", "ییی\u06a9ہہہہااااہو", strict=True)),
        "ँ": "ं", "ઁ": "ં", "ଁ": "ଂ", "ఁ": "ం", "ಁ": "ಂ", "ਂ": "ੰ", "ৰ": "র", "ৎ": "ত্",
        "ൺ": "ണ്", "ൻ": "ന്", "ർ": "ര്", "ൽ": "ല്", "ൾ": "ള്", "ൿ": "ക്",
    }
)  # fmt: skip
# A nasal before a stop of its own row is written as the letter or as a dot above: हिन्दी and हिंदी.
ROWS = [("ङ", "कखगघ"), ("ञ", "चछजझ"), ("ण", "टठडढ"), ("न", "तथदध"), ("म", "पफबभ")]
BLOCKS = [start - 0x900 for start in (0x900, 0xA80, 0xB00, 0xC00, 0xC80)]  # Unicode has these scripts side by side


def _shifted(letters: str, by: int) -> str:
    return "".join(chr(ord(letter) + by) for letter in letters)


NASALS = [
    (
        re.compile("|".join(_shifted(f"{nasal}्", by) + f"(?=[{_shifted(stops, by)}])" for nasal, stops in ROWS)),
        _shifted("ं", by),
    )
    for by in BLOCKS
]


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """The text without case, nukta, joiners and vowel signs, digits as 0-9, in one form of Unicode: only to compare."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(DROPPED)
    alike = unicodedata.normalize("NFC", plain).translate(ALIKE)
    for nasal, dot in NASALS:
        alike = nasal.sub(dot, alike)
    return "".join(str(unicodedata.decimal(each, each)) for each in alike)


def likeness(text: str) -> str:
    """What two texts share that people take for the same, however they are cut into lines: 64 letters of hex."""
    return hashlib.sha256(" ".join(folded(text).split()).encode()).hexdigest()


def likeness_of_row(context: Any) -> str:
    """The same of a new row's `text`, as a column's default."""
    return likeness(context.get_current_parameters()["text"])
