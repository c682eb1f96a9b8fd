"""Asks espeak-ng, in a process of its own: it is not safe among threads, and its licence stays apart from ours."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore

import espeakng_loader

from community.speech.voices import RATE

ENGINE = Path(__file__).with_name("engine.py")
PATIENCE = 20  # seconds for one request; a sentence takes a tenth
AT_ONCE = BoundedSemaphore(2)
WAIT = 6  # seconds for a turn


class Speechless(RuntimeError):
    """The machine did not speak: too much to do just now, or a text that it could not read."""


@dataclass(frozen=True)
class Sound:
    """Samples of 16 bits, one channel."""

    hertz: int
    samples: bytes

    @property
    def seconds(self) -> float:
        return len(self.samples) / 2 / self.hertz


def spoken(texts: Sequence[str], voice: str) -> list[Sound]:
    """Each text as sound, by espeak's voice of that name. Raises Speechless."""
    return [Sound(hertz, said) for hertz, said in _asked({"voice": voice, "rate": RATE, "texts": list(texts)})]


def phonemes(text: str, voice: str) -> str:
    """How the voice says it, in the letters of the IPA."""
    asked = {"voice": voice, "rate": RATE, "texts": [text], "phonemes": True}
    return _asked(asked)[0][1].decode().strip()


def _asked(request: dict[str, object]) -> list[tuple[int, bytes]]:
    if not AT_ONCE.acquire(timeout=WAIT):
        raise Speechless("others are being spoken for")
    try:
        told = json.dumps(request).encode()  # what is said goes in by the pipe: no word of it is in the command
        done = subprocess.run(_command(), input=told, capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise Speechless("it took too long") from error
    finally:
        AT_ONCE.release()
    if done.returncode:
        raise Speechless("espeak-ng stopped")
    return _parted(done.stdout)


def _command() -> list[str]:
    """Without our packages and our environment: it needs neither."""
    library, data = espeakng_loader.get_library_path(), espeakng_loader.get_data_path()
    return [sys.executable, "-I", "-S", str(ENGINE), str(library), str(data)]


def _parted(answer: bytes) -> list[tuple[int, bytes]]:
    found = []
    while answer:
        head, _line, rest = answer.partition(b"\n")
        hertz, size = map(int, head.split())
        found.append((hertz, rest[:size]))
        answer = rest[size:]
    return found
