"""Scripts that no voice here can read, in one that a voice can: Ol Chiki, Meetei Mayek. Our own maps, by sound."""

import re
import unicodedata

CONSONANTS = dict(zip("ᱛᱜᱞᱠᱡᱢᱣᱥᱦᱧᱨᱪᱫᱬᱭᱯᱰᱱᱲᱴᱵᱶᱝ", "तगलकजमवसहञरचदणयपडन\u095cटबवङ", strict=True))
VOWELS = {"ᱚ": "ऑॉ", "ᱟ": "आा", "ᱤ": "इि", "ᱩ": "उु", "ᱮ": "एे", "ᱳ": "ओो"}  # alone, and after a consonant
SOFT = {"ᱟ": "अ", "ᱚ": "अ", "ᱮ": "ऐै"}  # with the dot, which makes another vowel
BREATHED = dict(zip("कगचजटडतदपब\u095c", "खघछझठढथधफभ\u095d", strict=True))
VIRAMA, NASAL = "्", "ँ"
OL_CHIKI = re.compile(r"(?P<bare>[ᱛᱜᱞᱠᱡᱢᱣᱥᱦᱧᱨᱪᱫᱬᱭᱯᱰᱱᱲᱴᱵᱶᱝ])?(?P<breath>ᱷ)?(?:(?P<vowel>[ᱚᱟᱤᱩᱮᱳ])(?P<marks>[ᱸᱹᱺᱻ]*))?")
SIGNS = str.maketrans({"᱾": "।", "᱿": "॥", "ᱼ": None, "ᱽ": None, "ᱹ": None, "ᱻ": None, "ᱸ": NASAL, "ᱺ": NASAL})

MEETEI = dict(
    zip(
        "ꯀꯁꯂꯃꯄꯅꯆꯇꯈꯉꯊꯋꯌꯍꯎꯏꯐꯑꯒꯓꯔꯕꯖꯗꯘꯙꯚꯡꯢꯣꯤꯥꯦꯧꯨꯩꯪ꯫꯭",
        "কসলমপনচতখঙথৱ\u09dfহউইফঅগঝরবজদঘধভংইোিােৌুৈং।্",
        strict=True,
    )
) | {final: letter + "্" for final, letter in zip("ꯛꯜꯝꯞꯟꯠ", "কলমপনত", strict=True)}
STANDING = {"অা": "আ", "অি": "ই", "অু": "উ", "অে": "এ", "অো": "ও", "অৌ": "ঔ", "অৈ": "ঐ"}


def in_devanagari(text: str) -> str:
    """Santali's letters by their sound. A consonant without a vowel stays one: Ol Chiki writes every vowel."""
    return OL_CHIKI.sub(_syllable, text).translate(SIGNS)


def _syllable(found: re.Match[str]) -> str:
    parts = found.groupdict(default="")
    letter = CONSONANTS.get(parts["bare"], "")
    if parts["breath"]:
        letter = BREATHED.get(letter, f"{letter}{VIRAMA if letter else ''}ह")
    if not parts["vowel"]:
        return letter + VIRAMA if letter else ""
    nasal = NASAL if set(parts["marks"]) & set("ᱸᱺ") else ""
    return letter + _vowel(parts["vowel"], parts["marks"], alone=not letter) + nasal


def _vowel(vowel: str, marks: str, *, alone: bool) -> str:
    """An `अ` has no sign of its own after a consonant: it is what a bare one sounds like."""
    forms = SOFT.get(vowel, VOWELS[vowel]) if set(marks) & set("ᱹᱺ") else VOWELS[vowel]
    return forms[0] if alone else forms[1:]


def in_bengali(text: str) -> str:
    """Manipuri's own letters in the Bengali ones that its other spelling uses."""
    written = "".join(MEETEI.get(letter, letter) for letter in text)
    for parts, whole in STANDING.items():
        written = written.replace(parts, whole)
    return re.sub("[\uabec]", "", written)


def is_meetei(text: str) -> bool:
    return any(unicodedata.name(letter, "").startswith("MEETEI") for letter in text)
