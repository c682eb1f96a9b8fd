"""Clips ahead of their first use: `python -m community.speech.build hi ur`. Without a language: all that have a voice.

Makes every prompt of the catalogue by its machine voice, where INSTANCE is, and prints what each language takes.
`--bytes` prints that for what is there already, and makes nothing.
"""

import argparse
import sys
from pathlib import Path

from community.config import secret, settings
from community.languages.compiled import TRANSLATIONS, compile_stale
from community.languages.tongues import LANGUAGES
from community.languages.translations import Catalogues
from community.speech.clip import encoded
from community.speech.cupboard import WORDS, Cupboard
from community.speech.machine import spoken
from community.speech.prompts import prompts
from community.speech.pronunciation import prepared
from community.speech.reading import Run
from community.speech.voices import MACHINES, voice_of

TOGETHER = 40  # texts that one start of the engine says


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m community.speech.build")
    parser.add_argument("languages", nargs="*", metavar="CODE", help="all that have a voice, where none is named")
    parser.add_argument("--bytes", action="store_true", help="make nothing; print what lies there")
    asked = parser.parse_args(arguments)
    known = settings()
    cupboard = Cupboard(Path(known["INSTANCE"]) / "speech", secret(known["INSTANCE"], "secret"))
    voiced = [code for code in LANGUAGES if voice_of(code, known["SPEECH_BORROWED"])]
    for code in asked.languages or voiced:
        if code not in voiced:
            parser.error(f"{code} has no machine voice that is on: {', '.join(voiced)}")
    compile_stale(TRANSLATIONS)
    for code in asked.languages or voiced:
        sys.stdout.write(_line(cupboard, code, make=not asked.bytes))
    return 0


def _line(cupboard: Cupboard, code: str, *, make: bool) -> str:
    if make:
        _make(cupboard, code)
    found = [size for run in _runs(code) if (size := cupboard.size(cupboard.name((run,))))]
    return f"{code:4} {len(found):4} clips {sum(found):9,} bytes\n"


def _runs(code: str) -> list[Run]:
    """As they are asked for by a page."""
    known = prompts(code, Catalogues(TRANSLATIONS)).values()
    return list(dict.fromkeys((code, " ".join(words.split())) for words in known))


def _make(cupboard: Cupboard, code: str) -> None:
    """Those that are not there yet, many at each start of the engine."""
    missing = [run for run in _runs(code) if not cupboard.size(cupboard.name((run,)))]
    for first in range(0, len(missing), TOGETHER):
        some = missing[first : first + TOGETHER]
        sounds = spoken([prepared(text, code) for _code, text in some], MACHINES[code].name)
        for run, sound in zip(some, sounds, strict=True):
            cupboard.put(cupboard.name((run,)), WORDS, encoded(sound))


if __name__ == "__main__":
    sys.exit(main())
