"""Every control of every page has a picture or a face beside its word, a word, and a voice where its language has one."""

import re
from html import unescape

import pytest

from community.languages import LANGUAGES
from community.speech.reading import Part, parts_of
from community.speech.voices import speaker_of
from tests.browser.pages import Page, told
from tests.conftest import ALL
from tests.journeys.conftest import WALKERS, Tour
from tests.journeys.test_pseudo import somebodys_own
from tests.speech.test_listen import HERE, ROW

pytestmark = pytest.mark.any_collation

SAMPLE = ("ks",)  # in the normal run; all 24 in make test-all
# The operator's key opens his own page alone and is not sent with another one. His page is for who reads.
UNHEARD = ("/listen", "/offline")  # what is heard already; the phone's own pages without a signal
OWN_PICTURE = re.compile(r"[\d,]+")  # a numeral is one


def controls(page: Page, tour: Tour, code: str) -> list[Part]:
    return [part for part in parts_of(page.open(tour.day.phones, code).text, code) if part.is_control]


def is_bare(part: Part, own: set[str] = frozenset()) -> bool:  # type: ignore[assignment]
    """A label over a field needs no picture of its own, nor does what somebody wrote: her face is on the card."""
    return not part.picture and part.words not in own and part.tag != "label" and not OWN_PICTURE.fullmatch(part.words)


def test_no_control_is_without_a_word_and_none_without_a_picture(tour: Tour) -> None:
    own = {" ".join(words.split()) for words in somebodys_own(tour.app)}
    faults: dict[str, list[str]] = {}
    count = 0
    for page in tour.walk.pages:
        for part in controls(page, tour, "hi"):
            count += 1
            if not part.words:
                faults.setdefault(f"<{part.tag}> without a word ({part.picture})", []).append(str(page))
            if is_bare(part, own):
                faults.setdefault(f"<{part.tag}> without a picture: {part.words}", []).append(str(page))
    assert count > 100
    assert not faults, told(faults)


@pytest.mark.parametrize("code", [code for code in LANGUAGES if ALL or code in SAMPLE])
def test_no_control_is_without_a_voice(tour: Tour, code: str) -> None:
    """Where its language has one: that one. Elsewhere the language that speaks for it."""
    tour.app.config["PSEUDO_LANGUAGE"] = False
    faults: dict[str, list[str]] = {}
    count = 0
    for page in tour.walk.pages:
        if page.fields is not None or page.path.startswith(UNHEARD) or page.part == "operator":
            continue
        client = tour.day.phones[page.part].client  # type: ignore[attr-defined]
        listed = client.get("/listen?lang=" + code, headers={"Referer": HERE + page.in_language(code)})
        heard = {unescape(words): (clip, spoken) for _hidden, words, clip, _voice, spoken in ROW.findall(listed.text)}
        for part in controls(page, tour, code):
            count += 1
            clip, spoken = heard.get(part.words, ("", ""))
            if not clip and any(letter.isalnum() for letter in part.words):
                faults.setdefault(f"{part.words!r} is not heard", []).append(str(page))
            elif spoken not in (speaker_of(code), ""):
                faults.setdefault(f"{part.words!r} is heard in {spoken}", []).append(str(page))
    assert count > 100
    assert not faults, told(faults)


def test_every_page_has_the_button_that_reads_it(tour: Tour) -> None:
    """At the end of the bar on top, on each page but the one that it leads to, those made for paper and for no signal, and one that says nothing."""
    without = {
        page.route for page in tour.walk.pages
        if not re.search(r'<header class="wall.*?<div class="bar">.*?data-listen>.*?</a></div>', page.open(tour.day.phones, "hi").text, re.S)
    }  # fmt: skip
    unread = {"/listen", "/invitations/#/poster", "/groups/#/cards", "/offline", "/calendar"}
    assert without == unread if WALKERS is None else without <= unread
