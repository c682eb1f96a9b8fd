"""Six digits: which are too easy, and what is kept of them. The only file that knows argon2."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from community.form import clean
from community.http import derived

LENGTH = 6
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's second row: 19 MiB, some 30 ms
RUNS = "01234567890123456789"


def digits_in(typed: str) -> str:
    """The digits of what was typed, in whatever script, without spaces; "" where they are not six."""
    plain = "".join(clean(typed).split())
    return "".join(str(int(sign)) for sign in plain) if plain.isdecimal() and len(plain) == LENGTH else ""


def is_easy(digits: str) -> bool:
    """Those that anybody tries first: one digit, a part that comes again, a run up or down, pairs, years at the end."""
    again = any(digits == digits[:length] * (LENGTH // length) for length in (1, 2, 3))
    pairs = digits[::2] == digits[1::2]
    return again or pairs or digits in RUNS or digits[::-1] in RUNS


def sealed(digits: str, seed: str) -> str:
    """What the database keeps. Under our secret first: six digits alone are guessed from any hash in an afternoon."""
    return HASHER.hash(_peppered(digits, seed))


def opens(kept: str, digits: str, seed: str) -> bool:
    try:
        return HASHER.verify(kept, _peppered(digits, seed))
    except (VerifyMismatchError, InvalidHashError):
        return False


def _peppered(digits: str, seed: str) -> str:
    return derived("pin", f"{seed}:{digits}")
