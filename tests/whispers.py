"""Every line that the suite logs is listened to: no secret, no code, no phone number and no word of anybody's may be in it.

What must not be heard is known because it was made or typed here: what `secrets` gave, what a form carried, what was
said with `whisper.knows(…)`. Phone numbers are known by their looks.
"""

import logging
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Any

PHONE = re.compile(r"(?<![\w.:-])(?:\+?91[ -]?|0)?[6-9]\d{4}[ -]?\d{5}(?![\w.:-])")
TELLING = 12  # letters from which on words are somebody's own
DIGITS = 6


class Whispers(logging.Handler):
    """Hears what is logged, tracebacks included, as a file would have it."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.secrets: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def knows(self, *values: Any) -> None:
        self.secrets |= {text for value in values if len(text := str(value).strip()) >= DIGITS}

    def typed(self, form: Any) -> None:
        """What a form carries, of more than a word."""
        values = form.values() if isinstance(form, Mapping) else ()
        flat = (one for value in values for one in (value if isinstance(value, list | tuple) else [value]))
        self.knows(*(one for one in flat if isinstance(one, str) and len(one) >= TELLING))

    def told(self) -> list[str]:
        """The lines that say what they should not, since the last time."""
        lines, self.lines = self.lines, []
        return [line for line in lines if PHONE.search(line) or _any_in(self.secrets, line)]


def _any_in(known: Iterable[str], line: str) -> bool:
    return any(secret in line for secret in known)


whisper = Whispers()


def listen() -> None:
    """From now on, in this process."""
    logging.getLogger().addHandler(whisper)
    secrets.token_urlsafe = _heard(secrets.token_urlsafe)
    secrets.token_hex = _heard(secrets.token_hex)
    below = secrets.randbelow

    def randbelow(limit: int) -> int:
        made = below(limit)
        digits = len(str(limit - 1))
        if limit == 10**digits and digits >= DIGITS:
            whisper.knows(f"{made:0{digits}}")
        return made

    secrets.randbelow = randbelow


def _heard(make: Callable[..., str]) -> Callable[..., str]:
    def made(size: int | None = None) -> str:
        value = make(size)
        if (size or 32) >= 10:
            whisper.knows(value)
        return value

    return made
