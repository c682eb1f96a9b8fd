"""Every line that the suite logs is listened to: no secret, no code, no phone number and no word of anybody's may be in it.

What must not be heard is known because it was made or typed here: what `secrets` gave, what a form carried, what was
said with `whisper.knows(…)`. Phone numbers are known by their looks. What runs in a process of its own (a server, a
worker) leaves a log, which is read when it ends.
"""

import logging
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Any

PHONE = re.compile(r"(?<![\w.:-])(?:\+?91[ -]?|0)?[6-9]\d{4}[ -]?\d{5}(?![\w.:-])")
TELLING = 12  # letters from which on words are somebody's own
DIGITS = 6
TYPED = ("pin", "again", "code", "number")  # fields whose few digits are a secret
PRINTED = re.compile(r"^  \S.*?\bhttps?://\S+$")  # the demo's ways in, which `make run` shows to who started it


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
        """What a form carries, of more than a word; and a PIN or a code, however short."""
        for name, value in form.items() if isinstance(form, Mapping) else ():
            flat = value if isinstance(value, list | tuple) else [value]
            least = DIGITS if name in TYPED else TELLING
            self.knows(*(one for one in flat if isinstance(one, str) and len(one) >= least))

    def told(self) -> list[str]:
        """The lines that say what they should not, since the last time."""
        lines, self.lines = self.lines, []
        return [line for line in lines if PHONE.search(line) or _any_in(self.secrets, line)]

    def check(self) -> None:
        """Nothing was logged that should not be, and nobody made us deaf meanwhile."""
        assert self in logging.getLogger().handlers, "whoever set logging up anew put the listener out"
        self.read("")

    def read(self, log: str) -> None:
        """What a process of its own has logged, too."""
        self.lines += [line for line in log.splitlines() if not PRINTED.match(line)]
        told = self.told()
        assert not told, f"somebody's secret or words in a log: {told[0][:2000]}"


def _any_in(known: Iterable[str], line: str) -> bool:
    return any(secret in line and (not secret.isdecimal() or _alone(secret, line)) for secret in known)


def _alone(digits: str, line: str) -> bool:
    """Not as a part of a longer number, nor of a fraction."""
    return re.search(rf"(?<![\d.]){digits}(?!\d)", line) is not None


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
