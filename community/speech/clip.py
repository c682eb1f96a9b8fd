"""A clip as it leaves: Ogg/Opus, one channel, frames of 60 ms. Only this file knows the encoder."""

import io
from collections.abc import Iterator
from fractions import Fraction

import av
from av.error import FFmpegError

from community.speech.machine import Sound

HERTZ = 16000
BITS = 8000  # a second; a person's own recording gets more
OF_PEOPLE = 12000
LONGEST = 60  # seconds of a recording: then the recorder ends
LIMIT_SECONDS = LONGEST + 5  # and what a phone takes to stop
OPTIONS = {"application": "voip", "frame_duration": "60", "vbr": "on"}
MIMETYPE = "audio/ogg"


class NotSound(ValueError):
    """These bytes hold no sound that could be read, or too much of it."""


def encoded(sound: Sound) -> bytes:
    """The sound of a machine, small. What it had nothing to say to is a moment of silence."""
    if not sound.samples:
        sound = Sound(HERTZ, bytes(HERTZ // 5))
    return _written([_frame(sound)], BITS)


def reencoded(content: bytes) -> bytes:
    """A person's recording, whatever her phone made of it. Raises NotSound."""
    try:
        with av.open(io.BytesIO(content), "r") as source:
            return _written(_decoded(source), OF_PEOPLE)
    except (FFmpegError, ValueError, IndexError) as error:
        raise NotSound(str(error)) from error


def _decoded(source: "av.container.InputContainer") -> Iterator["av.AudioFrame"]:
    if not source.streams.audio:
        raise NotSound("no sound")
    seconds = 0.0
    for frame in source.decode(audio=0):
        seconds += frame.samples / (frame.sample_rate or HERTZ)
        if seconds > LIMIT_SECONDS:
            raise NotSound("too long")
        yield frame
    if not seconds:
        raise NotSound("empty")


def _frame(sound: Sound) -> "av.AudioFrame":
    frame = av.AudioFrame(format="s16", layout="mono", samples=len(sound.samples) // 2)
    frame.planes[0].update(sound.samples[: frame.planes[0].buffer_size].ljust(frame.planes[0].buffer_size, b"\0"))
    frame.sample_rate, frame.pts, frame.time_base = sound.hertz, 0, Fraction(1, sound.hertz)
    return frame


def _written(frames: "Iterator[av.AudioFrame] | list[av.AudioFrame]", bits: int) -> bytes:
    written = io.BytesIO()
    with av.open(written, "w", format="ogg") as target:
        stream = target.add_stream("libopus", rate=HERTZ, layout="mono", options=OPTIONS)
        stream.bit_rate = bits
        even = av.AudioResampler(format="s16", layout="mono", rate=HERTZ)
        for frame in frames:
            frame.pts = None
            for part in even.resample(frame):
                target.mux(stream.encode(part))
        for part in even.resample(None):
            target.mux(stream.encode(part))
        target.mux(stream.encode(None))
    return written.getvalue()
