"""The public address of an announcement and its three pictures: its number and the server's secret make both.

Nothing is stored: the address holds the number under a mask, and 53 bits that only this server can make for it.
"""

import base64
import hmac

from community.http import derived
from community.people.pictures import GROUP_PICTURES, PERSON_PICTURES, WORDS

LETTERS, SIGNED, NUMBERED = 17, 53, 32  # five bits a letter
SPARE = 3  # bits by which seventeen letters fall short of whole bytes
ALIKE = str.maketrans("018", "olb")  # none of these digits is in an address, so each was meant as the letter
UNFIT = {"la", "lb", "parking", "trash", "drain"}  # letters say nothing to who reads others; nobody's news is rubbish
PICTURES = tuple(sorted({name for name in (*PERSON_PICTURES, *GROUP_PICTURES) if name in WORDS} - UNFIT))


def code_of(number: int) -> str:
    """Seventeen letters and digits. Announcements beyond four billion would need an eighteenth."""
    signed = _signed(number)
    value = signed << NUMBERED | number ^ _mask(signed)
    whole = (value << SPARE).to_bytes(11, "big")
    return base64.b32encode(whole).decode().lower()[:LETTERS]


def number_in(code: str) -> int | None:
    """The announcement's number, where this server has made the code; it asks no database."""
    try:
        whole = base64.b32decode(code.upper() + "A======", casefold=False) if len(code) == LETTERS else b""
    except ValueError:
        return None
    value = int.from_bytes(whole[:11], "big") >> SPARE
    signed, masked = value >> NUMBERED, value & (1 << NUMBERED) - 1
    number = masked ^ _mask(signed)
    return number if _is_same(code, code_of(number)) else None


def _is_same(code: str, right: str) -> bool:
    return code.isascii() and hmac.compare_digest(code, right)


def typed(text: str) -> str:
    """What somebody copied by hand: spaces, dashes and capitals say nothing, nor what stands before the last stroke."""
    letters = "".join(letter for letter in text.lower().rpartition("/")[2] if letter.isalnum() and letter.isascii())
    return letters.translate(ALIKE)[:LETTERS]


def pictures_of(number: int) -> tuple[str, ...]:
    """Three different pictures, the same ones wherever the announcement is shown."""
    left, drawn = list(PICTURES), int(derived("genuine pictures", str(number)), 16)
    chosen = []
    for _turn in range(3):
        drawn, at = divmod(drawn, len(left))
        chosen.append(left.pop(at))
    return tuple(chosen)


def _signed(number: int) -> int:
    return int(derived("genuine", str(number)), 16) >> 256 - SIGNED


def _mask(signed: int) -> int:
    return int(derived("genuine mask", str(signed)), 16) >> 256 - NUMBERED
