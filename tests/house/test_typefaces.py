"""Letters for phones that lack them: nothing without the files, and with them only what a phone asks for."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from app import create_app
from community import typefaces
from community.assets import STATIC, Assets
from community.people.language import PRICE
from community.typefaces import DEBIAN, EVERY, FACES, NASTALIQ, Face

if TYPE_CHECKING:
    from tests.conftest import Stage

pytestmark = pytest.mark.sqlite_only
SOURCES = {face: DEBIAN / f"{face.postscript}.ttf" for face in EVERY}
needs_noto = pytest.mark.skipif(not all(path.exists() for path in SOURCES.values()), reason="needs fonts-noto-core")


def css(assets: Assets) -> str:
    return assets.by_name[assets.url["css/aangan.css"].removeprefix("/s/")].plain.decode()


def test_without_the_files_no_byte_speaks_of_them(app: Flask) -> None:
    assert css(app.extensions["assets"]) == css(Assets(STATIC))
    assert "font-face" not in css(app.extensions["assets"])


@pytest.fixture
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A font with one letter of Ol Chiki, one Latin letter, and nothing else: made here."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((0, 500))
    pen.lineTo((500, 500))
    pen.closePath()
    names = [".notdef", "a", "la"]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord("a"): "a", ord("ᱚ"): "la"})
    builder.setupGlyf(dict.fromkeys(names, pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (600, 0)))
    builder.setupHorizontalHeader()
    builder.setupNameTable({"familyName": "Drawn"})
    builder.setupOS2()
    builder.setupPost()
    path = tmp_path_factory.mktemp("drawn") / "drawn.ttf"
    builder.save(path)
    return path


def letters(woff2: bytes) -> set[int]:
    from fontTools.ttLib import TTFont

    with TTFont(BytesIO(woff2)) as font:
        return set(font.getBestCmap())


def test_a_subset_has_the_letters_of_its_script_alone(drawn: Path) -> None:
    made = typefaces.subset(drawn, FACES[0])
    assert made[:4] == b"wOF2"
    assert letters(made) == {ord("ᱚ")}


def test_the_files_are_served_and_the_phones_own_font_comes_first(tmp_path: Path, drawn: Path) -> None:
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "olck.woff2").write_bytes(typefaces.subset(drawn, FACES[0]))
    app = create_app({"INSTANCE": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path / 'a.db'}"}, TESTING=True)
    said = css(app.extensions["assets"])
    rule = re.search(r"@font-face\{font-family:olck;src:(.*?);unicode-range:U\+1C50-1C7F\}", said)
    assert rule
    sources = rule[1].split(",")
    assert sources[0] == 'local("Noto Sans Ol Chiki")'
    address = re.fullmatch(r"url\((/s/olck-\w+\.woff2)\)", sources[-1])
    assert address
    assert "mtei" not in said, "that file was not made"
    answer = app.test_client().get(address[1])
    assert (answer.status_code, answer.mimetype) == (200, "font/woff2")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "font-src 'self'" in app.test_client().get("/code").headers["Content-Security-Policy"]


def test_the_command_says_what_is_missing(app: Flask, tmp_path: Path) -> None:
    run = app.test_cli_runner().invoke(args=["fonts", "--folder", str(tmp_path)])
    assert run.exit_code == 1
    assert "fonts-noto-core" in run.output


@needs_noto
@pytest.mark.large
@pytest.mark.parametrize("face", FACES, ids=lambda face: face.name)
def test_debians_font_becomes_a_small_file_with_every_letter_that_it_has(
    app: Flask, tmp_path: Path, face: Face
) -> None:
    from fontTools.ttLib import TTFont

    assert app.test_cli_runner().invoke(args=["fonts"]).exit_code == 0
    made = (tmp_path / "fonts" / face.file).read_bytes()
    own = {letter for block in face.letters for letter in block}
    with TTFont(SOURCES[face]) as font:
        assert letters(made) == own & set(font.getBestCmap())
    assert len(made) <= 8_192


@needs_noto
@pytest.mark.large
def test_nastaliq_costs_what_its_switch_says(app: Flask, tmp_path: Path) -> None:
    assert app.test_cli_runner().invoke(args=["fonts"]).exit_code == 0
    size = len((tmp_path / "fonts" / NASTALIQ.file).read_bytes())
    assert PRICE * 0.9 <= size <= PRICE, size


def test_nastaliq_is_offered_where_it_was_made_and_fetched_by_who_chose_it(stage: Stage, tmp_path: Path) -> None:
    """By its words alone: no page and no stylesheet makes another phone ask for it."""
    before = stage.browser("urdu parent").get("/me").text
    assert "/me/letters" not in before, "nothing was made"
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / NASTALIQ.file).write_bytes(b"wOF2 stands for it")
    stage.app.extensions["assets"] = Assets(fonts=typefaces.made(tmp_path))
    rule = r'@font-face\{font-family:"Noto Nastaliq Urdu";src:local\("Noto Nastaliq Urdu"\),.*?url\(/s/nastaliq-\w+\.woff2\)'
    said = css(stage.app.extensions["assets"])
    assert re.search(rule, said)
    assert "olck" not in said
    reader = stage.browser("urdu parent")
    assert "/me/letters" in reader.get("/me").text
    assert "/me/letters" not in stage.browser("parent").get("/me").text
    number = announced(stage)
    assert 'class="say nastaliq"' not in reader.get(number).text
    assert reader.post("/me/letters", data={"letters": "nastaliq"}).status_code == 303
    assert 'class="say nastaliq"' in reader.get(number).text
    assert 'class="say nastaliq"' not in stage.browser("parent").get(number).text
    reader.post("/me/letters", data={"letters": ""})
    assert 'class="say nastaliq"' not in reader.get(number).text


def announced(stage: Stage) -> str:
    """The address of something that the head says in Urdu, once it is out."""
    head = stage.browser("head")
    head.post("/language", data={"language": "ur"})
    head.post(f"/groups/{stage.school}/announcements", data={"text": "کل چھٹی ہے", "key": "nastaliq-12345678"})
    stage.release_all()
    return "/announcements/" + re.findall(r'href="/announcements/(\d+)"', head.get("/").text)[0]
