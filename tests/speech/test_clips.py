"""Clips: small, of one kind, under a name that nobody can make, and made once."""

import io
import json
import math
import os
import struct
import time
import wave
from pathlib import Path

import av
import pytest

from community.speech.clip import LIMIT_SECONDS, LONGEST, NotSound, encoded, reencoded
from community.speech.cupboard import PAGES, WEEK, WORDS, Cupboard
from community.speech.machine import Sound, Speechless, spoken

pytestmark = [pytest.mark.sqlite_only, pytest.mark.sampled]
WATER = (("hi", "पानी कल सुबह 7 बजे आएगा।"),)


@pytest.fixture
def cupboard(tmp_path: Path) -> Cupboard:
    return Cupboard(tmp_path / "speech", "a secret of this test")


SLOW = {
    "en": "The water comes at seven in the morning, and everybody who wants some brings a clean pot and stands in line.",
    "hi": "कल सुबह सात बजे पानी आएगा और जिसको पानी चाहिए वह साफ़ बर्तन लेकर गाँव के कुएँ के पास लाइन में खड़ा हो जाए।",
    "ur": "کل صبح سات بجے پانی آئے گا اور جس کو پانی چاہیے وہ صاف برتن لے کر گاؤں کے کنویں کے پاس کھڑا ہو جائے۔",
}


def looked_at(clip: bytes) -> tuple[str, int, float, int]:
    """Codec, channels, seconds, and the length of its frames in samples of 48 kHz; the last is cut where the sound ends."""
    with av.open(io.BytesIO(clip)) as found:
        stream = found.streams.audio[0]
        lengths = [packet.duration or 0 for packet in found.demux() if packet.size]
        assert set(lengths[:-1]) <= {max(lengths)}
        return stream.codec_context.name, stream.channels, (found.duration or 0) / 1e6, max(lengths)


def loudest(clip: bytes) -> int:
    with av.open(io.BytesIO(clip)) as found:
        even = av.AudioResampler(format="s16", layout="mono")
        frames = [part for frame in found.decode(audio=0) for part in even.resample(frame)]
    return max(
        abs(value)
        for frame in frames
        for (value,) in struct.iter_unpack("<h", bytes(frame.planes[0])[: frame.samples * 2])
    )


def tone(seconds: float, hertz: int = 22050) -> Sound:
    values = (int(9000 * math.sin(number / 8)) for number in range(int(seconds * hertz)))
    return Sound(hertz, b"".join(struct.pack("<h", value) for value in values))


def wav(sound: Sound) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.hertz)
        file.writeframes(sound.samples)
    return written.getvalue()


def test_a_clip_is_opus_of_60_ms_and_about_8_kbit(cupboard: Cupboard) -> None:
    clip = cupboard.make(WATER, WORDS)
    codec, channels, seconds, length = looked_at(clip)
    assert (codec, channels, length) == ("opus", 1, 2880)
    assert 1.5 < seconds < 5
    assert len(clip) < 1300 * seconds
    assert loudest(clip) > 3000


def test_the_same_words_are_made_once(cupboard: Cupboard) -> None:
    name = cupboard.promise(WATER, WORDS)
    made = cupboard.make(WATER, WORDS)
    path = next(cupboard.folder.rglob("*.ogg"))
    path.write_bytes(b"as it lies there")
    assert cupboard.clip(name) == b"as it lies there" != made
    assert not list(cupboard.folder.rglob("*.json")), "a note that was kept is gone"


def test_nothing_is_said_that_was_not_promised(cupboard: Cupboard) -> None:
    assert cupboard.clip("0" * 32) is None
    assert cupboard.clip("../../secret") is None
    assert cupboard.clip(Cupboard(cupboard.folder, "another's secret").name(WATER)) is None
    assert cupboard.name(WATER) != cupboard.name((("hi", "कुछ और"),)) != cupboard.name((("mr", "कुछ और"),))


def test_what_people_wrote_is_swept_after_a_week(cupboard: Cupboard) -> None:
    cupboard.make(WATER, WORDS)
    cupboard.make((("hi", "मुन्नी"),), PAGES)
    for path in cupboard.folder.rglob("*.ogg"):
        os.utime(path, (time.time() - WEEK - 60,) * 2)
    (cupboard.folder / "swept").unlink()
    cupboard.make((("hi", "और कुछ"),), PAGES)
    kept = sorted(path.parts[-3] for path in cupboard.folder.rglob("*.ogg"))
    assert kept == [PAGES, WORDS]


def test_words_in_two_languages_are_said_by_two_voices(cupboard: Cupboard) -> None:
    both = looked_at(cupboard.make((("hi", "अंदर आना चाहते हैं"), ("ta", "பள்ளி")), PAGES))[2]
    alone = looked_at(cupboard.make((("hi", "अंदर आना चाहते हैं"),), PAGES))[2]
    assert both > alone + 0.2


@pytest.mark.parametrize(
    "text", ["", "…", "॥ ।", "a" * 2000, "😀", "\x00", "<speak>", "[[h@'loU]]", "&#0;", "ि" * 300, "9" * 400]
)
def test_no_text_breaks_the_machine(text: str) -> None:
    assert spoken([text], "hi")[0].hertz == 22050


def test_a_voice_that_is_not_there_is_no_crash() -> None:
    with pytest.raises(Speechless):
        spoken(["x"], "klingon-of-ours")


def test_a_recording_of_a_person_is_made_small() -> None:
    sent = wav(tone(3))
    clip = reencoded(sent)
    _codec, channels, seconds, length = looked_at(clip)
    assert (channels, length) == (1, 2880)
    assert abs(seconds - 3) < 0.2
    assert len(clip) < len(sent) / 10


@pytest.mark.patient
def test_silence_of_no_length_junk_a_zip_and_what_is_too_long_are_refused() -> None:
    for bad in (b"", b"PK\x03\x04" + b"x" * 3000, os.urandom(5000), wav(tone(0)), wav(tone(LIMIT_SECONDS + 1))):
        with pytest.raises(NotSound):
            reencoded(bad)


@pytest.mark.patient
def test_what_the_recorder_ends_by_itself_is_taken() -> None:
    """It ends at the limit that the page names; what a phone needs to stop comes on top."""
    assert looked_at(reencoded(wav(tone(LONGEST + 0.5))))[2] > LONGEST


@pytest.mark.parametrize(("voice", "text"), SLOW.items())
def test_the_machine_says_140_words_a_minute_at_most(voice: str, text: str) -> None:
    """Rule 17, by what comes out: espeak-ng's own count of words is another one."""
    assert len(text.split()) / spoken([text], voice)[0].seconds * 60 <= 140


def test_a_note_holds_what_is_said_and_no_more(cupboard: Cupboard) -> None:
    name = cupboard.promise(WATER, PAGES)
    note = next(cupboard.folder.rglob("*.json"))
    assert json.loads(note.read_text()) == [list(run) for run in WATER]
    assert note.stem == name


def test_an_empty_sound_is_a_clip() -> None:
    assert encoded(Sound(22050, b"")).startswith(b"OggS")
