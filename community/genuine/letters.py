"""The letters of a card: which fonts have them, where a line ends. What no font here has is not drawn at all.

The fonts are Noto's, as Debian's fonts-noto-core puts them down; nothing is shipped (docs/decisions/fonts.md).
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from PIL import ImageFont

from community import typefaces

LATIN = "NotoSans"
# By the first word of a letter's Unicode name; what is written between letters of several scripts is in all of them.
SCRIPTS = {
    "DEVANAGARI": "NotoSansDevanagari", "VEDIC": "NotoSansDevanagari", "BENGALI": "NotoSansBengali",
    "GUJARATI": "NotoSansGujarati", "GURMUKHI": "NotoSansGurmukhi", "ORIYA": "NotoSansOriya",
    "TAMIL": "NotoSansTamil", "TELUGU": "NotoSansTelugu", "KANNADA": "NotoSansKannada",
    "MALAYALAM": "NotoSansMalayalam", "OL": "NotoSansOlChiki", "MEETEI": "NotoSansMeeteiMayek",
    "ARABIC": "NotoNaskhArabic", "EXTENDED": "NotoNaskhArabic", "LATIN": LATIN, "GREEK": LATIN, "CYRILLIC": LATIN,
}  # fmt: skip
FAMILY = re.compile(r"([A-Z])")
UNDRAWN = ("So", "Sk", "Cc", "Cs", "Co", "Cn")
MEASURED = 64  # points at which widths are asked


class Unlettered(Exception):
    """No font on this server has the letters of this text."""


def drawable(text: str) -> str:
    """The text on one line, without pictographs and what else no font for letters has."""
    kept = "".join(" " if unicodedata.category(letter) in UNDRAWN else letter for letter in text)
    return " ".join(kept.split())


def fonts_for(text: str) -> list[str]:
    """The files that hold all of its letters. Raises Unlettered."""
    return sorted({str(_file(name)) for name, _run in _runs(text)} | {str(_file(LATIN))})


def lines(text: str, size: float, width: float, most: int) -> list[str]:
    """The text in at most so many lines of this width; what is left out ends in an ellipsis."""
    broken = list(_broken(text, size, width, most))
    if len(broken) > most:
        broken = broken[:most]
        broken[-1] = _cut(broken[-1] + " …", size, width)
    return broken


def _broken(text: str, size: float, width: float, most: int) -> Iterator[str]:
    line, used, space = "", 0.0, _wide(" ", size)
    for word in text.split()[: most * 40]:
        whole = word if (wide := _wide(word, size)) <= width else _cut(f"{word[:200]}…", size, width)
        if line and used + space + wide > width:
            yield line
            line, used = whole, min(wide, width)
        else:
            line, used = f"{line} {whole}".strip(), used + space + wide
    if line:
        yield line


def _cut(text: str, size: float, width: float) -> str:
    """Shortened before its last sign until it fits."""
    head, end = text[:-1].rstrip(), text[-1]
    while head and (wide := _wide(head + end, size)) > width:
        head = head[: min(len(head) - 1, int(len(head) * width / wide) + 1)].rstrip()
    return head + end


def _wide(text: str, size: float) -> float:
    return sum(_face(name).getlength(run) for name, run in _runs(text)) * size / MEASURED


def spans(text: str) -> Iterator[tuple[str, str]]:
    """(the name of a font, the neighbouring letters that it draws), from the first letter to the last."""
    for name, run in _runs(text):
        yield FAMILY.sub(r" \1", name).strip(), run


def _runs(text: str) -> Iterator[tuple[str, str]]:
    """Neighbouring letters of one font. Marks, joiners and spaces go with the letter before them."""
    found, name = [], LATIN
    for letter in text:
        name = _script(letter) or name
        found.append((name, letter))
    for name, run in groupby(found, key=lambda one: one[0]):
        yield name, "".join(letter for _name, letter in run)


@lru_cache(maxsize=4000)
def _script(letter: str) -> str:
    """The font of a letter, or of a sign of no script; "" for a mark. Raises Unlettered."""
    first = unicodedata.name(letter, "").partition(" ")[0].partition("-")[0]
    if first in SCRIPTS:
        return SCRIPTS[first]
    if unicodedata.category(letter)[0] in "LM" and first not in ("COMBINING", "MODIFIER"):
        raise Unlettered(first)
    return "" if unicodedata.category(letter)[0] in "MCZ" else LATIN


def _file(name: str) -> Path:
    path = typefaces.DEBIAN / f"{name}-Regular.ttf"
    if not path.exists():
        raise Unlettered(name)
    return path


@lru_cache(maxsize=20)
def _face(name: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_file(name)), MEASURED)
