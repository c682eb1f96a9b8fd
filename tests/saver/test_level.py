"""What comes by itself on each level, whose choice it is, and what the answers vary by."""

from __future__ import annotations

import math
import re
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from community.assets import STATIC
from community.database import db
from community.media.models import Photo
from community.people.models import Person, Session
from community.people.sign_in import SignInCode
from community.saver.level import LEVELS
from tests.media.samples import talkative_jpeg

pytestmark = pytest.mark.sampled

if TYPE_CHECKING:
    from tests.conftest import Browser, Stage

SAVES = {"Save-Data": "on"}
# As it was before there were levels: the page of who wants everything is the same to the byte.
PICTURE = (
    '<picture><source type="image/avif" srcset="/photos/{key}/480.avif"><source type="image/webp" srcset="/photos/{key}'
    '/480.webp"><img class="shot" src="/photos/{key}/480.jpg" width="{width}" height="{height}" alt="" loading="lazy" '
    'decoding="async"></picture>'
)
TEMPLATE = re.compile(r"<template>.*?</template>", re.S)
BROUGHT = re.compile(
    (STATIC / "sw" / "photos.js").read_text().split("const SHOWN = /")[1].split("/g; //")[0].replace("\\/", "/")
)


@pytest.fixture
def photo(stage: Stage) -> Photo:
    """Shown to the whole school; and a photo stands on a door."""
    head = stage.browser("head")
    fields: dict[str, Any] = {"text": "The well", "kind": "news", "key": uuid4().hex}
    fields["photo"] = (BytesIO(talkative_jpeg()), "a.jpg")
    assert head.post(f"/groups/{stage.school}/announcements", data=fields).status_code == 303
    stage.release_all()
    looks = {"name": "Grade", "language": "en", "photo": (BytesIO(talkative_jpeg()), "b.jpg")}
    assert head.post(f"/groups/{stage.grades[2]}/settings", data=looks).status_code == 303
    with stage.app.app_context():
        return db.session.scalars(sa.select(Photo).order_by(Photo.id)).first()  # type: ignore[return-value]


def choose(browser: Browser, level: str) -> None:
    answer = browser.post("/me/saver", data={"level": level})
    assert (answer.status_code, answer.location) == (303, "/me/saver")


def fetched(text: str) -> set[str]:
    """The photos that a browser asks for by itself, by their renditions: none out of a template."""
    return set(re.findall(r'(?:src|srcset)="/photos/[^/]+/(\d+)\.', TEMPLATE.sub("", text)))


def _number(browser: Browser) -> str:
    """Of the announcement with the photo."""
    found = re.search(r"/announcements/(\d+)", home(browser).split("The well")[0].rsplit("<article", 1)[1])
    assert found
    return found[1]


def home(browser: Browser, **headers: str) -> str:
    return str(browser.get("/", headers={name.replace("_", "-"): value for name, value in headers.items()}).text)


def test_on_everything_the_page_is_as_it_was(stage: Stage, photo: Photo) -> None:
    parent = stage.browser("parent")
    unchosen = home(parent)
    assert PICTURE.format(key=photo.key, width=photo.width, height=photo.height) in unchosen
    assert "data-photo" not in unchosen
    assert fetched(unchosen) == {"480", "96"}
    choose(parent, "everything")
    assert home(parent) == unchosen
    assert home(parent, Save_Data="on") == unchosen


@pytest.mark.parametrize(("level", "comes"), [("no-photos", {"96"}), ("words", set())])
def test_on_the_other_levels_the_price_stands_there(stage: Stage, photo: Photo, level: str, comes: set[str]) -> None:
    parent = stage.browser("parent")
    choose(parent, level)
    text = parent.get("/?lang=en").text
    assert fetched(text) == comes
    [link] = re.findall(r'<a [^>]*href="/announcements/(\d+)\?photo=1" data-photo>(.*?)</a>', text, re.S)
    assert f"{math.ceil(photo.sizes['480.avif'] / 1000)} KB" in link[1]
    assert "See the photo" in link[1]
    assert "#photo" in link[1]
    assert PICTURE.format(key=photo.key, width=photo.width, height=photo.height) in link[1]

    alone = parent.get(f"/announcements/{link[0]}").text
    assert fetched(alone) == comes - {"96"}
    tapped = parent.get(f"/announcements/{link[0]}?photo=1").text
    assert "480" in fetched(tapped)
    assert "data-kept" not in tapped
    assert parent.get(f"/announcements/{link[0]}").text == alone


def test_the_worker_brings_what_comes_by_itself_and_nothing_else(stage: Stage, photo: Photo) -> None:
    parent = stage.browser("parent")
    number = _number(parent)
    for level, brought in (("everything", [f"/photos/{photo.key}/480.avif"]), ("no-photos", []), ("words", [])):
        choose(parent, level)
        assert BROUGHT.findall(parent.get(f"/announcements/{number}").text) == brought, level


@pytest.mark.parametrize("wish", ["on", "On", " on "])
def test_a_phone_that_saves_data_gets_no_photos_until_she_chooses(stage: Stage, photo: Photo, wish: str) -> None:
    parent = stage.browser("parent")
    assert fetched(home(parent, Save_Data=wish)) == {"96"}
    assert fetched(home(parent)) == {"480", "96"}
    choose(parent, "words")
    assert fetched(home(parent, Save_Data=wish)) == set()


@pytest.mark.parametrize("wish", ["", "off", "?1", "on, on", "onn", "x" * 8000])
def test_another_wish_is_none(stage: Stage, photo: Photo, wish: str) -> None:
    assert fetched(home(stage.browser("parent"), Save_Data=wish)) == {"480", "96"}


@pytest.mark.parametrize("path", ["/", "/groups", "/me", "/me/saver", "/offline/list", "/announcements/{number}"])
def test_an_answer_varies_by_save_data_until_she_chooses(stage: Stage, photo: Photo, path: str) -> None:
    parent = stage.browser("parent")
    path = path.format(number=_number(parent))
    first = parent.get(path)
    assert "Save-Data" in first.headers["Vary"].split(", ")
    assert {"Cookie", "Accept-Encoding"} <= set(first.headers["Vary"].split(", "))
    again = parent.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.headers["Vary"]) == (304, first.headers["Vary"])
    for level in LEVELS:
        choose(parent, level)
        assert "Save-Data" not in parent.get(path).headers["Vary"]
        assert parent.get(path).data == parent.get(path, headers=SAVES).data


def test_what_shows_no_photo_does_not_vary_by_it(stage: Stage) -> None:
    for path in ("/code", "/language", "/me/looks", "/sw.js", "/manifest.webmanifest", "/offline", "/me/phones"):
        assert "Save-Data" not in stage.browser("parent").get(path).headers.get("Vary", "")


def test_a_file_does_not_vary_by_it(stage: Stage) -> None:
    for path in stage.app.extensions["assets"].url.values():
        assert "Save-Data" not in stage.browser("parent").get(path).headers.get("Vary", "")


def test_the_marks_tell_a_change_of_level(stage: Stage, photo: Photo) -> None:
    parent = stage.browser("parent")
    seen = []
    for level in LEVELS:
        choose(parent, level)
        seen.append(parent.get("/offline/list").json["brought"]["/"])
    assert len(set(seen)) == len(LEVELS)


def test_each_phone_and_each_person_keeps_her_own(stage: Stage, photo: Photo) -> None:
    one, other, head = stage.browser("parent"), stage.browser("parent"), stage.browser("head")
    choose(one, "words")
    assert fetched(home(one)) == set()
    assert fetched(home(other)) == {"480", "96"}
    assert "480" in fetched(home(head))


def test_who_comes_back_to_her_phone_finds_her_choice(stage: Stage, photo: Photo) -> None:
    parent = stage.browser("parent")
    choose(parent, "words")
    parent.post("/me/sign-out")
    with stage.app.app_context():
        code = _way_in(stage)
    assert parent.post(f"/enter/{code}").status_code == 303
    assert fetched(home(parent)) == set()


def _way_in(stage: Stage) -> str:
    person = db.session.get_one(Person, stage.people["parent"])
    code = SignInCode.issue(person, issuer=None, lasts=timedelta(minutes=5))
    db.session.commit()
    return code


@pytest.mark.parametrize("wild", ["", "everything ", "x" * 5000, "\u0000", "NO-PHOTOS"])
def test_a_level_that_there_is_not_changes_nothing(stage: Stage, wild: str) -> None:
    parent = stage.browser("parent")
    parent.post("/me/saver", data={"level": wild})
    with stage.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).where(Session.saver.is_not(None))) == 0
    choose(parent, "words")
    parent.post("/me/saver", data={"level": wild})
    assert 'value="words" aria-pressed="true"' in parent.get("/me/saver").text


def test_the_switch_says_who_chose(stage: Stage) -> None:
    parent = stage.browser("parent")
    said = "This phone saves data"
    assert said in parent.get("/me/saver?lang=en", headers=SAVES).text
    assert said not in parent.get("/me/saver?lang=en").text
    choose(parent, "no-photos")
    assert said not in parent.get("/me/saver?lang=en", headers=SAVES).text


def test_the_page_of_what_was_used_holds_no_number_of_anybodys(stage: Stage) -> None:
    text = stage.browser("parent").get("/offline/price?lang=en").text
    assert re.findall(r'data-kind="(\w+)"></b>', text) == [
        "total",
        "photos",
        "voices",
        "pages",
        "app",
        "pushes",
        "sent",
        "last",
    ]
    assert "style=" not in text
    assert 'data-locale="en-u-nu-latn"' in text
