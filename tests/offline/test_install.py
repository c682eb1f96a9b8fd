"""What makes the page installable, and what there is without a signal."""

import json
import re
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from community.assets import STATIC
from community.languages import gettext


def manifest(browser: FlaskClient, language: str = "en") -> dict[str, object]:
    answer = browser.get("/manifest.webmanifest", headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert answer.mimetype == "application/manifest+json"
    found: dict[str, object] = json.loads(answer.data)
    return found


@pytest.mark.parametrize(("language", "direction"), [("hi", "ltr"), ("ur", "rtl"), ("en", "ltr")])
def test_the_manifest_speaks_the_language_of_who_asks(browser: FlaskClient, language: str, direction: str):
    found = manifest(browser, language)

    assert (found["lang"], found["dir"]) == (language, direction)
    assert found["name"]
    assert len(str(found["short_name"])) <= 12


def test_the_manifests_words_differ_between_the_languages(browser: FlaskClient):
    assert len({str(manifest(browser, language)["shortcuts"]) for language in ("hi", "ur", "en")}) == 3


def test_the_manifest_has_what_a_phone_asks_for_before_it_installs(browser: FlaskClient):
    found = manifest(browser)

    assert (found["id"], found["start_url"], found["scope"], found["display"]) == ("/", "/", "/", "standalone")
    assert all(re.fullmatch("#[0-9a-f]{6}", str(found[colour])) for colour in ("theme_color", "background_color"))


def test_the_colour_of_the_manifest_is_that_of_the_page(browser: FlaskClient):
    assert f'<meta name="theme-color" content="{manifest(browser)["theme_color"]}">' in browser.get("/").text


def test_every_icon_is_there_in_its_size(browser: FlaskClient):
    icons = manifest(browser)["icons"]
    assert isinstance(icons, list)

    for icon in icons:
        answer = browser.get(icon["src"])
        assert (answer.status_code, answer.mimetype) == (200, icon["type"])
        assert "x".join(map(str, Image.open(BytesIO(answer.data)).size)) == icon["sizes"]
    assert {(icon["sizes"], purpose) for icon in icons for purpose in icon["purpose"].split()} == {
        (size, purpose) for size in ("192x192", "512x512") for purpose in ("any", "maskable")
    }


def test_a_maskable_icon_has_no_hole_where_a_phone_cuts_it(browser: FlaskClient):
    icons = manifest(browser)["icons"]
    assert isinstance(icons, list)

    for icon in (one for one in icons if "maskable" in one["purpose"]):
        picture = Image.open(BytesIO(browser.get(icon["src"]).data)).convert("RGBA")
        assert picture.getchannel("A").getextrema() == (255, 255)


def test_every_shortcut_leads_somewhere(browser: FlaskClient):
    shortcuts = manifest(browser)["shortcuts"]
    assert isinstance(shortcuts, list)

    assert shortcuts
    assert all(browser.get(one["url"]).status_code in (200, 401) and one["name"] for one in shortcuts)


def test_a_manifest_is_kept_for_nobody_else(browser: FlaskClient):
    headers = browser.get("/manifest.webmanifest").headers

    assert "private" in headers["Cache-Control"]
    assert {"Cookie", "Accept-Language"} <= {one.strip() for one in headers["Vary"].split(",")}


@pytest.mark.parametrize("language", ["hi", "ur", "en"])
def test_the_page_without_a_signal_has_a_picture_and_words_in_ones_language(
    app: Flask, browser: FlaskClient, language: str
):
    answer = browser.get("/offline", headers={"Accept-Language": language})
    with app.test_request_context(headers={"Accept-Language": language}):
        app.preprocess_request()
        words = gettext("There is no signal here.")

    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text
    assert words in answer.text
    assert "<svg" in answer.text


def test_the_page_without_a_signal_needs_nothing_that_the_worker_does_not_keep(browser: FlaskClient):
    text = browser.get("/offline").text
    needed = re.findall(r'<link rel="stylesheet" href="([^"]+)"|<script[^>]* src="([^"]+)"|<use href="([^"#]+)#', text)

    assert {path for found in needed for path in found if path} <= set(kept(browser))


def script(browser: FlaskClient) -> str:
    """What /sw.js imports: one file, named by its content."""
    found = re.fullmatch(r'importScripts\("(/s/[\w-]+\.js)"\);\n', browser.get("/sw.js").text)
    assert found
    return browser.get(found[1]).text


def kept(browser: FlaskClient) -> list[str]:
    found = re.search(r'=(\["/s/[^]]*\])', script(browser))
    assert found
    paths: list[str] = json.loads(found[1])
    return paths


def test_the_worker_names_files_that_are_there(browser: FlaskClient):
    assert kept(browser)
    assert {browser.get(path).status_code for path in kept(browser)} == {200}


def test_the_worker_is_asked_for_anew_and_reaches_every_page(browser: FlaskClient):
    answer = browser.get("/sw.js")

    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "private, max-age=3600", "within the hour nobody pays for asking"
    assert not re.search("__[A-Z]+__", script(browser))


def test_a_page_is_kept_in_one_place_and_under_the_mark_of_its_person():
    """A shared phone must not show one's news to another."""
    puts = {path.stem: set(re.findall(r"\.put\(([^,$?]+)", path.read_text())) for path in (STATIC / "sw").glob("*.js")}

    assert puts["worker"] == {"`/announcements/", "`/deliveries"}, "what a push has brought, and what is to be reported"
    assert puts["pages"] == {"address", "url"}, "hers, and where a copy of what was put right lies already"


def test_whoever_leaves_the_phone_takes_her_news_along(app: Flask):
    """The worker clears what pushes have brought where one person's session ends or another's begins."""
    source = (STATIC / "sw" / "worker.js").read_text()
    assert 'const OUT = "/me/sign-out"' in source
    found = re.search(r"LEAVING = /(.*)/;", source)
    assert found

    leaving = re.compile(found[1].replace("\\/", "/"))
    assert all(leaving.match(path) for path in ("/enter/abc", "/code", "/sessions/12/end"))
    assert not leaving.match("/announcements/12")
