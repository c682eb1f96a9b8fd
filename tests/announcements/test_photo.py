"""Photos that come with the composer: kept through a refusal, refused in words, and shown to the community alone."""

import re
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from community.database import db
from community.media.models import Photo
from tests.media.samples import bomb, talkative_jpeg

from .scene import Scene, key_in, page

pytestmark = pytest.mark.sampled

MEGABYTE = 1024 * 1024


@pytest.fixture
def asha(stage: Scene) -> FlaskClient:
    """An admin of the school who reads English."""
    return stage.newcomer("Asha", stage.school, role="admin")


def send(stage: Scene, browser: FlaskClient, content: bytes | None, name: str = "a.jpg", **fields: Any) -> TestResponse:
    if content is not None:
        fields["photo"] = (BytesIO(content), name)
    return stage.announce(browser, fields.pop("text", "See the photo"), **fields)


def photos(stage: Scene) -> list[Photo]:
    with stage.app.app_context():
        return list(db.session.scalars(sa.select(Photo).order_by(Photo.id)))


class Endless:
    """So many bytes, of which none exists before it is read."""

    def __init__(self, size: int) -> None:
        start = b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nMy words\r\n--b\r\n'
        self.start = start + b'Content-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'
        self.left, self.given = size, 0

    def read(self, size: int = -1) -> bytes:
        chunk = self.start[:size] if size >= 0 else self.start
        self.start = self.start[len(chunk) :]
        if not chunk:
            chunk = bytes(min(MEGABYTE if size < 0 else size, self.left))
            self.left -= len(chunk)
        self.given += len(chunk)
        return chunk

    def readline(self, size: int = -1) -> bytes:
        return self.read(size)


def test_a_photo_goes_with_the_words_and_is_shown_small(stage: Scene, asha: FlaskClient):
    assert send(stage, asha, talkative_jpeg()).status_code == 303
    stage.release_all()
    reader = stage.browser("parent")

    found = re.findall(r'src(?:set)?="(/photos/[^"]+)"', page(reader, "/"))

    assert [path.rsplit("/", 1)[1] for path in found] == ["480.avif", "480.webp", "480.jpg"]
    answers = [reader.get(path) for path in found]
    assert [answer.mimetype for answer in answers] == ["image/avif", "image/webp", "image/jpeg"]
    assert all(b"Meera" not in answer.data and "private" in answer.headers["Cache-Control"] for answer in answers)


def test_a_photo_is_for_its_community_and_a_stranger_learns_nothing(stage: Scene, asha: FlaskClient):
    send(stage, asha, talkative_jpeg())
    key = photos(stage)[0].key
    stranger, insider = stage.newcomer("Stranger"), stage.browser("member")

    there, missing = stranger.get(f"/photos/{key}/480.jpg"), stranger.get(f"/photos/{'A' * 22}/480.jpg")

    assert insider.get(f"/photos/{key}/480.jpg").status_code == 200
    assert (there.status_code, missing.status_code) == (404, 404)
    assert there.text.replace(key, "") == missing.text.replace("A" * 22, "")
    assert stage.app.test_client().get(f"/photos/{key}/480.jpg").status_code == 401


@pytest.mark.parametrize("name", ["481.jpg", "480.png", "480.html", "0.jpg", "original.jpg"])
def test_only_what_was_made_of_a_photo_is_there(stage: Scene, asha: FlaskClient, name: str):
    send(stage, asha, talkative_jpeg())

    assert asha.get(f"/photos/{photos(stage)[0].key}/{name}").status_code == 404


@pytest.mark.parametrize("key", ["%00", "..", "%2e%2e%2fsecret", "a%00b", "%F0%9F%98%80"])
def test_a_key_that_is_none_is_missing(asha: FlaskClient, key: str):
    assert asha.get(f"/photos/{key}/480.jpg").status_code == 404


def test_a_photo_whose_file_is_lost_is_missing(stage: Scene, asha: FlaskClient):
    from community.media import store

    send(stage, asha, talkative_jpeg())
    photo = photos(stage)[0]
    with stage.app.app_context():
        store.current().remove(photo.name_of("480.jpg"))

    assert asha.get(f"/photos/{photo.key}/480.jpg").status_code == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"just a text, whatever its name says", "not a photo"), (b"", "not a photo"), (bomb(30_000), "too many points")],
    ids=["a text", "nothing", "a bomb"],
)
def test_what_is_no_photo_is_refused_in_words_and_the_text_is_kept(
    stage: Scene, asha: FlaskClient, content: bytes, words: str
):
    answer = send(stage, asha, content)

    assert answer.status_code == 422
    assert words in answer.text
    assert "See the photo</textarea>" in answer.text
    assert photos(stage) == []


def test_a_refused_form_keeps_its_photo_and_sends_it_with_the_next_try(stage: Scene, asha: FlaskClient):
    refused = send(stage, asha, talkative_jpeg(), text="")
    kept = re.search(r'name="photo_key" value="([^"]+)"', refused.text)

    assert refused.status_code == 422
    assert kept
    assert "Your photo is kept." in refused.text
    assert (
        send(stage, asha, None, text="Now with words", key=key_in(refused.text), photo_key=kept[1]).status_code == 303
    )
    said = stage.state(stage.said("Now with words"))
    assert said.photo
    assert said.photo.key == kept[1]
    assert len(photos(stage)) == 1


def test_a_second_file_that_is_no_photo_does_not_lose_the_first(stage: Scene, asha: FlaskClient):
    send(stage, asha, talkative_jpeg(), text="")
    key = photos(stage)[0].key

    answer = send(stage, asha, b"no photo", photo_key=key)

    assert answer.status_code == 422
    assert f'name="photo_key" value="{key}"' in answer.text


def test_an_old_form_with_other_words_keeps_its_photo(stage: Scene, asha: FlaskClient):
    send(stage, asha, None, text="Without a photo", key="an-old-form-of-mine")

    answer = send(stage, asha, talkative_jpeg(), text="With a photo", key="an-old-form-of-mine")

    assert answer.status_code == 422
    assert f'name="photo_key" value="{photos(stage)[0].key}"' in answer.text


def test_an_old_form_that_now_has_a_photo_does_not_lose_it_silently(stage: Scene, asha: FlaskClient):
    send(stage, asha, None, key="an-old-form-of-mine")

    assert send(stage, asha, talkative_jpeg(), key="an-old-form-of-mine").status_code == 422


@pytest.mark.parametrize("key", ["A" * 22, "\0", "../../secret.key", ""])
def test_a_photo_key_that_is_none_is_no_photo(stage: Scene, asha: FlaskClient, key: str):
    assert send(stage, asha, None, photo_key=key).status_code == 303
    assert stage.state(stage.said("See the photo")).photo is None


def test_nobody_takes_the_photo_of_another(stage: Scene, asha: FlaskClient):
    send(stage, asha, talkative_jpeg())

    send(stage, stage.browser("head"), None, text="Not mine", photo_key=photos(stage)[0].key)

    assert stage.state(stage.said("Not mine")).photo is None


def pour(stage: Scene, browser: FlaskClient, body: Endless, **environ: Any) -> TestResponse:
    """Send the body as a server would hand it over: unread."""
    return browser.post(
        f"/groups/{stage.school}/announcements", content_type="multipart/form-data; boundary=b",
        environ_overrides={"wsgi.input": body, **environ},
    )  # fmt: skip


@pytest.mark.parametrize(
    "environ",
    [{"CONTENT_LENGTH": str(200 * MEGABYTE)}, {"wsgi.input_terminated": True}],
    ids=["with", "without length"],
)
def test_two_hundred_megabytes_get_a_page_and_are_not_taken_in(
    stage: Scene, asha: FlaskClient, environ: dict[str, Any]
):
    body = Endless(200 * MEGABYTE)

    answer = pour(stage, asha, body, **environ)

    assert answer.status_code == 413
    assert "This is too big to send" in answer.text
    assert body.given < 13 * MEGABYTE


def test_a_length_that_lies_is_believed_and_nothing_breaks(stage: Scene, asha: FlaskClient):
    body = Endless(200 * MEGABYTE)

    answer = pour(stage, asha, body, CONTENT_LENGTH="100")

    assert answer.status_code == 422
    assert body.given <= 100
