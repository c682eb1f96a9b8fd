"""Announcements by voice: kept through a refusal, refused in words, heard by the community alone, pushed in words."""

import json
import re
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from community.announcements.models import Announcement
from community.database import db
from community.media import parts
from community.media.models import Voice
from community.notifications import payload
from tests.media.speech import recorded, speech, wav

from .scene import Scene, key_in, page

pytestmark = pytest.mark.sampled

CLIP = recorded(speech(3), "webm", "libopus")


@pytest.fixture
def key() -> str:
    """What a phone calls its recording; the folder of the parts outlives a test."""
    return uuid4().hex


@pytest.fixture
def asha(stage: Scene) -> FlaskClient:
    """An admin of the school who reads English."""
    return stage.newcomer("Asha", stage.school, role="admin")


def send(
    stage: Scene, browser: FlaskClient, content: bytes | None = CLIP, text: str = "", **fields: Any
) -> TestResponse:
    if content is not None:
        fields["voice"] = (BytesIO(content), "voice.webm")
    return stage.announce(browser, text, **fields)


def voices(stage: Scene) -> list[Voice]:
    with stage.app.app_context():
        return list(db.session.scalars(sa.select(Voice).order_by(Voice.id)))


def only(stage: Scene) -> Announcement:
    """The one announcement that has a voice."""
    with stage.app.app_context():
        wanted = sa.select(Announcement).join(Announcement.translations).options(*Announcement.whole())
        return db.session.scalars(wanted.where(sa.text("translation.voice_id IS NOT NULL"))).unique().one()


def address_in(text: str) -> str:
    found = re.search(r'class="voice" href="(/voices/[^"]+/voice\.ogg)"', text)
    assert found, "no voice on this page"
    return found[1]


def test_who_speaks_need_not_write_and_is_heard(stage: Scene, asha: FlaskClient):
    assert send(stage, asha).status_code == 303
    stage.release_all()
    reader = stage.newcomer("Reader", stage.school)

    board = page(reader, "/")

    assert "A voice announcement from" in board
    assert "0:03" in board
    for name, kind in (("voice.ogg", "audio/ogg"), ("voice.m4a", "audio/mp4")):
        answer = reader.get(address_in(board).replace("voice.ogg", name))
        assert (answer.status_code, answer.mimetype) == (200, kind)
        assert "private" in answer.headers["Cache-Control"]
        assert "immutable" in answer.headers["Cache-Control"]
        assert len(answer.data) == voices(stage)[0].sizes[name]


def test_it_plays_without_javascript_and_never_by_itself(stage: Scene, asha: FlaskClient):
    send(stage, asha, text="Words, too")
    stage.release_all()

    board = page(stage.browser("parent"), "/")

    assert "Words, too" in board
    assert '<noscript><audio controls preload="none">' in board
    assert "autoplay" not in board


def test_a_player_may_ask_for_a_range(stage: Scene, asha: FlaskClient):
    send(stage, asha)
    address = f"/voices/{voices(stage)[0].key}/voice.ogg"
    whole = asha.get(address).data

    middle, beyond = (asha.get(address, headers={"Range": wanted}) for wanted in ("bytes=100-299", "bytes=999999-"))

    assert (middle.status_code, middle.data) == (206, whole[100:300])
    assert middle.headers["Content-Range"] == f"bytes 100-299/{len(whole)}"
    assert beyond.status_code == 416


def test_a_voice_is_for_its_community_and_a_stranger_learns_nothing(stage: Scene, asha: FlaskClient):
    send(stage, asha)
    key = voices(stage)[0].key
    stranger = stage.newcomer("Stranger")

    there, missing = stranger.get(f"/voices/{key}/voice.ogg"), stranger.get(f"/voices/{'A' * 22}/voice.ogg")

    assert stage.browser("member").get(f"/voices/{key}/voice.ogg").status_code == 200
    assert (there.status_code, missing.status_code) == (404, 404)
    assert there.text.replace(key, "") == missing.text.replace("A" * 22, "")
    assert stage.app.test_client().get(f"/voices/{key}/voice.ogg").status_code == 401
    assert asha.get(f"/voices/{key}/voice.wav").status_code == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 a zip named webm", "not a voice"),
        (b"", "not a voice"),
        (CLIP[:60], "not a voice"),
        (wav(bytes(96_000)), "Nothing can be heard"),
        (recorded(speech(2), "mp4", "aac", film=True), "This is a video"),
        (wav(bytes(2 * 500 * 190), rate=500), "longer than three minutes"),
    ],
    ids=["a zip", "nothing", "cut off", "silence", "a video", "too long"],
)  # fmt: skip
def test_what_is_no_voice_is_refused_in_words_and_the_text_is_kept(
    stage: Scene, asha: FlaskClient, content: bytes, words: str
):
    answer = send(stage, asha, content, text="My words")

    assert answer.status_code == 422
    assert words in answer.text
    assert "My words</textarea>" in answer.text
    assert voices(stage) == []


def test_a_voice_that_was_refused_asks_for_no_words(stage: Scene, asha: FlaskClient):
    answer = send(stage, asha, b"none")

    assert answer.status_code == 422
    assert "Say something, or write it here." not in answer.text


def test_who_says_nothing_at_all_is_told_so(stage: Scene, asha: FlaskClient):
    assert "Say something, or write it here." in send(stage, asha, None).text


def test_a_refused_form_keeps_its_voice_and_sends_it_with_the_next_try(stage: Scene, asha: FlaskClient):
    refused = send(stage, asha, at="no time at all")
    kept = re.search(r'name="voice_key" value="([^"]+)"', refused.text)

    assert refused.status_code == 422
    assert kept
    assert "Your voice is kept." in refused.text
    assert send(stage, asha, None, key=key_in(refused.text), voice_key=kept[1]).status_code == 303
    assert only(stage).original.voice.key == kept[1]
    assert len(voices(stage)) == 1


def test_nobody_takes_the_voice_of_another(stage: Scene, asha: FlaskClient):
    send(stage, asha)

    answer = send(stage, stage.browser("head"), None, voice_key=voices(stage)[0].key)

    assert answer.status_code == 422


def test_the_same_form_twice_is_one_announcement(stage: Scene, asha: FlaskClient):
    assert [send(stage, asha).status_code for _ in range(2)] == [303, 303]
    assert only(stage).original.voice


def test_an_old_form_that_now_has_a_voice_does_not_lose_it_silently(stage: Scene, asha: FlaskClient):
    send(stage, asha, None, text="Words")

    assert send(stage, asha, text="Words").status_code == 422


def test_its_words_may_be_taken_out_but_not_those_of_one_without_a_voice(stage: Scene, asha: FlaskClient):
    send(stage, asha, text="Words")
    spoken = only(stage)
    send(stage, asha, None, text="Only words", key="another-key-of-a-phone")

    assert asha.post(f"/announcements/{spoken.id}", data={"text": ""}).status_code == 303
    assert asha.post(f"/announcements/{stage.said('Only words')}", data={"text": ""}).status_code == 422
    assert stage.state(spoken.id).original.text == ""


def test_a_push_says_in_words_that_somebody_speaks(stage: Scene, asha: FlaskClient):
    send(stage, asha)
    stage.release_all()
    said = only(stage)

    with stage.app.test_request_context():
        sent = [json.loads(payload.template(said, language, is_neutral=False)) for language in ("en", "hi")]

    [english, hindi] = [one["notification"] for one in sent]
    assert english["body"] == "A voice announcement from Asha"
    assert english["data"]["sheet"]["words"] == english["body"]
    assert "Asha" in hindi["body"] != english["body"]
    assert hindi["lang"] == "hi"


@pytest.mark.parametrize("level", ["no-photos", "words"])
def test_on_a_saver_level_its_price_stands_there_and_it_is_not_brought(stage: Scene, asha: FlaskClient, level: str):
    send(stage, asha)
    stage.release_all()
    reader = stage.newcomer("Reader", stage.school)
    assert "data-bring" in page(reader, "/")

    reader.post("/me/saver", data={"level": level})

    board = page(reader, "/")
    assert "data-bring" not in board
    assert f"{-(-voices(stage)[0].sizes['voice.ogg'] // 1000)} KB" in board


def patch(stage: Scene, browser: FlaskClient, offset: object, content: bytes, key: str) -> TestResponse:
    return browser.patch(
        f"/groups/{stage.school}/recordings/{key}", data=content, headers={"Upload-Offset": str(offset)}
    )


def test_a_recording_in_parts_goes_on_where_it_was_lost(stage: Scene, asha: FlaskClient, key: str):
    first, rest = CLIP[:4000], CLIP[4000:]
    answers = [
        patch(stage, asha, 0, first, key),
        patch(stage, asha, 0, first, key),
        patch(stage, asha, 4000, rest, key),
    ]

    assert [answer.status_code for answer in answers] == [204, 409, 204]
    assert [answer.headers["Upload-Offset"] for answer in answers] == ["4000", "4000", str(len(CLIP))]
    assert send(stage, asha, None, voice_parts=key).status_code == 303
    assert abs(only(stage).original.voice.milliseconds - 3000) < 150
    assert send(stage, asha, None, voice_parts=key).status_code == 303, "the answer was lost, and it is sent again"


def test_parts_that_never_came_are_missed_in_words(stage: Scene, asha: FlaskClient):
    answer = send(stage, asha, None, text="My words", voice_parts="never-came-here")

    assert answer.status_code == 422
    assert "did not arrive" in answer.text
    assert "My words</textarea>" in answer.text


def test_parts_are_hers_alone(stage: Scene, asha: FlaskClient, key: str):
    patch(stage, asha, 0, CLIP, key)

    assert send(stage, stage.browser("head"), None, voice_parts=key).status_code == 422


def test_parts_have_limits(stage: Scene, asha: FlaskClient, key: str, monkeypatch: pytest.MonkeyPatch):
    assert patch(stage, asha, 0, bytes(parts.PART + 1), key).status_code == 413
    assert patch(stage, asha, 0, b"", key).status_code == 413
    assert patch(stage, asha, "x", b"x", key).status_code == 404
    assert patch(stage, asha, "9" * 12, b"x", key).status_code == 404
    assert patch(stage, asha, 0, b"x", key="short").status_code == 404
    monkeypatch.setattr(parts, "MOST", 10)
    assert patch(stage, asha, 0, bytes(11), key).status_code == 413
    assert patch(stage, asha, 0, bytes(10), key).status_code == 204


def test_only_so_many_recordings_wait_for_their_form(stage: Scene, asha: FlaskClient):
    for number in range(parts.KEPT + 2):
        assert patch(stage, asha, 0, b"part", key=f"recording-{number}").status_code == 204

    with stage.app.test_request_context():
        found = [parts.found(stage.person("Asha"), f"recording-{number}") for number in range(parts.KEPT + 2)]
    assert [one is not None for one in found[-1:]] == [True]
    assert sum(one is not None for one in found) == parts.KEPT


def test_who_may_not_announce_may_not_record(stage: Scene, key: str):
    assert patch(stage, stage.browser("parent"), 0, CLIP, key).status_code == 404
    assert patch(stage, stage.app.test_client(), 0, CLIP, key).status_code in (401, 403)
