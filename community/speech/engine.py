"""What runs beside the app: espeak-ng, in a process of its own that knows nothing of ours.

It is started by `machine.py` as a file, with the library and its data as arguments, reads one request as JSON and
writes sound: a text that breaks it breaks no page. Only this file knows espeak-ng's interface (speak_lib.h).
"""

import ctypes
import json
import sys
from collections.abc import Callable
from typing import Any

SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS
NO_EXIT = 0x8000  # espeakINITIALIZE_DONT_EXIT
UTF8 = 1
RATE = 1  # espeakRATE, words a minute
IPA = 0x02  # espeakPHONEMES_IPA
HEARD = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def main(library: str, data: str) -> None:
    """{"voice", "rate", "texts"} in; for each text a line with the bytes that follow, then samples of 16 bits."""
    asked = json.load(sys.stdin)
    espeak = ctypes.CDLL(library)
    hertz = espeak.espeak_Initialize(SYNCHRONOUS, 0, data.encode(), NO_EXIT)
    if hertz <= 0 or espeak.espeak_SetVoiceByName(asked["voice"].encode()):
        sys.exit("espeak-ng has no such voice")
    espeak.espeak_SetParameter(RATE, asked["rate"], 0)
    say = _phonemes if asked.get("phonemes") else _samples
    for text in asked["texts"]:
        said = say(espeak, text)
        sys.stdout.buffer.write(f"{hertz} {len(said)}\n".encode() + said)


def _samples(espeak: Any, text: str) -> bytes:
    parts: list[bytes] = []
    heard = HEARD(_gather(parts.append))
    espeak.espeak_SetSynthCallback(heard)
    encoded = text.encode() + b"\0"
    espeak.espeak_Synth(encoded, ctypes.c_size_t(len(encoded)), 0, 1, 0, UTF8, None, None)
    espeak.espeak_Synchronize()
    return b"".join(parts)


def _gather(take: Callable[[bytes], None]) -> Callable[[Any, int, Any], int]:
    def heard(samples: Any, count: int, _events: Any) -> int:
        if samples and count:
            take(ctypes.string_at(samples, count * 2))
        return 0

    return heard


def _phonemes(espeak: Any, text: str) -> bytes:
    """How it is said, in the letters of the IPA: for tests."""
    espeak.espeak_TextToPhonemes.restype = ctypes.c_char_p
    rest, said = ctypes.c_char_p(text.encode()), []
    while rest.value:
        said.append(espeak.espeak_TextToPhonemes(ctypes.byref(rest), UTF8, IPA) or b"")
    return b" ".join(said)


if __name__ == "__main__":
    main(*sys.argv[1:])
