"""What becomes of a recording: small, levelled, anonymous, of known length; or a reason, and nothing kept."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest

from community.media import sound
from community.media.sound import LIMIT_BYTES, NotAVoice, Reason, Spoken, prepare
from tests.sample import some

from .speech import RATE, recorded, speech, wav

pytestmark = [pytest.mark.sqlite_only, pytest.mark.sampled]
PHONES = {
    "Chrome": ("webm", "libopus", {}),
    "Firefox": ("ogg", "libopus", {}),
    "Safari": ("mp4", "aac", {}),
    "an old recorder": ("3gp", "aac", {"rate": 16_000}),
    "stereo": ("mp4", "aac", {"rate": 44_100, "layout": "stereo"}),
    "music": ("mp3", "libmp3lame", {"rate": 44_100}),
}


def heard(content: bytes) -> av.container.InputContainer:
    return av.open(io.BytesIO(content))


def loudness(content: bytes) -> float:
    """How many decibels its speech lacks to be as loud as all others."""
    return sound._gain(sound._decoded(content))


def refused(content: bytes) -> Reason:
    with pytest.raises(NotAVoice) as no:
        prepare(io.BytesIO(content))
    return no.value.reason


@pytest.fixture(scope="module")
def spoken() -> Spoken:
    return prepare(io.BytesIO(recorded(speech(20), "webm", "libopus")))


def test_twenty_seconds_take_32_kilobytes_at_most(spoken: Spoken):
    assert 15_000 < spoken.sizes["voice.ogg"] <= 32_000 - 600, "with the head of its answer"
    assert spoken.sizes["voice.ogg"] == len(spoken.renditions["voice.ogg"])


def test_it_is_one_channel_of_opus_in_long_frames_with_an_aac_for_old_iphones(spoken: Spoken):
    with heard(spoken.renditions["voice.ogg"]) as ogg:
        track = ogg.streams.audio[0]
        assert (ogg.format.name, track.codec_context.name, track.layout.nb_channels) == ("ogg", "opus", 1)
        packets = [packet for packet in ogg.demux(track) if packet.size]
        assert {packet.duration for packet in packets[:-1]} == {int(0.06 * 48_000)}
    with heard(spoken.renditions["voice.m4a"]) as aac:
        track = aac.streams.audio[0]
        assert (track.codec_context.name, track.layout.nb_channels, track.rate) == ("aac", 1, RATE)


@pytest.mark.parametrize(("muxer", "encoder", "more"), PHONES.values(), ids=PHONES)
def test_what_phones_record_is_heard(muxer: str, encoder: str, more: dict[str, int]):
    made = prepare(io.BytesIO(recorded(speech(3), muxer, encoder, **more)))

    assert abs(made.milliseconds - 3000) < 150
    assert abs(loudness(made.renditions["voice.ogg"])) < 2


@pytest.mark.patient
def test_a_whisper_and_a_shout_come_out_alike():
    quiet, loud = (prepare(io.BytesIO(wav(speech(4, level)))) for level in (0.06, 0.95))

    apart = loudness(wav(speech(4, 0.06))) - loudness(wav(speech(4, 0.95)))
    assert apart > 20
    for name in quiet.renditions:
        assert abs(loudness(quiet.renditions[name]) - loudness(loud.renditions[name])) < 1.5


def test_nothing_is_told_of_who_or_where():
    written = io.BytesIO()
    with av.open(written, "w", format="mp4") as container:
        container.metadata["title"], container.metadata["location"] = "Meera's phone", "+28.6139+077.2090/"
        container.add_stream("aac", rate=RATE, layout="mono")
        _fill(container)
    assert b"Meera" in written.getvalue()

    made = prepare(io.BytesIO(written.getvalue()))

    assert all(b"Meera" not in content and b"28.6139" not in content for content in made.renditions.values())


def _fill(container: av.container.OutputContainer) -> None:
    from .speech import _frames

    track = container.streams.audio[0]
    widen = av.AudioResampler("fltp", "mono", RATE)
    for one in _frames(speech(2)):
        for part in widen.resample(one):
            container.mux(track.encode(part))
    container.mux(track.encode(None))


def test_a_zip_named_webm_and_a_text_and_nothing_are_no_voice():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("voice.webm", wav(speech(2)))
    for content in (packed.getvalue(), b"just a text, whatever its name says", b""):
        assert refused(content) is Reason.NOT_A_VOICE


def test_a_video_is_refused_as_one():
    assert refused(recorded(speech(2), "mp4", "aac", film=True)) is Reason.VIDEO


@pytest.mark.parametrize(
    "content", [wav(bytes(RATE * 6)), wav(speech(3, 0.0008)), wav(speech(0.2))], ids=["zeros", "hiss", "a slip"]
)
def test_where_nobody_speaks_it_is_silent(content: bytes):
    assert refused(content) is Reason.SILENT


def test_three_hours_are_refused_by_what_the_file_says():
    three_hours = wav(bytes(3 * 3600 * 1000), rate=500)

    assert refused(three_hours) is Reason.TOO_LONG


def test_a_file_that_hides_its_length_is_heard_no_further_than_the_limit(monkeypatch: pytest.MonkeyPatch):
    decoded: list[float] = []
    frames = sound._frames

    def counted(*file: Any) -> Iterator[av.AudioFrame]:
        for one in frames(*file):
            decoded.append(one.samples / one.sample_rate)
            yield one

    monkeypatch.setattr(sound, "_frames", counted)
    monkeypatch.setattr(sound, "LIMIT_SECONDS", 2)
    endless = recorded(speech(6), "webm", "libopus", options={"live": "1"})

    assert refused(endless) is Reason.TOO_LONG
    assert 2 < sum(decoded) < 2.1


def test_a_file_that_is_too_much_work_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sound, "LIMIT_CPU", 0)

    assert refused(recorded(speech(3), "webm", "libopus")) is Reason.NOT_A_VOICE


def test_a_huge_file_is_not_taken_in():
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return bytes(size)

    stream = Endless()
    with pytest.raises(NotAVoice) as no:
        prepare(stream)  # type: ignore[arg-type]
    assert (no.value.reason, stream.given) == (Reason.TOO_LARGE, LIMIT_BYTES + 1)


def test_of_a_recording_that_broke_off_what_came_is_heard():
    whole = recorded(speech(6), "webm", "libopus")

    made = prepare(io.BytesIO(whole[: len(whole) // 2]))

    assert 1500 < made.milliseconds < 5000


def test_an_mp4_without_its_end_is_no_voice():
    whole = recorded(speech(3), "mp4", "aac")

    assert refused(whole[: len(whole) * 2 // 3]) is Reason.NOT_A_VOICE


@pytest.mark.parametrize("at", some(range(0, 4000, 97), "damage", normally=6))
def test_damage_anywhere_gives_a_voice_or_a_reason(at: int):
    whole = bytearray(recorded(speech(2), "webm", "libopus"))
    whole[at : at + 40] = bytes(reversed(whole[at : at + 40]))
    try:
        assert prepare(io.BytesIO(bytes(whole))).milliseconds > 0
    except NotAVoice as no:
        assert no.reason in Reason


def test_a_playlist_is_not_followed(tmp_path: Path):
    (tmp_path / "secret.wav").write_bytes(wav(speech(2)))
    lists = (
        f"#EXTM3U\n#EXTINF:2,\nfile://{tmp_path}/secret.wav\n#EXT-X-ENDLIST\n",
        f"ffconcat version 1.0\nfile '{tmp_path}/secret.wav'\n",
    )
    for text in lists:
        assert refused(text.encode()) is Reason.NOT_A_VOICE
