"""The page that the worker fills is the page's own rendering: the same announcement, in three languages, is the same text."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import render_template_string

from community.announcements.models import Announcement
from community.database import db, now, writing
from community.languages import gettext, speaking
from community.notifications import payload
from community.people.models import Person
from tests.conftest import Stage
from tests.offline.node import call, laid_out

pytestmark = [pytest.mark.node, pytest.mark.sqlite_only]
OWN = (
    '{% from "announcements/parts.html" import sheet %}{{ sheet(card, next="/announcements/" ~ said.id, link=False) }}'
)
WORDS = [
    "कल छुट्टी है।\nसोमवार को स्कूल खुलेगा।",
    "کل چھٹی ہے۔",
    "<script>alert('x')</script> & \"quotes\" \ue000author\ue001 $& $1 {{ words }}",
    "see https://example.org/a?b=1&c=2, and http://example.org:8080/x#y.",
    "https://उदाहरण.भारत/पृष्ठ। https://EXAMPLE.org/A?",
    "https://good.example@evil.example/ and https://a_b.example/ (https://example.org/q)",
    "https:// http://. https://[::1]/ https://exa%mple.org/",
    "x" * 300 + "\n\n\nlast",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    if shutil.which("node") is None:
        pytest.skip("needs Node")
    (tmp_path / "js").mkdir()
    return laid_out(tmp_path / "js")


def said_by(stage: Stage, text: str, name: str | None) -> int:
    with writing():
        author = db.session.get_one(Person, stage.people["teacher"])
        author.name = name
        said = db.session.scalars(sa.select(Announcement).where(Announcement.seq.is_not(None))).first()
        assert said
        said.author, said.author_role = author, "admin"
        said.translations[0].text, said.photo, said.pinned_at, said.released_at = text, None, None, now()
        db.session.commit()
        return said.id


def filled(folder: Path, stage: Stage, sheet: Any, number: int, language: str) -> str:
    page = stage.app.test_client().get("/offline/announcement", headers={"Accept-Language": language}).text
    found: str = call(folder, "sheet", "fill", page, sheet, number)
    assert "\ue000" not in found.replace("\ue000author\ue001", "")
    assert "<template" not in found
    return found


def article(page: str) -> str:
    return page[page.index("<article") : page.index("</article>") + len("</article>")].replace("\n\n", "\n")


def own(stage: Stage, number: int, language: str) -> str:
    """As the announcement's page draws it for somebody to whom it is new."""
    with stage.app.test_request_context(headers={"Accept-Language": language}):
        stage.app.preprocess_request()
        said = db.session.get_one(Announcement, number)
        card = {"announcement": said, "unread": True, "children": (), "acknowledged": frozenset()}
        return render_template_string(OWN, card=card, said=said)


def sheet_of(stage: Stage, number: int, language: str) -> dict[str, Any]:
    """What the push carries."""
    with stage.app.app_context():
        said = db.session.get_one(Announcement, number)
        pushed = json.loads(payload.template(said, language, is_neutral=False))
        return dict(pushed["notification"]["data"]["sheet"])


@pytest.mark.parametrize("language", ["hi", "ur", "en"])
@pytest.mark.parametrize("name", ["Kamla <b>", None])
def test_the_filled_page_is_the_pages_own_rendering(folder: Path, stage: Stage, language: str, name: str | None):
    for text in WORDS:
        with stage.app.app_context():
            number = said_by(stage, text, name)
        sheet = sheet_of(stage, number, language)
        with stage.app.app_context():
            at = db.session.get_one(Announcement, number).released_at.isoformat("T", "seconds")
        page = filled(folder, stage, {"at": at, **sheet}, number, language)

        assert article(page) == article(own(stage, number, language)), text


@pytest.mark.parametrize("language", ["hi", "ur", "en"])
def test_a_photo_is_said_to_come_later(folder: Path, stage: Stage, language: str):
    with stage.app.app_context(), speaking(language):
        words = gettext("The photo comes when the signal is back.")
        number = said_by(stage, "x", "Kamla")
    sheet = sheet_of(stage, number, language)

    assert '<p class="photo">' in filled(folder, stage, sheet | {"photo": True}, number, language)
    without = filled(folder, stage, sheet, number, language)
    assert '<p class="photo" hidden>' in without
    assert words in without


@pytest.mark.parametrize(
    "sheet", [{}, {"words": 7, "author": [], "picture": "../x", "colour": '"><script>', "when": None}]
)
def test_a_sheet_of_anything_gives_a_page(folder: Path, stage: Stage, sheet: dict[str, Any]):
    page = filled(folder, stage, sheet, 3, "en")

    assert "<script" not in page
    assert 'href="/announcements/3"' in page
