"""Where a language has no voice, its reader chooses which other one speaks; and each language says its own name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from community.languages import LANGUAGES
from community.speech.voices import MACHINES, speaker_of, voice_of
from tests.conftest import ALL
from tests.speech.test_clips import looked_at
from tests.speech.test_listen import rows

if TYPE_CHECKING:
    from tests.conftest import Browser, Stage

NAME = re.compile(
    r'value="(\w+)"(?:(?!</button>).)*</button><a class="icon" href="([^"]+)" data-late="[^"]+">.*?<span>(?:<bdi lang="(\w+)">)?',
    re.S,
)


def reader(stage: Stage, code: str) -> Browser:
    browser = stage.browser("member")
    browser.post("/language", data={"language": code})
    return browser


def spoken(browser: Browser, code: str) -> set[str]:
    return {language for clip, _voice, language in rows(browser, "/groups", code).values() if clip}


def test_kashmiri_is_spoken_for_by_urdu_until_she_chooses(stage: Stage) -> None:
    browser = reader(stage, "ks")
    assert spoken(browser, "ks") == {"ur"}
    assert 'href="/me/voice"' in browser.get("/me").text
    assert browser.post("/me/voice", data={"language": "hi"}).status_code == 303
    assert spoken(browser, "ks") == {"hi"}
    assert LANGUAGES["hi"].autonym in browser.get("/me/voice").text.partition("</p>")[0]


def test_whose_language_has_a_voice_hears_it_whatever_she_chose(stage: Stage) -> None:
    browser = reader(stage, "ur")
    browser.post("/me/voice", data={"language": "hi"})
    assert spoken(browser, "ur") == {"ur"}
    assert "/me/voice" not in browser.get("/me").text


@pytest.mark.parametrize("code", ["", "ks", "xx", "tlh", "a" * 400])
def test_what_has_no_voice_can_not_be_chosen(stage: Stage, code: str) -> None:
    browser = reader(stage, "ks")
    assert browser.post("/me/voice", data={"language": code}).status_code == 404
    assert spoken(browser, "ks") == {"ur"}


def test_the_page_that_reads_leads_to_the_choice(stage: Stage) -> None:
    listen = reader(stage, "ks").get("/listen", headers={"Referer": "http://localhost/groups"})
    assert 'href="/me/voice"' in listen.text
    listen = reader(stage, "ur").get("/listen", headers={"Referer": "http://localhost/groups"})
    assert 'href="/me/voice"' not in listen.text


def test_every_language_says_its_name_and_who_says_it_stands_there(browser: Browser) -> None:
    """Also before anybody is signed in. Nothing is fetched before a tap."""
    page = browser.get("/language?lang=en").text
    found = {code: (clip, other) for code, clip, other in NAME.findall(page)}
    assert set(found) == set(LANGUAGES)
    assert "<audio" not in page
    for code, (clip, other) in found.items():
        assert other == ("" if voice_of(code) else speaker_of(code)), code
        if ALL or code in ("hi", "ta", "ks", "sat"):
            assert looked_at(browser.get(clip).data)[2] > 0.2
    assert len({clip for clip, _other in found.values()}) == len(MACHINES), "no two sound alike"
