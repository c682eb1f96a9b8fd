"""How a word sounds, whatever its script: अनीता, অনিতা, انیتا and "anita" are one.

Two forms, coarse enough that the lengths of vowels, aspiration, doubled letters and the silent "a" make no difference:
its *spelling* (consonants, and the vowels e i o u) and its *sound* (consonants alone, voiced as unvoiced; Urdu writes
no short vowels, Tamil no voice). Not a transliteration: nobody reads them. Our own, since none of the libraries knows
Perso-Arabic, Ol Chiki and Meetei Mayek, and a table is smaller than any of them.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import product

from community.languages.folding import DROPPED

MOST_WORDS = 12
NUKTA, VIRAMA = 0x3C, 0x4D
STARTS = (0x900, 0x980, 0xA00, 0xA80, 0xB00, 0xB80, 0xC00, 0xC80, 0xD00)  # Unicode has these scripts side by side
TAMIL, MALAYALAM, GURMUKHI, BENGALI = 0xB80, 0xD00, 0xA00, 0x980
# Heard in two ways: ड as d or r, Tamil ச as c or s, Bengali য as y or j, the alif that Urdu sets before two consonants.
TWO_WAYS = {"D": ("d", "r"), "S": ("c", "s"), "Y": ("y", "j"), "A": ("a", "")}
CONSONANTS = dict(zip(range(0x15, 0x3A), "kkggnccjjnttDDnttddnnppbbmyrrlllvsssh", strict=True))
VOWELS = {at: {"R": "ri", "L": "li"}.get(one, one) for at, one in enumerate("aaiiuuRLeeeeoooo", 0x05)}
SIGNS = {at: {"R": "ri"}.get(one, one) for at, one in enumerate("aiiuuRReeeeoooo", 0x3E)} | {0x56: "e", 0x57: "o"}
OWN: dict[int, dict[int, str]] = {
    0x900: {0x7B: "g", 0x7C: "j", 0x7E: "d", 0x7F: "b"},
    BENGALI: {0x2F: "Y", 0x4E: "t", 0x70: "r", 0x71: "v"},
    GURMUKHI: {0x5C: "D", 0x70: "n"},
    0xB00: {0x2F: "Y", 0x5F: "y", 0x71: "v"},
    TAMIL: {0x1A: "S"},
    MALAYALAM: dict(zip(range(0x7A, 0x80), "nnrllk", strict=True)),
}
OL_CHIKI = dict(zip(range(0x1C5A, 0x1C78), "otgnlakjmvishnrucdnyepdnrotbnh", strict=True))
MEETEI = dict(zip(range(0xABC0, 0xABEB), "kslmpnctkntvyhuipagjrbjdgdbklmpntnioiaeouen", strict=True))
# Arabic script, with the letters of Urdu, Sindhi and Kashmiri. Vowels inside a word are handled below.
ARABIC = {
    letter: latin
    for latin, letters in {
        "b": "بٻڀ", "p": "پفڦ", "t": "تطٹٺٿٽ", "s": "ثسصش", "j": "جذزضظژڄ", "c": "چڇ", "h": "حہهھ", "k": "خقکكڪ",
        "d": "دڌڊڏ", "D": "ڈڑڙڍ", "r": "ر", "g": "غگڳ", "l": "ل", "m": "م", "n": "نںڱڻڃ", "o": "ۆ", "e": "ے",
    }.items()
    for letter in letters
}  # fmt: skip
LATIN = [
    (re.compile(pattern), heard)
    for pattern, heard in (
        (r"tion\b", "sn"), ("sch", "sk"), ("ksh", "ks"), ("chh?", "C"), ("sh", "s"), ("dny|gny|jn", "gy"),
        ("zh", "l"), ("ph", "p"), ("ck", "k"), ("(?<=[aeiou])dh", "D"), ("(?<=[tdbgkjrl])h", ""),
        (r"c(?=[eiy])", "s"), ("[cq]", "k"), ("C", "c"), ("x", "ks"), ("f", "p"), ("w", "v"), ("z", "j"),
        (r"(?<=.)y(?![aeiou])", "i"), ("ee|ii|ie", "i"), ("oo|uu", "u"), ("ai|ei", "e"), ("au|ou", "o"),
    )
]  # fmt: skip
DOUBLED = re.compile(r"(.)\1+")
SILENT = re.compile(r"(?<=.)[aeiouyvh]")
HARD = str.maketrans("gjdb", "kctp")


def words(text: str) -> list[str]:
    """The words of a text: letters, digits and the signs that hang on them, in one form of Unicode."""
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(_letter(each) for each in plain)
    return kept.split()[:MOST_WORDS]


def _letter(letter: str) -> str:
    if ord(letter) in DROPPED and ord(letter) & 0x7F != NUKTA:
        return ""
    return unicodedata.normalize("NFC", letter) if unicodedata.category(letter)[0] in "LNM" else " "


@lru_cache(maxsize=8192)
def spellings(word: str) -> tuple[str, ...]:
    """What the word is written like, one for each way in which it may be meant; four at most."""
    raw = DOUBLED.sub(r"\1", _arabic(word) or "".join(_spelled(word)).replace("\0", ""))
    found = map("".join, _few([TWO_WAYS.get(each, (each,)) for each in raw]))
    return tuple(dict.fromkeys(filter(None, map(_shortened, found))))


def _few(ways: list[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Every way to say it, where the first two doubts are open."""
    many = [place for place, way in enumerate(ways) if len(way) > 1][2:]
    return product(*(way[:1] if place in many else way for place, way in enumerate(ways)))


def _shortened(raw: str) -> str:
    """Without the "a" that is not always said or written, and the h that ends a word."""
    bare = raw.rstrip("h") if len(raw) > 1 else raw
    return (bare[:1] + bare[1:].replace("a", ""))[:40]


def sound(spelling: str) -> str:
    """The spelling without what differs from script to script."""
    first = "a" if spelling[:1] in ("e", "i", "o", "u") else spelling[:1].replace("v", "p")
    return (first + SILENT.sub("", spelling)[1:]).translate(HARD)[:24]


def _arabic(word: str) -> str:
    """A word in Arabic script. Two letters that are alike have a vowel between them there: an "a" keeps them apart."""
    if not any("\u0600" <= each <= "\u06ff" for each in word):
        return ""
    plain = [each for each in unicodedata.normalize("NFKC", word) if not unicodedata.combining(each)]
    return "".join(_arabic_letter(place, plain) for place in range(len(plain)))


def _arabic_letter(place: int, word: list[str]) -> str:
    letter, first = word[place], not place
    if letter in "اآأإعٱ":
        return _alif(letter, "".join(word[1:3])) if first else ""
    if letter in "وؤۄ":
        return "v" if first else "o"
    if letter in "یيىئې":
        return "y" if first else "i"
    if letter == "ھ" or (letter in "ہهحۃة" and place == len(word) - 1) or letter == "ء":
        return ""
    return _plain(letter) if letter not in ARABIC else ARABIC[letter] + "a"


def _alif(letter: str, following: str) -> str:
    if letter == "ا" and following[:1] == "س" and following[1:] not in ("", *"اویيے"):
        return "A"
    return "" if letter == "ا" and following[:1] in ("ی", "ي", "و") else "a"


def _plain(letter: str) -> str:
    return str(unicodedata.decimal(letter, letter))


def _spelled(word: str) -> Iterator[str]:
    """A word of any other script, piece by piece."""
    latin = ""
    for place, letter in enumerate(word):
        base = unicodedata.normalize("NFKD", letter)[0]
        if base.isascii():
            latin += _plain(letter) if letter.isdecimal() else base
            continue
        yield from (_latin(latin), _brahmic(place, word) or _alphabetic(letter))
        latin = ""
    yield _latin(latin)


def _latin(text: str) -> str:
    for pattern, heard in LATIN:
        text = pattern.sub(heard, text)
    return text


def _alphabetic(letter: str) -> str:
    if unicodedata.category(letter)[0] == "M" and ord(letter) not in MEETEI:
        return ""
    return OL_CHIKI.get(ord(letter)) or MEETEI.get(ord(letter)) or _plain(letter)


def _brahmic(place: int, word: str) -> str:
    """What one letter of the scripts of Brahmi adds; "" where it is none of them."""
    start, at = ord(word[place]) & ~0x7F, ord(word[place]) & 0x7F
    if start not in STARTS:
        return ""
    if at in (0x01, 0x02):
        return _nasal(word[place + 1 : place + 2], start)
    if letter := OWN.get(start, {}).get(at) or CONSONANTS.get(at):
        return _consonant(letter, [ord(each) for each in word[place + 1 : place + 3]], start, first=not place)
    found = VOWELS.get(at) or SIGNS.get(at)
    return found or (_plain(word[place]) if word[place].isdecimal() else "\0")


def _nasal(following: str, start: int) -> str:
    return "m" if following and ord(following) - start in range(0x2A, 0x2F) else "n"


def _consonant(letter: str, following: list[int], start: int, *, first: bool) -> str:
    """The consonant with its own "a", unless a vowel or the stroke that silences it follows."""
    dotted = following[:1] == [start + NUKTA]
    after = following[1:] if dotted else following[:1]
    said = letter.lower() if first and letter in "D" else letter
    silent = bool(after) and (after[0] - start == VIRAMA or after[0] - start in SIGNS)
    return said if silent else said + "a"
