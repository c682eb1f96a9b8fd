"""Static files: named by their content, kept for ever by the phone, and sent small."""

import gzip
import re

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from community.assets import STATIC, Assets
from community.smaller import STYLE, smaller


def small_style() -> bytes:
    return smaller(STYLE, (STATIC / "css" / "aangan.css").read_text()).encode()


@pytest.fixture
def urls(app: Flask) -> dict[str, str]:
    found: Assets = app.extensions["assets"]
    return found.url


def test_every_file_has_an_address_of_its_content(urls: dict[str, str]):
    assert {"css/aangan.css", "icons/sprite.svg", "js/app.js"} <= set(urls)
    assert all(re.fullmatch(r"/s/[\w-]+-[0-9a-f]{10}\.\w+", url) for url in urls.values())


def test_other_content_has_another_address(tmp_path_factory: pytest.TempPathFactory):
    addresses = set()
    for rule in ("a{top:1px}", "b{top:1px}"):
        folder = tmp_path_factory.mktemp("static")
        (folder / "icons").mkdir()
        (folder / "icons" / "pictures.svg").write_text("<svg></svg>")
        (folder / "aangan.css").write_text(rule)
        addresses.add(Assets(folder).url["aangan.css"])

    assert len(addresses) == 2


def test_every_file_is_kept_for_ever(browser: FlaskClient, urls: dict[str, str]):
    for url in urls.values():
        answer = browser.get(url)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "max-age=31536000, immutable"
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(("coding", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_texts_are_sent_packed(browser: FlaskClient, urls: dict[str, str], coding: str, unpack: object):
    plain = small_style()
    answer = browser.get(urls["css/aangan.css"], headers={"Accept-Encoding": coding})

    assert answer.headers["Content-Encoding"] == coding
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert callable(unpack)
    assert unpack(answer.data) == plain
    assert len(answer.data) < len(plain) / 2


def test_a_file_is_the_same_for_everybody(browser: FlaskClient, urls: dict[str, str]):
    """With Cookie in Vary a phone that signs in fetches the stylesheet anew."""
    assert "Cookie" not in browser.get(urls["css/aangan.css"]).headers.get("Vary", "")


def test_a_phone_that_takes_both_gets_the_smaller(browser: FlaskClient, urls: dict[str, str]):
    answer = browser.get(urls["css/aangan.css"], headers={"Accept-Encoding": "gzip, deflate, br"})

    assert answer.headers["Content-Encoding"] == "br"


def test_a_phone_that_takes_neither_gets_it_plain(browser: FlaskClient, urls: dict[str, str]):
    answer = browser.get(urls["css/aangan.css"], headers={"Accept-Encoding": "identity"})

    assert "Content-Encoding" not in answer.headers
    assert answer.data == small_style()


def test_pictures_are_not_packed_again(browser: FlaskClient, urls: dict[str, str]):
    answer = browser.get(urls["icons/maskable-192.png"], headers={"Accept-Encoding": "br, gzip"})

    assert "Content-Encoding" not in answer.headers


def test_each_behaviour_stays_in_a_block_of_its_own(browser: FlaskClient, urls: dict[str, str]):
    script = browser.get(urls["js/app.js"]).text

    assert not re.search(r"^(export|import) ", script, re.M)
    assert script.count("{") == script.count("}")


def test_what_comes_with_a_tap_offers_what_the_tap_calls(browser: FlaskClient, urls: dict[str, str]):
    templates = "".join(path.read_text() for path in (STATIC.parent / "templates").rglob("*.html"))
    names = set(re.findall(r'data-late="\{\{ asset\("([^"]+)"\)', templates))

    assert names >= {"late/answers.js", "late/forward.js", "late/recorder.js"}
    for name in names:
        assert re.search(r"export (async )?function tapped\b|export\{[^}]*\btapped\b", browser.get(urls[name]).text), (
            name
        )


@pytest.mark.parametrize(
    "path",
    ["/s/aangan.css", "/s/aangan-0000000000.css", "/s/..%2f..%2fapp.py", "/s/%00", "/s/", "/static/css/aangan.css"],
)
def test_an_unknown_file_is_a_page_in_words(browser: FlaskClient, path: str):
    answer = browser.get(path)

    assert answer.status_code == 404
    assert "<h1>" in answer.text
    assert "immutable" not in answer.headers.get("Cache-Control", "")
