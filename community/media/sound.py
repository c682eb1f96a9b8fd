"""The encoding: whatever a phone recorded in, a small levelled voice out. Knows no request and no database.

Only this file imports PyAV. Call `prepare` before the transaction begins: it takes a second or so.
Both renditions are made at once and from the same samples: an old iPhone that asked later would have to wait for an
encoding made from the small one, in a request that may not write.
"""

import time
from array import array
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from io import BytesIO
from math import log10
from typing import IO, Any, cast

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.filter import Graph
from av.stream import Disposition

LIMIT_BYTES = 12 * 1024 * 1024
LONGEST = 180  # seconds: then the recorder ends
LIMIT_SECONDS = LONGEST + 5  # and what a phone takes to stop
LIMIT_CPU = 8  # seconds of this thread for one file: three minutes of any honest one take less than two
SHORTEST = 0.4  # seconds; less is a finger that slipped
RATE = 16_000  # samples a second, of one channel
WINDOW = RATE // 10
LOUD = 3300  # of 32,767: how loud speech shall be, as RMS (-20 dB)
QUIETEST = 60  # RMS of the loudest tenth of a second below which nobody speaks (-55 dB)
MOST_GAIN, LEAST_GAIN = 30.0, -20.0  # decibels
# Nothing else is looked into: other formats name files and addresses, and other decoders are many and old.
FORMATS = "matroska,webm,ogg,mov,mp4,m4a,3gp,3g2,mj2,wav,aac,mp3,amr,amrnb,amrwb,caf,flac"
CODECS = (
    "opus,libopus,vorbis,libvorbis,aac,aac_fixed,mp3,mp3float,amrnb,amrwb,flac,alac,"
    "pcm_s16le,pcm_s16be,pcm_s24le,pcm_f32le,pcm_u8,pcm_alaw,pcm_mulaw"
)


class Reason(StrEnum):
    """Why a file was refused; each has its own sentence for the person."""

    NOT_A_VOICE = "not_a_voice"
    VIDEO = "video"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    SILENT = "silent"


class NotAVoice(Exception):
    """The file was refused; `reason` says why. Nothing was kept."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class Encoding:
    """One way to write a voice: by FFmpeg's muxer and encoder, in bits a second."""

    muxer: str
    encoder: str
    bits: int
    sample: str
    options: Mapping[str, str]


OPUS = {"application": "voip", "vbr": "on", "frame_duration": "60", "compression_level": "10"}
ENCODINGS = {
    "voice.ogg": Encoding("ogg", "libopus", 12_000, "s16", OPUS),
    "voice.m4a": Encoding("ipod", "aac", 24_000, "fltp", {}),
}


@dataclass(frozen=True)
class Spoken:
    """A voice ready to keep: the bytes of each rendition, and how long it lasts."""

    renditions: Mapping[str, bytes]
    milliseconds: int

    @property
    def sizes(self) -> dict[str, int]:
        """Bytes of each rendition."""
        return {name: len(content) for name, content in self.renditions.items()}


def prepare(stream: IO[bytes]) -> Spoken:
    """Hear a recording, whatever its name claims, and encode it anew: one channel, levelled, without any tag.

    Stops at the limits of bytes, of length and of work, wherever the file is then. A file that is cut off gives what
    can be heard of it. Raises NotAVoice.
    """
    content = stream.read(LIMIT_BYTES + 1)
    if len(content) > LIMIT_BYTES:
        raise NotAVoice(Reason.TOO_LARGE)
    samples = _decoded(content)
    if len(samples) < SHORTEST * RATE:
        raise NotAVoice(Reason.SILENT)
    levelled = _levelled(samples)
    renditions = {name: _encoded(levelled, way) for name, way in ENCODINGS.items()}
    return Spoken(renditions, len(samples) * 1000 // RATE)


def _decoded(content: bytes) -> "array[int]":
    try:
        with closing(_opened(content)) as container:
            return _heard(container, _track(container))
    except (av.FFmpegError, ValueError, OverflowError) as error:
        raise NotAVoice(Reason.NOT_A_VOICE) from error


def _opened(content: bytes) -> InputContainer:
    options = {"format_whitelist": FORMATS, "codec_whitelist": CODECS, "protocol_whitelist": ""}
    return av.open(BytesIO(content), mode="r", options=options, metadata_errors="ignore")


def _track(container: InputContainer) -> AudioStream:
    """The sound of it. A picture of a cover is no film."""
    if any(not one.disposition & Disposition.attached_pic for one in container.streams.video):
        raise NotAVoice(Reason.VIDEO)
    track = next(iter(container.streams.audio), None)
    if track is None or track.codec_context is None or track.codec_context.name not in CODECS.split(","):
        raise NotAVoice(Reason.NOT_A_VOICE)
    if container.duration and container.duration > LIMIT_SECONDS * av.time_base:
        raise NotAVoice(Reason.TOO_LONG)
    track.codec_context.thread_count = 1
    return track


def _heard(container: InputContainer, track: AudioStream) -> "array[int]":
    """All samples, as far as the file is whole."""
    samples, narrow = array("h"), av.AudioResampler("s16", "mono", RATE)
    for frame in _frames(container, track):
        for part in narrow.resample(frame):
            samples.frombytes(bytes(part.planes[0])[: part.samples * 2])
        if len(samples) > LIMIT_SECONDS * RATE:
            raise NotAVoice(Reason.TOO_LONG)
    return samples


def _frames(container: InputContainer, track: AudioStream) -> Iterator[AudioFrame]:
    """What can be decoded; where the file breaks off, what came before it counts."""
    ends = time.thread_time() + LIMIT_CPU
    for packet in container.demux(track):
        if time.thread_time() > ends:
            raise NotAVoice(Reason.NOT_A_VOICE)
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            continue


def _levelled(samples: "array[int]") -> list[AudioFrame]:
    """The same voice as loud as all others: by one gain for all of it, and a limiter for what then stands out."""
    graph = Graph()
    source = graph.add_abuffer(format="s16", sample_rate=RATE, layout="mono", time_base=Fraction(1, RATE))
    last: Any = source
    for name, options in (
        ("highpass", "f=80"), ("volume", f"{_gain(samples):.1f}dB"), ("alimiter", "limit=0.9:level=disabled"),
        ("aformat", f"sample_fmts=s16:sample_rates={RATE}:channel_layouts=mono"), ("abuffersink", None),
    ):  # fmt: skip
        added = graph.add(name, options)
        last.link_to(added)
        last = added
    graph.configure()
    return list(_through(graph, samples))


def _gain(samples: "array[int]") -> float:
    """Decibels that bring the speech to LOUD. What is much quieter than the loudest is a pause, and is not counted."""
    windows = sorted(_rms(samples[at : at + WINDOW]) for at in range(0, len(samples), WINDOW))
    loudest = windows[-max(1, len(windows) // 50)]  # a click is not speech
    if loudest < QUIETEST:
        raise NotAVoice(Reason.SILENT)
    speech = [one for one in windows if one > loudest / 10]
    mean = (sum(one * one for one in speech) / len(speech)) ** 0.5
    return max(LEAST_GAIN, min(MOST_GAIN, 20 * log10(LOUD / mean)))


def _rms(samples: "array[int]") -> float:
    return float((sum(map(int.__mul__, samples, samples)) / len(samples)) ** 0.5)


def _through(graph: Graph, samples: "array[int]") -> Iterator[AudioFrame]:
    for at in range(0, len(samples), RATE):
        part = samples[at : at + RATE]
        frame = AudioFrame(format="s16", layout="mono", samples=len(part))
        frame.planes[0].update(part.tobytes())
        frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
        graph.push(frame)
        yield from _pulled(graph)
    graph.push(None)
    yield from _pulled(graph)


def _pulled(graph: Graph) -> Iterator[AudioFrame]:
    while True:
        try:
            yield cast(AudioFrame, graph.pull())
        except (av.error.BlockingIOError, av.error.EOFError):
            return


def _encoded(frames: list[AudioFrame], way: Encoding) -> bytes:
    written = BytesIO()
    with av.open(written, "w", format=way.muxer) as container:
        track = cast(AudioStream, container.add_stream(way.encoder, rate=RATE, options=dict(way.options)))
        encoder = track.codec_context
        encoder.layout, encoder.format = "mono", way.sample
        track.bit_rate = way.bits
        widen = av.AudioResampler(way.sample, "mono", RATE)
        for frame in frames:
            for part in widen.resample(frame):
                container.mux(track.encode(part))
        container.mux(track.encode(None))
    return written.getvalue()
