"""Words that no category may be called by: nobody is sorted by caste, religion, a voter list or Aadhaar here."""

import re
from functools import cache
from pathlib import Path

from community.languages.folding import folded

WORDS = Path(__file__).with_name("unsaid.txt")
CUT = re.compile(r"[\s\d!-/:-@\[-`{-~।॥،؛۔…–—-]+")


def sorts_people(name: str) -> bool:
    """Whether a name has one of those words in it, as a word of its own."""
    return not _words().isdisjoint(CUT.split(folded(name)))


@cache
def _words() -> frozenset[str]:
    lines = WORDS.read_text(encoding="utf-8").splitlines()
    return frozenset(folded(line.strip()) for line in lines if line.strip() and not line.startswith("#"))
