"""A page can be heard: by who may see it, each part in its own language, and nobody's words from an address."""

import io
import re
from html import unescape

import av
import pytest
from flask.testing import FlaskClient

from community.languages import LANGUAGES, speaking
from community.languages import gettext as _
from community.speech.hearing import cupboard
from community.speech.models import Recording
from community.speech.reading import parts_of
from tests.conftest import Stage
from tests.speech.test_clips import looked_at, tone, wav

pytestmark = pytest.mark.sampled

HERE = "http://localhost"
ROW = re.compile(
    r'<li class="row wrap"( hidden)? data-words="([^"]*)" data-clip="([^"]*)" data-voice="(\w+)" data-code="(\w+)"'
)


def rows(browser: FlaskClient, path: str, code: str = "hi") -> dict[str, tuple[str, str, str]]:
    """What can be heard there: its words, and the address, whose voice, and language of its clip."""
    browser.set_cookie("language", code)
    page = browser.get("/listen", headers={"Referer": HERE + path})
    assert page.status_code == 200
    return {unescape(words): (clip, voice, spoken) for _hidden, words, clip, voice, spoken in ROW.findall(page.text)}


def test_every_control_of_the_welcome_has_a_clip_that_plays(browser: FlaskClient) -> None:
    browser.set_cookie("language", "hi")
    controls = [part for part in parts_of(browser.get("/").text, "hi") if part.is_control]
    heard = rows(browser, "/")
    assert controls
    for part in controls:
        clip, voice, spoken = heard[part.words]
        assert (voice, spoken) == ("machine", "hi")
        answer = browser.get(clip)
        assert answer.mimetype == "audio/ogg"
        assert "immutable" in answer.headers["Cache-Control"]
        assert looked_at(answer.data)[2] > 0.2


def test_a_player_may_ask_for_a_part_of_a_clip(browser: FlaskClient) -> None:
    clip = next(iter(rows(browser, "/").values()))[0]
    whole = browser.get(clip).data
    part = browser.get(clip, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (206, whole[10:20])
    assert browser.get(clip).data == whole


@pytest.mark.parametrize(
    "referer",
    [
        "",
        "nonsense",
        "http://[",
        "http://localhost",
        "http://localhost//elsewhere",
        "http://localhost/sw.js",
        "http://localhost/\\elsewhere",
        "http://localhost/" + "a" * 400,
        "http://elsewhere.example/groups/1",
    ],
)
def test_from_nowhere_it_is_the_courtyard(browser: FlaskClient, referer: str) -> None:
    browser.set_cookie("language", "hi")
    page = browser.get("/listen", headers={"Referer": referer})
    assert 'href="/"' in page.text
    assert ROW.search(page.text)


@pytest.mark.parametrize("path", ["/listen", "/metrics", "/speech/" + "0" * 32 + ".ogg", "/manifest.webmanifest"])
def test_what_is_no_page_has_nothing_to_hear(browser: FlaskClient, path: str) -> None:
    assert rows(browser, path) == {} or path == "/metrics"


@pytest.mark.parametrize(
    "path", ["/%ff", "/%00", "/groups/99999999999999999999", "/?lang=%ff&lang=zz", "/j/%2e%2e%2f", "/?&&==&a", "/a:b@c"]
)
def test_no_address_breaks_it(browser: FlaskClient, path: str) -> None:
    """What is not there is a page in words, and these can be heard."""
    assert any(clip for clip, _voice, _code in rows(browser, path).values())


def test_no_text_from_an_address_is_spoken(browser: FlaskClient) -> None:
    assert browser.get("/speech/hello.ogg").status_code == 404
    assert browser.get("/speech/" + "a" * 32 + ".ogg").status_code == 404
    assert "hello" not in rows(browser, "/?text=hello&lang=hi")


def test_only_who_may_read_a_page_hears_it(stage: Stage) -> None:
    inside, outside = stage.browser("head"), stage.app.test_client()
    group = f"/groups/{stage.school}"
    mine, others = rows(inside, group), rows(outside, group)
    with stage.app.test_request_context("/"):
        word = _("Who is here")
    assert word in mine
    assert word not in others


def test_who_has_no_voice_hears_another_language_and_is_told(browser: FlaskClient) -> None:
    heard = rows(browser, "/", "ks")
    page = browser.get("/listen", headers={"Referer": HERE + "/"})
    assert {spoken for _clip, _voice, spoken in heard.values()} == {"ur"}
    assert LANGUAGES["ur"].autonym in page.text
    with browser.application.test_request_context("/"), speaking("ks"):
        assert _("I have a code") in heard
    same = {clip for clip, _voice, _spoken in rows(browser, "/", "ur").values()}
    assert {clip for clip, _voice, _spoken in heard.values()} <= same, "what is heard is what a reader of Urdu hears"


def test_an_announcement_is_heard_by_whom_it_is_for(stage: Stage) -> None:
    number = re.findall(r'href="/announcements/(\d+)"', stage.browser("head").get("/").text)[0]
    heard = stage.browser("head").get(f"/announcements/{number}/speech")
    assert heard.mimetype == "audio/ogg"
    assert looked_at(heard.data)[2] > 1
    assert "no-cache" in heard.headers["Cache-Control"]
    assert stage.app.test_client().get(f"/announcements/{number}/speech").status_code == 401
    assert stage.browser("head").get(f"/announcements/{number}/speech?language=ta").status_code == 404


def said(browser: FlaskClient, group: int, prompt: int, content: bytes) -> int:
    data = {"prompt": str(prompt), "sound": (io.BytesIO(content), "voice.wav", "audio/wav")}
    return browser.post(f"/groups/{group}/voice", data=data, content_type="multipart/form-data").status_code


def test_a_volunteer_is_heard_once_an_admin_agrees(stage: Stage) -> None:
    volunteer, head = stage.browser("teacher"), stage.browser("head")
    grade = stage.school  # she hears what is said there
    page = volunteer.get(f"/groups/{grade}/voice?prompt=3")
    words = re.search(r'<p class="say"[^>]*>(.*?)</p>', page.text)
    assert words
    assert said(volunteer, grade, 3, wav(tone(1))) == 303
    with stage.app.app_context():
        one = Recording.waiting_in(_root(stage))[0]
        number, clip = one.id, one.clip
        assert cupboard().clip(clip)
    assert head.post(f"/recordings/{number}/answer", data={"answer": "approved"}).status_code == 303
    with stage.app.app_context():
        assert Recording.approved_in([stage.school], one.language)[one.message].clip == clip
        assert Recording.waiting_in(_root(stage)) == []


def _root(stage: Stage) -> "object":
    from community.database import db
    from community.groups.models import Group

    return db.session.get_one(Group, stage.school)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04" + b"x" * 2000, b"not a sound"], ids=["empty", "zip", "text"])
def test_what_is_no_sound_is_refused_in_words(stage: Stage, content: bytes) -> None:
    grade = stage.school  # she hears what is said there
    data = {"prompt": "2", "sound": (io.BytesIO(content), "voice.webm", "audio/webm")}
    answer = stage.browser("teacher").post(f"/groups/{grade}/voice", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert 'class="wrong"' in answer.text


def test_the_encoder_is_there() -> None:
    assert "libopus" in av.codecs_available
