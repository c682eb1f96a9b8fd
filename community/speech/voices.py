"""Which voice speaks which language, and who speaks where none does. The one table of it."""

import unicodedata
from dataclasses import dataclass

from community.languages.tongues import DEFAULT, LANGUAGES
from community.languages.wording import SCRIPTS

VERSION = 1  # another one makes every clip anew: raise it with the voices, the preparation or the encoder
RATE = 110  # as espeak-ng counts: 128 to 139 words a minute in Hindi, Urdu and English. Faster ones were hard to follow
UNUSABLE = "unusable"


@dataclass(frozen=True)
class Voice:
    """A machine voice. `off` says why it does not speak unless the operator wants it; `instead` who speaks then."""

    name: str
    off: str = ""
    instead: str = DEFAULT


# What was found by listening to the phonemes of one sentence in each; "borrowed" ones read with another's rules.
MACHINES = {
    **{code: Voice(code) for code in ("hi", "bn", "mr", "te", "ta", "gu", "ur", "kn", "or", "ml", "pa", "as", "ne")},
    "sd": Voice("sd", instead="ur"), "en": Voice("en"), "ar": Voice("ar", instead="ur"),
    "kok": Voice("mr"),  # its own reads the vowel signs by their names
    "mni": Voice("bn", instead="bn"),  # as long as Bengali letters write it
    "mai": Voice("hi", off="borrowed"), "doi": Voice("hi", off="borrowed"), "brx": Voice("hi", off="borrowed"),
    "sa": Voice("hi", off="borrowed"), "sat": Voice("hi", off="borrowed"),
    "ks": Voice("ur", off=UNUSABLE, instead="ur"),
}  # fmt: skip


def voice_of(code: str, also: tuple[str, ...] = ()) -> Voice | None:
    """The machine voice that may speak this language; None where it is off. `also` are those the operator wants."""
    voice = MACHINES.get(code)
    if voice is None or voice.off == UNUSABLE or (voice.off and code not in also):
        return None
    return voice


def speaker_of(code: str, also: tuple[str, ...] = ()) -> str:
    """The language that is heard where this one is read: its own, or the one that speaks for it."""
    if code not in MACHINES:
        return DEFAULT
    return code if voice_of(code, also) else MACHINES[code].instead


# Who reads a script: what somebody wrote may stand in another one than her language says.
READERS = {
    "Deva": "hi", "Beng": "bn", "Gujr": "gu", "Guru": "pa", "Knda": "kn", "Mlym": "ml", "Orya": "or", "Taml": "ta",
    "Telu": "te", "Arab": "ur", "Olck": "sat",
}  # fmt: skip


def heard_as(code: str, text: str) -> str:
    """The language by whose rules these words are read: theirs, unless its script has none of these letters.

    Latin ones need no other: every voice has English for them.
    """
    scripts = {_script(letter) for letter in text if letter.isalpha()} - {"", "Latn"}
    own = LANGUAGES[code].script
    return READERS.get(scripts.pop(), code) if len(scripts) == 1 and own not in scripts else code


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "")
    return next((script for script, begins in SCRIPTS.items() if name.startswith(begins)), "")
