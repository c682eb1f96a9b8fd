"""Recordings for tests: speech-like sound made here, in the containers that phones record in."""

import io
import math
import random
import wave
from array import array
from functools import cache

import av

RATE = 16_000


@cache
def speech(seconds: float, loud: float = 0.3, seed: int = 7) -> bytes:
    """Syllables of a voice that does not exist: pulses of a throat through three formants, with pauses; 16-bit samples.

    `loud` is the loudest sample, as a share of full scale.
    """
    chance, made, phase = random.Random(seed), [], 0.0
    held = [[0.0, 0.0] for _ in range(3)]
    while len(made) < seconds * RATE:
        pitch, last = chance.uniform(110, 230), int(RATE * chance.uniform(0.12, 0.28))
        formants = [
            (chance.uniform(*band), width)
            for band, width in (((300, 800), 80), ((900, 2200), 100), ((2300, 3000), 150))
        ]
        shapes = [
            (
                2 * math.exp(-math.pi * width / RATE) * math.cos(2 * math.pi * pitch_of / RATE),
                -math.exp(-2 * math.pi * width / RATE),
            )
            for pitch_of, width in formants
        ]
        for step in range(last):
            phase += pitch / RATE
            push = (1.0 if phase >= 1 else 0.0) + chance.gauss(0, 0.01)
            phase %= 1
            total = 0.0
            for place, (near, far) in enumerate(shapes):
                new = push + near * held[place][0] + far * held[place][1]
                held[place] = [new, held[place][0]]
                total += new / (place + 1)
            made.append(total * math.sin(math.pi * step / last))
        made += [0.0] * int(RATE * chance.choice([0.02, 0.05, 0.05, 0.3]))
    made = made[: int(seconds * RATE)]
    most = max(map(abs, made))
    return array("h", [int(32767 * loud * one / most) for one in made]).tobytes()


def wav(samples: bytes, rate: int = RATE) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples)
    return written.getvalue()


def recorded(
    samples: bytes,
    muxer: str,
    encoder: str,
    *,
    rate: int = 48_000,
    layout: str = "mono",
    film: bool = False,
    options: dict[str, str] | None = None,
) -> bytes:
    """As a phone records it: "webm" with "libopus", "ogg", "mp4" with "aac" …; with a picture that moves, where asked."""
    written = io.BytesIO()
    with av.open(written, "w", format=muxer, options=options or {}) as container:
        sound = container.add_stream(encoder, rate=rate, layout=layout)
        if encoder == "libopus":
            sound.bit_rate = 12_000  # as our recorder asks for
        picture = container.add_stream("mpeg4", rate=5, width=64, height=64, pix_fmt="yuv420p") if film else None
        widen = av.AudioResampler(sound.codec_context.format.name, layout, rate)
        for one in _frames(samples):
            for part in widen.resample(one):
                container.mux(sound.encode(part))
        container.mux(sound.encode(None))
        if picture:
            for place in range(5):
                frame = av.VideoFrame(64, 64, "yuv420p")
                frame.pts = place
                container.mux(picture.encode(frame))
            container.mux(picture.encode(None))
    return written.getvalue()


def _frames(samples: bytes) -> list[av.AudioFrame]:
    found = []
    for at in range(0, len(samples), 2 * RATE):
        part = samples[at : at + 2 * RATE]
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(part) // 2)
        frame.planes[0].update(part)
        frame.sample_rate, frame.pts = RATE, at // 2
        found.append(frame)
    return found
