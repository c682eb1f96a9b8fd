"""What is known of a language's words: whether they are complete, who read them again, what is doubtful.

Each language has its own file, translations/<code>/review.toml, so that translators do not collide in one.
docs/languages.md is made of them: `python -m community.languages.report`.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from community.languages.compiled import TRANSLATIONS

Confidence = Literal["high", "middle", "low"]


@dataclass(frozen=True)
class Review:
    """`complete` offers the language to people; `native_speaker` says who of hers read all of it, or is empty.

    `strings` is how many messages the second pass went over, `changed_in_second_pass` how many it changed.
    """

    complete: bool = False
    native_speaker: str = ""
    strings: int = 0
    changed_in_second_pass: int = 0
    confidence: Confidence = "low"
    doubts: tuple[str, ...] = ()


def review(code: str, folder: Path = TRANSLATIONS) -> Review:
    """The review of that language; nothing known and not complete where there is no file."""
    path = folder / code / "review.toml"
    if not path.exists():
        return Review()
    with path.open("rb") as file:
        told = tomllib.load(file)
    return Review(**{**told, "doubts": tuple(told.get("doubts", ()))})
