"""The card: small, in the language's own letters, and without a word where the group keeps its words."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest

from community import typefaces
from community.announcements.models import Announcement
from community.database import db
from community.genuine import card, letters
from community.genuine.code import code_of
from community.languages import gettext, offered, speaking
from community.people.qr import outline
from tests.announcements.scene import Scene
from tests.conftest import ALL
from tests.genuine.test_verdict import code, opens, put_right, visit

pytestmark = [pytest.mark.sqlite_only, pytest.mark.sampled]
ADDRESS = "https://aangan.example/f/abcdefghijklmnopq"
LARGEST = 40_000  # bytes
lettered = pytest.mark.skipif(not (typefaces.DEBIAN / "NotoSans-Regular.ttf").exists(), reason="needs Noto's fonts")


def size_of(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", png[16:24])


def scene_of(stage: Scene, number: int, *, is_open: bool) -> str:
    said = db.session.get_one(Announcement, number)
    return card._drawn(said, ADDRESS, card._words(said) if is_open else [], is_rtl=False)


@lettered
def test_in_each_language_it_is_small_and_every_letter_has_a_font(stage: Scene) -> None:
    number = stage.release("head", "x")
    largest, sampled = 0, {"ur", "sat", "mni", "ml", "kn"} if ALL else {"sat", "ml"}
    for tongue in offered():
        with stage.app.test_request_context(), speaking(tongue.code):
            text = " ".join(
                [
                    gettext(
                        "What is said here can be read by the people of the group, by those who look after it, and by who runs this server."
                    )
                ]
                * 4
            )
        assert letters.fonts_for(letters.drawable(text))
        if tongue.code not in sampled:
            continue
        with stage.changing():
            said = db.session.get_one(Announcement, number)
            said.original.text, said.original.language, said.language = text, tongue.code, tongue.code
        with stage.app.test_request_context():
            png = card.of(db.session.get_one(Announcement, number), ADDRESS, is_open=True)
        largest = max(largest, len(png))
        assert size_of(png)[0] == 720
        assert len(png) <= LARGEST, tongue.code
    print(f"the largest card: {largest} bytes")


def test_a_closed_group_s_card_has_no_word_and_no_name(stage: Scene) -> None:
    number = stage.release("head", "Secret words")
    with stage.app.test_request_context():
        scene = scene_of(stage, number, is_open=False)
        said = db.session.get_one(Announcement, number)
        assert not [word for word in ("Secret", said.author.name, said.audience.group.name) if word in scene]
        assert scene.count("<text") <= 1
        assert "data-is" in scene
    answer = visit(stage, f"/f/{code(stage, number)}/card.png")
    assert answer.mimetype == "image/png"
    assert size_of(answer.data) == (720, 36 + 292 + 66)
    assert len(answer.data) < 12_000


@lettered
def test_what_people_write_is_text_and_nothing_else(stage: Scene) -> None:
    hostile = '</text><script>x</script><image href="file:///etc/passwd"/> & "q" \U0001f469 \u202e ]]> &amp; \ufffe'
    number = stage.release("head", hostile)
    with stage.app.test_request_context():
        scene = scene_of(stage, number, is_open=True)
        assert "<script" not in scene
        assert "<image" not in scene
        assert "\U0001f469" not in scene
        assert size_of(card.of(db.session.get_one(Announcement, number), ADDRESS, is_open=True))[0] == 720


@lettered
def test_an_open_card_says_what_the_announcement_says_now(stage: Scene) -> None:
    number = stage.release("head", "Come at nine")
    opens(stage)
    address = f"/f/{code(stage, number)}/card.png"
    first = visit(stage, address)
    put_right(stage, number)
    second = visit(stage, address)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.data != second.data
    assert first.headers["ETag"] != second.headers["ETag"]
    assert visit(stage, address).data == second.data
    stage.browser("head").post(f"/announcements/{number}/removal")
    assert visit(stage, address).status_code == 404


def test_without_letters_it_shows_pictures_and_the_code(
    stage: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    number = stage.release("head", "Come at nine")
    monkeypatch.setattr(typefaces, "DEBIAN", tmp_path)
    with stage.app.test_request_context():
        png = card.of(db.session.get_one(Announcement, number), ADDRESS, is_open=True)
    assert size_of(png) == (720, 36 + 292 + 66)


@lettered
def test_lines_fit_and_end_where_there_is_no_more_room() -> None:
    chance = random.Random(5)
    for size, width in ((40, 648), (30, 332)):
        for _turn in range(2):
            words = ["".join(chance.choices("कखगघचमनि", k=chance.randint(1, 40))) for _ in range(30)]
            found = letters.lines(" ".join(words), size, width, 3)
            assert len(found) <= 3
            assert found[-1].endswith("…")
            assert all(letters._wide(line, size) <= width for line in found)
    assert letters.lines("short", 40, 648, 3) == ["short"]
    assert letters.lines("", 40, 648, 3) == []


def test_the_code_on_the_card_is_the_one_that_phones_read() -> None:
    import segno

    size, path = outline(ADDRESS)
    made = segno.make(ADDRESS, error="m", micro=False)
    dark = {(x + 3, y + 3) for y, row in enumerate(made.matrix) for x, module in enumerate(row) if module}
    drawn = set()
    for stroke in path.split("M")[1:]:
        start, end = stroke.split("H")
        left, y = start.split()
        drawn |= {(x, int(float(y))) for x in range(int(left), int(end))}
    assert drawn == dark
    assert size == len(made.matrix) + 6


def test_who_may_hear_it_is_offered_to_pass_it_on(stage: Scene) -> None:
    number = stage.release("head", "Come at nine")
    page = stage.browser("parent").get(f"/announcements/{number}/forward")
    with stage.app.app_context():
        assert f"/f/{code_of(number)}/card.png" in page.text
    stage.browser("head").post(f"/announcements/{number}/removal")
    assert stage.browser("parent").get(f"/announcements/{number}/forward").status_code == 404
